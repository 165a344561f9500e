"""The compiled example at work: real data, real training, and every make command of the loop, once."""

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest_engines import engine
from tests.journeys.begin import mlopsc
from tools.customers import CHANGED, customers, planted, write

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
# The same rules for fewer customers.
SMALLER = {
    "rows: {min: 1000}": "rows: {min: 500}",
    "min_rows: 500": "min_rows: 300",
    "accuracy, min: 0.7": "accuracy, min: 0.6",
}
IGNORED = "__pycache__/\nmlflow.db\nmlruns/\nincoming/\n"


@dataclass(frozen=True)
class Repository:
    """A compiled repository, and its commands."""

    root: Path

    def make(self, command: str, *arguments: str) -> str:
        """Run make, which takes every verdict for a result; return what it printed."""
        call = ["make", f"PYTHON={sys.executable}", *command.split(), *arguments]
        env = {"PATH": os.environ["PATH"], "HOME": str(self.root.parent), "LANG": "C.UTF-8"}
        done = subprocess.run(call, cwd=self.root, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def report(self, step: str) -> dict[str, Any]:
        """Return the last report of a step."""
        found: dict[str, Any] = json.loads((self.root / "reports" / f"{step}.json").read_text())
        return found

    def verdict(self, step: str, *arguments: str) -> str:
        """Run a step; return its verdict."""
        self.make(step, *arguments)
        return str(self.report(step)["verdict"])

    def git(self, *arguments: str) -> str:
        """Run git as somebody."""
        who = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "advice.detachedHead=false"]
        call = ["git", *who, *arguments]
        done = subprocess.run(call, cwd=self.root, capture_output=True, text=True, check=True)
        return done.stdout

    def save(self) -> None:
        """Commit all that is not ignored."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "x")

    def remembered(self) -> dict[str, float]:
        """Return the metrics that drift is measured against."""
        found: dict[str, float] = json.loads((self.root / ".mlops/reference_metrics.json").read_text())
        return found

    def rows(self, name: str) -> list[dict[str, str]]:
        """Return the rows of a csv file."""
        with (self.root / name).open(newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Return the compiled example with 1,200 customers and a champion."""
    for name in ("make", "dvc", "mlflow", "great_expectations", "scipy", "sklearn"):
        engine(name)
    made = Repository(tmp_path_factory.mktemp("loop") / "retention")
    shutil.copytree(ROOT / "specs" / "retention", made.root)
    spec = made.root / "mlops.yaml"
    text = spec.read_text()
    for old, new in SMALLER.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    spec.write_text(text)
    write(made.root / "data" / "customers.csv", customers(1200))
    (made.root / ".gitignore").write_text(IGNORED)
    made.git("init", "--quiet")
    assert mlopsc(made.root, "compile").code == 0
    assert made.verdict("fetch") == "fetched"
    made.save()
    made.make("pipeline register promote")
    made.save()
    return made


def columns(results: Iterable[dict[str, Any]], verdict: str) -> set[str]:
    """Return the columns with a verdict."""
    return {each["column"] for each in results if each["verdict"] == verdict}


def test_the_loop(repository: Repository) -> None:
    the_first_champion(repository)
    blocked_data(repository)
    drift_in_a_fresh_clone(repository)
    one_retraining(repository)
    back_again(repository)
    assert mlopsc(repository.root, "check").code == 0


