"""What `init` writes for scoring scores what the model of `init` has learned, as it is."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest_engines import engine
from tests.journeys.begin import mlopsc

SPEC = """\
version: 1
model: {name: churn, task: classification, artifact: models/model}
data: {path: data/customers.csv, id: customer_id, timestamp: seen_at, target: churned}
pipeline:
  stages:
    train: {cmd: python src/train.py, deps: [src/train.py, data/customers.csv], outs: [models/model]}
scoring: {cmd: python src/score.py, input: data/score.csv, output: data/scores.parquet, schedule: weekly}
"""


def test_the_starter_scores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("mlflow", "sklearn"):
        engine(name)
    (tmp_path / "data").mkdir()
    (tmp_path / "mlops.yaml").write_text(SPEC)
    ages = [20 + place % 60 for place in range(200)]
    known = {"customer_id": range(200), "seen_at": "2026-05-01", "age": ages, "plan": ["basic", "pro"] * 100}
    table = pd.DataFrame(known | {"churned": [int(age > 50) for age in ages]})
    table.to_csv(tmp_path / "data/customers.csv", index=False)
    # Nobody knows yet who leaves, and a plan is new.
    table.drop(columns=["churned", "seen_at"]).replace("pro", "team").to_csv(
        tmp_path / "data/score.csv", index=False
    )
    for command in ("init", "compile"):
        done = mlopsc(tmp_path, command)
        assert done.code == 0, done.out + done.err
    monkeypatch.chdir(tmp_path)
    subprocess.run([sys.executable, "src/train.py"], check=True)
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    scored = subprocess.run([sys.executable, "ops/score.py"], capture_output=True, text=True, check=False)
    assert scored.returncode == 0, scored.stdout + scored.stderr
    assert json.loads(Path("reports/score.json").read_text())["figures"]["rows_out"] == 200
    scores = pd.read_parquet("data/scores.parquet")
    assert list(scores) == ["customer_id", "prediction"]
    assert float((scores["prediction"] == table["churned"]).mean()) > 0.9
