"""The pipeline on real DVC: validation first, only what changed, nothing written where it is not ours."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest_engines import engine
from tests.engines.loop.conftest import dvc
from tests.engines.loop.project import TEMPLATES, Project, rows

SUITE: dict[str, Any] = {
    "name": "churn",
    "expectations": [
        {
            "type": "expect_column_values_to_be_between",
            "kwargs": {"column": "age", "min_value": 0, "max_value": 120},
        }
    ],
    "meta": {
        "data": {"path": "data/customers.csv", "format": "csv"},
        "on_failure": "block",
        "types": {"age": "integer"},
        "checked": ["age"],
    },
}
# Judges as the suite does, without the seconds that Great Expectations takes to start.
QUICK = """\
import csv
from verdict import Outcome, run


def main(arguments):
    return run("validate", judge)


def judge():
    ages = [row["age"] for row in csv.DictReader(open("data/customers.csv"))]
    bad = [age for age in ages if int(age) > 120]
    return Outcome("blocked" if bad else "passed", {"rows": len(ages)}, bad)
"""
DVC_YAML = """\
stages:
  validate:
    cmd: python ops/stamp.py
    deps: [config/suite.json, data/customers.csv, ops/stamp.py, ops/validate.py, ops/tables.py]
    outs:
      - reports/validated.json: {cache: false}
  mode:
    cmd: python ops/mode.py
    always_changed: true
    outs:
      - reports/mode.json: {cache: false}
  train:
    cmd: python src/train.py
    deps: [src/train.py, data/customers.csv, reports/validated.json, reports/mode.json]
    params: [seed, train]
    outs: [models/model]
  evaluate:
    cmd: python src/evaluate.py
    deps: [src/evaluate.py, models/model, data/customers.csv]
    metrics:
      - metrics.json: {cache: false}