def the_first_champion(made: Repository) -> None:
    """What the commands that look back say of version 1, and that mlflow run finds nothing to do."""
    assert [made.report(step)["verdict"] for step in ("pipeline", "register", "promote")] == [
        "passed", "passed", "promoted",
    ]  # fmt: skip
    assert made.report("register")["figures"] == {"version": 1, "rules": 2}
    assert 250 <= made.report("register")["results"][0]["n"] <= 350, "about a quarter of the rows"
    assert made.verdict("lineage") == "passed"
    origin = made.report("lineage")["results"][0]
    assert origin["commit"] and origin["mode"] == "full" and origin["validation"]["verdict"] == "passed"
    assert set(origin["stages"]) == {"validate", "mode", "featurize", "train", "evaluate"}
    assert set(origin["params"]) == {"seed", "test_share", "strength", "epochs"}
    assert made.verdict("card", "VERSION=1") == "passed"
    page = (made.root / "reports/retention-1.html").read_text()
    assert "log_loss" in page and "sklearn_version" in page and "Signature" in page
    said = made.make("profile", "STAGE=featurize")
    assert "cumulative" in said and "featurize.py" in said
    # From the folder where it is told where to find Python, as `make setup` would.
    env = {**os.environ, "PYTHON": sys.executable, "MLFLOW_DISABLE_TELEMETRY": "true"}
    call = [sys.executable, "-m", "mlflow", "run", ".", "--env-manager", "local"]
    done = subprocess.run(call, cwd=made.root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert made.report("register")["reasons"] == ["version 1 is the champion already"]


def blocked_data(made: Repository) -> None:
    """Faults are named, and the training data stays as it is."""
    write(made.root / "incoming/faulty.csv", planted(600))
    before = (made.root / "data/customers.csv").read_bytes()
    assert made.verdict("fetch") == "blocked"
    reasons = "\n".join(made.report("fetch")["reasons"])
    assert all(name in reasons for name in ("age", "plan", "email", "customer_id", "spend_30d", "churned"))
    assert (made.root / "data/customers.csv").read_bytes() == before
    (made.root / "incoming/faulty.csv").unlink()


def drift_in_a_fresh_clone(made: Repository) -> None:
    """The reference comes from the champion where this machine has none."""
    write(made.root / "incoming/june.csv", customers(2400, seed=6, market=CHANGED))
    shutil.rmtree(made.root / ".mlops")
    assert made.verdict("drift") == "drift"
    assert columns(made.report("drift")["results"], "drift") == {"age", "spend_30d"}
    assert (made.root / ".mlops/reference.parquet").exists() and made.remembered()
    page = (made.root / "reports/drift.html").read_text()
    assert page.count("<svg") >= 4
    assert 'model_drift_score{model="retention"' in (made.root / "reports/metrics.prom").read_text()


def one_retraining(made: Repository) -> None:
    """Drift trains once, on from the checkpoint; version 2 is champion, and drift is measured against it."""
    first = made.remembered()
    weights = (made.root / "models/checkpoint").read_bytes()
    assert made.verdict("retrain") == "trained"
    assert made.report("retrain")["figures"] == {"version": 2}
    assert made.report("pipeline")["verdict"] == "passed"
    assert json.loads((made.root / "reports/mode.json").read_text()) == {"mode": "incremental"}
    assert (made.root / "models/checkpoint").read_bytes() != weights
    assert made.remembered() != first
    assert len(made.rows("data/customers.csv")) == 3600
    assert made.verdict("retrain") == "not due"
    write(made.root / "incoming/july.csv", customers(900, seed=7, market=CHANGED))
    assert made.verdict("retrain", "TRIGGER=schedule") == "cooling down"
    assert made.remembered()["log_loss"] == made.report("register")["results"][-1]["value"]


def back_again(made: Repository) -> None:
    """Rollback moves champion and reference; restore brings code, data and parameters of version 1."""
    second = made.remembered()
    made.save()
    assert made.verdict("rollback") == "rolled back"
    assert made.report("rollback")["figures"] == {"version": 1}
    assert made.remembered() != second
    assert made.verdict("restore", "VERSION=1") == "restored"
    assert len(made.rows("data/customers.csv")) == 1200
    made.make("promote")
    assert made.report("promote")["reasons"][-1] == "there is no new candidate"
    assert made.verdict("restore", "VERSION=2") == "restored"
    assert len(made.rows("data/customers.csv")) == 3600
