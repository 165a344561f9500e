"""`make retrain` with the real steps, on DVC and MLflow: from new data to a new champion, or none."""

import os
import shutil
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest_engines import engine
from tests.engines.loop.conftest import dvc
from tests.engines.loop.project import TEMPLATES, Project, rows

DVC_YAML = """\
stages:
  train:
    cmd: python src/train.py
    deps: [src/train.py, data/customers.csv]
    params: [seed, train]
    outs: [models/model]
  evaluate:
    cmd: python src/evaluate.py
    deps: [src/evaluate.py, models/model, data/customers.csv]
    metrics:
      - metrics.json: {cache: false}
"""
MAKE = """\
PYTHON ?= .venv/bin/python
retrain fetch pipeline register promote:
\t@$(PYTHON) ops/$@.py $(ARGS)
"""
STEPS = ["fetch", "pipeline", "register", "promote"]
# The model knows how much data it saw, so that new data makes another model.
TELLING = "\n(folder / 'rows.txt').write_text(str(len(Path('data/customers.csv').read_text())))\n"


@pytest.fixture
def loop(project: Project) -> Project:
    """Return a project under DVC that retrains when somebody calls."""
    for name in ("dvc", "make"):
        engine(name)
    for file in TEMPLATES.glob("retraining/ops/*.py"):
        shutil.copy(file, project.root / "ops")
    train = project.root / "src" / "train.py"
    train.write_text(train.read_text() + TELLING)
    project.write("dvc.yaml", DVC_YAML)
    project.write("mlops.mk", MAKE)
    project.write(".dvc/config", "[core]\n    analytics = false\n    check_update = false\n")
    project.write(".gitignore", "__pycache__/\n/mlflow.db\n/mlruns/\n/incoming/\n")
    triggers = {"webhook": True, "new_records": {"above": 50}}
    project.configure(
        retraining={"triggers": triggers, "mode": "full", "max_attempts": 1, "steps": STEPS}, drift={}
    )
    project.configure(registry={"gate": [{"metric": "accuracy", "min": 0.6}]})
    dvc(project.root, "add", "-q", "data/customers.csv")
    project.commit()
    return project


def retrain(project: Project, *arguments: str) -> dict[str, Any]:
    """Run `make retrain`; return its report."""
    command = ["make", "-f", "mlops.mk", "retrain", f"PYTHON={sys.executable}", *arguments]
    done = subprocess.run(
        command, cwd=project.root, env=os.environ, capture_output=True, text=True, check=False
    )
    report = project.report("retrain")
    assert (done.returncode == 0) == (report["verdict"] in project.ops["verdict"].FINE), (
        done.stdout + done.stderr
    )
    return report


@pytest.mark.slow
def test_new_data_makes_a_champion_once_and_a_worse_model_none(loop: Project) -> None:
    first = retrain(loop, "TRIGGER=webhook", "EVENT=1")
    assert (first["verdict"], first["figures"]) == ("trained", {"version": 1})
    assert loop.aliases() == {"champion": "1"}

    loop.write("incoming/monday.csv", rows(60, seed=1))
    assert retrain(loop)["verdict"] == "trained"
    assert loop.aliases() == {"champion": "2", "previous": "1"}
    assert retrain(loop)["reasons"] == ["new records: 0, not above 50"]

    loop.write("params.yaml", "seed: 1\ntrain: {cut: 79}\n")
    loop.write("incoming/tuesday.csv", rows(60, seed=2))
    worse = retrain(loop)
    assert worse["verdict"] == "refused"
    assert any("accuracy" in reason for reason in worse["reasons"])
    assert loop.aliases() == {"champion": "2", "previous": "1"}
    assert retrain(loop)["verdict"] == "not due"
    assert len(loop.versions()) == 3