"""


@pytest.fixture
def pipeline(project: Project) -> Project:
    """Return a project under DVC, with its data tracked and all committed, and a quick validation."""
    engine("dvc")
    project.write("ops/validate.py", QUICK)
    project.write("config/suite.json", json.dumps(SUITE))
    project.write("dvc.yaml", DVC_YAML)
    project.write(".dvc/config", "[core]\n    analytics = false\n    check_update = false\n")
    project.write(".dvcignore", ".venv\nmlruns\nreports/data_docs\n")
    project.write(".gitignore", "__pycache__/\n/mlflow.db\n/mlruns/\n/incoming/\n")
    project.configure(retraining={"mode": "incremental", "checkpoint": "models/checkpoint"})
    project.git("rm", "-q", "--cached", "-r", "--ignore-unmatch", "data")
    dvc(project.root, "add", "-q", "data/customers.csv")
    project.commit()
    return project


def ran(output: str) -> set[str]:
    """Return the stages that ran, from what DVC printed."""
    return {line.split("'")[1] for line in output.splitlines() if line.startswith("Running stage")}


def test_a_pipeline_runs_only_what_changed(pipeline: Project) -> None:
    code, output = pipeline.run("pipeline")
    assert (code, ran(output)) == (0, {"validate", "mode", "train", "evaluate"}), output
    assert output.index("Running stage 'validate'") < output.index("Running stage 'train'")
    assert pipeline.report("pipeline")["verdict"] == "passed"
    assert ran(pipeline.run("pipeline")[1]) == {"mode"}
    pipeline.write("params.yaml", "seed: 1\ntrain: {cut: 45}\n")
    assert ran(pipeline.run("pipeline")[1]) == {"mode", "train", "evaluate"}
    assert ran(pipeline.run("pipeline", MLOPS_MODE="incremental")[1]) == {"mode", "train"}
    assert ran(pipeline.run("pipeline")[1]) == {"mode"}
    # Another suite that says the same data is fine is still another verdict.
    pipeline.write("config/suite.json", json.dumps(SUITE | {"name": "other"}))
    assert {"validate", "train"} <= ran(pipeline.run("pipeline")[1])
    assert not {"reports", "metrics.json"} & set(Path(".gitignore").read_text().split("\n"))
    assert pipeline.git("status", "--porcelain", "--untracked-files=all", "--", ".gitignore", "reports") == ""


def test_bad_data_stops_the_pipeline_before_training(pipeline: Project) -> None:
    engine("great_expectations")
    shutil.copy(TEMPLATES / "validation/ops/validate.py", "ops")
    pipeline.run("pipeline")
    trained = Path("models/model/cut.json").stat().st_mtime_ns
    pipeline.write("data/customers.csv", rows(400) + "bad,999,1,1\n")
    code, output = pipeline.run("pipeline")
    report = pipeline.report("pipeline")
    assert (code, report["verdict"]) == (3, "blocked"), output
    assert report["reasons"] == ["age: 1 of 401 values (0.249%) are not between 0 and 120: 999"]
    assert "train" not in ran(output)
    assert Path("models/model/cut.json").stat().st_mtime_ns == trained


def test_a_lock_that_was_cut_off_is_mended(pipeline: Project) -> None:
    assert pipeline.step("pipeline")["verdict"] == "passed"
    whole = Path("dvc.lock").read_bytes()
    for size in (0, 10, len(whole) // 2, len(whole) - 40):
        Path("dvc.lock").write_bytes(whole[:size])
        pipeline.write(".dvc/tmp/rwlock", "{")
        assert pipeline.step("pipeline")["verdict"] == "passed", size
        assert Path("dvc.lock").read_bytes() == whole


def test_a_dvc_yaml_of_ones_own_is_guarded_too(pipeline: Project) -> None:
    engine("great_expectations")
    own = DVC_YAML.replace("python ops/stamp.py", "python ops/mode.py").replace(
        "reports/validated", "reports/mode"
    )
    pipeline.write("dvc.yaml", "stages:\n" + own[own.index("  train:") :].replace(", reports/mode.json", ""))
    pipeline.write("data/customers.csv", rows(300) + "x-1,999,1,1\n")
    report = pipeline.step("pipeline")
    assert report["verdict"] == "blocked"
    assert report["reasons"] == ["age: 1 of 301 values (0.332%) are not between 0 and 120: 999"]
    assert not Path("models/model").exists()


def test_a_stage_that_fails_is_an_error_whatever_was_blocked_before(pipeline: Project) -> None:
    pipeline.write("reports/stamp.json", '{"verdict": "blocked", "figures": {}, "reasons": []}')
    pipeline.write("src/train.py", "raise SystemExit(3)\n")
    code, output = pipeline.run("pipeline")
    assert (code, pipeline.report("pipeline")["verdict"]) == (2, "error")
    assert "failed to reproduce 'train'" in output


def test_the_stamp_has_the_same_bytes_for_the_same_data(pipeline: Project) -> None:
    pipeline.run("stamp")
    first = Path("reports/validated.json").read_bytes()
    Path("reports/validated.json").unlink()
    pipeline.run("stamp")
    assert Path("reports/validated.json").read_bytes() == first
    stamp = json.loads(first)
    assert stamp["data"] == pipeline.ops["digests"].digest("data/customers.csv")


def test_our_hashes_are_those_of_dvc(pipeline: Project) -> None:
    pipeline.run("pipeline")
    digests = pipeline.ops["digests"]
    locked = digests.locked()
    entries = [
        entry for stage in locked.values() for kind in ("deps", "outs") for entry in stage.get(kind, [])
    ]
    assert {entry["path"]: digests.hash_of(entry) for entry in entries} == {
        entry["path"]: digests.digest(entry["path"]) for entry in entries
    }
    assert any(digests.hash_of(entry).endswith(".dir") for entry in entries)


def test_ordinary_experiments_work(pipeline: Project) -> None:
    pipeline.run("pipeline")
    pipeline.commit()
    dvc(pipeline.root, "exp", "run", "-q", "-S", "train.cut=47")
    assert json.loads(Path("models/model/cut.json").read_text()) == 47


def test_restore_brings_code_data_and_parameters_back(pipeline: Project) -> None:
    pipeline.run("pipeline")
    pipeline.step("register")
    pipeline.step("promote")
    pipeline.commit()
    first = Path("data/customers.csv").read_bytes(), Path("params.yaml").read_bytes()
    model = pipeline.ops["digests"].digest("models/model")
    pipeline.write("params.yaml", "seed: 1\ntrain: {cut: 41}\n")
    pipeline.write("data/customers.csv", rows(500, seed=3))
    pipeline.write("src/train.py", Path("src/train.py").read_text() + "# another\n")
    dvc(pipeline.root, "add", "-q", "data/customers.csv")
    pipeline.commit()
    pipeline.run("pipeline")
    pipeline.step("register")
    pipeline.write("src/evaluate.py", Path("src/evaluate.py").read_text() + "# not saved\n")
    report = pipeline.step("restore", "1")
    assert (report["verdict"], "src/evaluate.py" in report["reasons"][0]) == ("refused", True)
    pipeline.commit()
    assert pipeline.step("restore", "1")["verdict"] == "restored"
    assert (Path("data/customers.csv").read_bytes(), Path("params.yaml").read_bytes()) == first
    assert "# another" not in Path("src/train.py").read_text()
    assert pipeline.ops["digests"].digest("models/model") == model
    assert ran(pipeline.run("pipeline")[1]) == {"mode"}
    # From one version to another, though the first left its files uncommitted.
    assert pipeline.step("restore", "2")["verdict"] == "restored"
    assert len(Path("data/customers.csv").read_text().splitlines()) == 501
    assert pipeline.step("restore", "1")["verdict"] == "restored"
    assert Path("data/customers.csv").read_bytes() == first[0]


def test_data_comes_back_from_the_remote(pipeline: Project) -> None:
    remote = pipeline.root.with_name(f"{pipeline.root.name}-remote")
    pipeline.write(
        ".dvc/config",
        f"[core]\n    analytics = false\n    remote = storage\n['remote \"storage\"']\n    url = {remote}\n",
    )
    pipeline.configure(data=pipeline.config["data"] | {"remote": str(remote)})
    pipeline.commit()
    pipeline.run("pipeline")
    pipeline.step("register")
    dvc(pipeline.root, "push", "-q")
    data = Path("data/customers.csv").read_bytes()
    pipeline.commit()
    for gone in (".dvc/cache", "models/model"):
        shutil.rmtree(gone)
    Path("data/customers.csv").unlink()
    assert pipeline.step("restore", "1")["verdict"] == "restored"
    assert Path("data/customers.csv").read_bytes() == data
    assert Path("models/model/MLmodel").exists()


def test_a_profile_names_functions_and_changes_nothing(pipeline: Project) -> None:
    pipeline.run("pipeline")
    before = Path("metrics.json").stat().st_mtime_ns, pipeline.git("status", "--porcelain")
    code, output = pipeline.run("profile_stage", "evaluate")
    assert (code, "cumulative" in output, "evaluate.py" in output) == (0, True, True), output
    assert (Path("metrics.json").stat().st_mtime_ns, pipeline.git("status", "--porcelain")) == before
    assert "one of validate, mode, train, evaluate" in pipeline.run("profile_stage", "nothing")[1]
