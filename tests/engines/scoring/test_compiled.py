"""A compiled repository under cron: scored by its clock, watched, looked at for drift, compared on retraining."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.engines.figures import world as figures
from tests.engines.loop import compiled
from tests.engines.loop.project import rows
from tests.engines.scoring.world import HERE, expected

SPEC = """\
version: 1
model: {name: churn, task: regression, artifact: models/model}
python: {requirements: requirements.txt}
data: {path: data/customers.csv, id: customer_id, target: churned}
pipeline:
  stages:
    train: {cmd: python src/train.py, deps: [src/train.py, data/customers.csv], params: [seed, train], outs: [models/model]}
    evaluate: {cmd: python src/evaluate.py, deps: [src/evaluate.py, models/model, data/customers.csv], metrics: [metrics.json]}
registry: {gate: [{metric: accuracy, min: 0.6}]}
scoring: {cmd: python src/score.py, input: data/score.csv, output: data/scores.csv, schedule: daily at 02:30, compare: {max: 5}}
drift:
  tests: [{columns: [age], method: ks, p_value: 0.01}, {predictions: true, method: ks, p_value: 0.01}]
  min_rows: 50
retraining: {triggers: {schedule: weekly}, retry: {max_attempts: 1}}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a repository whose champion has scored once, called by the clock."""
    for name in ("dvc", "mlflow", "scipy", "make", "promtool"):
        engine(name)
    top = tmp_path_factory.mktemp("scoring")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DVC_SITE_CACHE_DIR", "DVC_GLOBAL_CONFIG_DIR", "DVC_SYSTEM_CONFIG_DIR"):
            patch.setenv(name, str(top / name))
        for name in ("GITHUB_EVENT_NAME", "MLOPS_ENV", "CHANGE_ID", "VERSION", "MISDEED"):
            patch.delenv(name, raising=False)
        patch.setenv("PYTHON", sys.executable)
        root = figures.repository(top / "churn", SPEC)
        (root / "data/customers.csv").write_text(rows(400))
        (root / "src/score.py").write_text((HERE / "code/score.txt").read_text())
        (root / "data/score.csv").write_text(rows(50, seed=5))
        figures.run(root, "pipeline")
        compiled.commit(root)
        figures.run(root, "register", "promote")
        clock = [sys.executable, "ops/schedule.py", "run", "score"]
        subprocess.run(clock, cwd=root, check=True)
        yield root


def report(root: Path, step: str) -> dict[str, object]:
    return dict(json.loads((root / f"reports/{step}.json").read_text()))


def test_cron_scores_under_its_lock_and_into_its_log(made: Path) -> None:
    jobs = json.loads((made / "config/schedule.json").read_text())["jobs"]
    assert {"name": "score", "make": ["score"], "cron": "30 2 * * *"} in jobs
    assert "score: scored (version 1, rows_in 50" in (made / "reports/score.log").read_text()
    assert (made / "data/scores.csv").read_text() == expected()


def test_prometheus_learns_of_it_by_text_file_and_exporter(made: Path) -> None:
    text = (made / "reports/metrics.prom").read_text()
    subprocess.run(["promtool", "check", "metrics"], input=text, text=True, check=True)
    before = figures.samples(text)
    with figures.exporter(made) as url:
        for found in (before, figures.samples(figures.scrape(url))):
            assert found['model_scoring_rows{model="churn"}'] == 50
            assert found['model_scoring_version{model="churn"}'] == 1
            age = (made / "reports/score.json").stat().st_mtime - found[
                'model_scoring_timestamp_seconds{model="churn"}'
            ]
            assert abs(age) < 60


def test_drift_looks_at_what_was_scored_and_at_the_scores(made: Path, tmp_path: Path) -> None:
    root = compiled.copied(made, tmp_path / "churn")
    figures.run(root, "drift")
    assert "are kept to compare later ones with" in str(report(root, "drift")["reasons"])
    (root / "data/score.csv").write_text(rows(60, seed=6, shift=30))
    figures.run(root, "score", "drift")
    found = report(root, "drift")
    drifted = {each["column"] for each in found["results"] if each["verdict"] == "drift"}  # type: ignore[attr-defined]
    assert (found["verdict"], drifted) == ("drift", {"age", "prediction"})


def test_retraining_compares_before_it_promotes(made: Path, tmp_path: Path) -> None:
    steps = json.loads((made / "config/default.json").read_text())["retraining"]["steps"]
    assert steps == ["fetch", "pipeline", "register", "compare-scores", "promote"]
    root = compiled.copied(made, tmp_path / "churn")
    (root / "params.yaml").write_text("seed: 1\ntrain: {cut: 37}\n")
    (root / "data/customers.csv").write_text(rows(410))
    figures.run(root, "retrain", TRIGGER="manual")
    told = report(root, "retrain")
    assert told["verdict"] == "refused"
    assert "mean difference 8 " in str(told["reasons"]) and "more than 5" in str(told["reasons"])
    assert not (root / "reports/promote.json").exists() or report(root, "promote")["figures"] == {
        "version": 1
    }
