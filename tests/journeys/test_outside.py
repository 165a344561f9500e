"""No path leads out of the repository: not in any field, not through a link."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.begin import files, mlopsc
from tests.journeys.terminal import SPEC, repository
from tests.rejected_cases import validate

# One line for each path-like field of the language, by model and key of the JSON Schema.
FIELDS = {
    ".extends": "extends: VALUE",
    ".models": "models: VALUE",
    ".own": "own: [VALUE]",
    ".templates": "templates: VALUE",
    "Airflow.dags": "airflow: {dags: VALUE}",
    "Data.incoming": "data: {path: a.csv, incoming: VALUE}",
    "Data.path": "data: {path: VALUE, format: csv}",
    "Data.remote": "data: {path: a.csv, remote: VALUE}",
    "Drift.reference": "drift: {reference: VALUE, tests: [{columns: [age], method: ks, p_value: 0.05}]}",
    "FileSource.path": "features: {entities: {c: {join_key: id}}, views: {v: {entity: c, source: {path: VALUE, timestamp: t}, fields: {a: float32}}}}",
    "Model.artifact": "model: {name: churn, artifact: VALUE}",
    "Outcomes.path": "outcomes: {path: VALUE, id: id, value: churned}",
    "PredictionLog.path": "serving: {prediction_log: {path: VALUE}}",
    "PredictionLogPart.path": "environments: {test: {serving: {prediction_log: {path: VALUE}}}}",
    "Python.requirements": "python: {requirements: VALUE}",
    "RetrainingStrategy.checkpoint": "retraining: {strategy: {mode: incremental, checkpoint: VALUE}, triggers: {schedule: weekly}}",
    "Scoring.input": "scoring: {cmd: ./score, input: VALUE, output: out.csv}",
    "Scoring.output": "scoring: {cmd: ./score, input: in.csv, output: VALUE}",
    "Stage.deps": "pipeline: {stages: {train: {cmd: ./train, deps: [VALUE]}}}",
    "Stage.metrics": "pipeline: {stages: {train: {cmd: ./train, metrics: [VALUE]}}}",
    "Stage.outs": "pipeline: {stages: {train: {cmd: ./train, outs: [VALUE]}}}",
    "Stage.plots": "pipeline: {stages: {train: {cmd: ./train, plots: [VALUE]}}}",
}
SCHEMA = Path(__file__).parents[2] / "schemas/mlops.schema.json"


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "~/notes.csv", "a\\..\\..\\b"])
@pytest.mark.parametrize("name", FIELDS)
def test_no_field_leads_outside(tmp_path: Path, name: str, path: str) -> None:
    line = FIELDS[name].replace("VALUE", f"'{path}'")
    rest = [row for row in SPEC.splitlines() if row.partition(":")[0] != line.partition(":")[0]]
    (tmp_path / "mlops.yaml").write_text("\n".join([line, *rest]) + "\n")
    said = validate(tmp_path, "mlops.yaml")
    place = f"mlops.yaml:1:{line.index(path)}: "
    refused = [row for row in said.splitlines() if place in row and row.startswith("error[")]
    assert refused, said
    assert refused[0][6:10] in ("M120", "M122", "M123", "M206", "M303"), said


def test_the_table_has_every_field_of_the_language() -> None:
    assert set(FIELDS) == set(_fields(json.loads(SCHEMA.read_text("utf-8"))))


def _fields(schema: dict[str, Any]) -> Iterator[str]:
    for model, part in {"": schema, **schema["$defs"]}.items():
        for key, value in part.get("properties", {}).items():
            if _is_path(value):
                yield f"{model}.{key}"


def _is_path(part: Any) -> bool:
    if isinstance(part, list):
        return any(map(_is_path, part))
    if not isinstance(part, dict):
        return False
    named = part.get("$ref") in ("#/$defs/Path", "#/$defs/Location")
    return named or any(_is_path(part.get(key)) for key in ("anyOf", "oneOf", "allOf", "items"))


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    return repository(tmp_path / "churn")


def test_a_spec_through_a_link(top: Path) -> None:
    (top / "mlops.yaml").rename(top.parent / "outside/mlops.yaml")
    (top / "mlops.yaml").symlink_to("../outside/mlops.yaml")
    ran = mlopsc(top, "compile")
    assert ran.code == 1
    says = "error[M602]: cannot read mlops.yaml: it leads out of the repository through a link\n"
    assert ran.err.startswith(says)
    assert set(files(top)) == {"mlops.yaml", "data/customers.csv"}


def test_an_extended_file_through_a_link(top: Path) -> None:
    (top.parent / "outside/house.yaml").write_text("version: 1\n")
    (top / "platform").symlink_to("../outside")
    (top / "mlops.yaml").write_text(SPEC + "extends: platform/house.yaml\n")
    ran = mlopsc(top, "validate")
    assert ran.code == 1
    says = "`platform/house.yaml` cannot be read: it leads out of the repository through a link"
    assert ran.err.startswith(f"error[M122] mlops.yaml:7:10: {says}\n")


def test_a_house_template_through_a_link(top: Path) -> None:
    (top.parent / "outside/RUNBOOK.md.j2").write_text("secret\n")
    (top / "house/repository").mkdir(parents=True)
    (top / "house/repository/RUNBOOK.md.j2").symlink_to("../../../outside/RUNBOOK.md.j2")
    (top / "mlops.yaml").write_text(SPEC + "templates: house\n")
    ran = mlopsc(top, "compile")
    assert ran.code == 1
    assert "error[M303] mlops.yaml:7:12: the template RUNBOOK.md.j2 leads out of the repository" in ran.err
    assert "mlops.mk" not in files(top)


def test_an_output_folder_through_a_link(top: Path) -> None:
    (top / "ops").symlink_to("../outside")
    ran = mlopsc(top, "compile")
    assert ran.code == 1
    assert "  kept       ops/verdict.py (not ours): a symbolic link stands at ops: move it away" in ran.out
    assert not any((top.parent / "outside").iterdir())
    found = json.loads(mlopsc(top, "check", "--format", "json").out)["diagnostics"]
    assert {d["code"] for d in found} == {"M601"}
    assert (top / "mlops.mk").is_file(), "all other files are written"


def test_a_pipe_in_the_place_of_a_spec_makes_nobody_wait(top: Path) -> None:
    (top / "mlops.yaml").unlink()
    os.mkfifo(top / "mlops.yaml")
    assert mlopsc(top, "validate", ".").code == 1
    assert mlopsc(top, "validate").err == "mlopsc: mlops.yaml is neither a file nor a folder\n"
