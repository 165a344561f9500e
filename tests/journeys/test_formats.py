"""Findings for programs: each form on standard output, with the same exit code as the text."""

import json
from pathlib import Path

import pytest

from tests.journeys.begin import mlopsc
from tests.journeys.terminal import SPEC, repository

WRONG = SPEC + "drift: {shedule: daily}\n"


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    return repository(tmp_path / "shop", {"models/churn/mlops.yaml": WRONG})


def test_json(wrong: Path) -> None:
    ran = mlopsc(wrong, "validate", "models", "--format", "json")
    assert (ran.code, ran.err) == (1, "")
    found = {d["code"]: d for d in json.loads(ran.out)["diagnostics"]}["M201"]
    assert (found["severity"], found["path"]) == ("error", ["drift", "shedule"])
    assert (found["file"], found["line"], found["column"]) == ("models/churn/mlops.yaml", 7, 9)
    assert found["hint"] == "did you mean `schedule`?"


def test_github_names_the_file_from_the_root(wrong: Path) -> None:
    ran = mlopsc(wrong / "models/churn", "validate", "--format", "github")
    assert (ran.code, ran.err) == (1, "")
    place = "file=models/churn/mlops.yaml,line=7,col=9,endColumn=16,title=M201 unknown key"
    assert f"::error {place}::unknown key `shedule` in `drift`%0Adid you mean `schedule`?\n" in ran.out


def test_sarif(wrong: Path) -> None:
    ran = mlopsc(wrong, "validate", "models", "--format", "sarif")
    assert (ran.code, ran.err) == (1, "")
    (result,) = [r for r in json.loads(ran.out)["runs"][0]["results"] if r["ruleId"] == "M201"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "models/churn/mlops.yaml"
    assert place["region"] == {"startLine": 7, "startColumn": 9, "endLine": 7, "endColumn": 16}


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_nothing_found_is_said_too(tmp_path: Path, form: str) -> None:
    ran = mlopsc(repository(tmp_path / "churn"), "validate", "--format", form)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "" if form == "github" else json.loads(ran.out)


def test_check_speaks_to_programs_too(tmp_path: Path) -> None:
    top = repository(tmp_path / "churn")
    ran = mlopsc(top, "check", "--format", "json")
    assert ran.code == 1
    found = json.loads(ran.out)["diagnostics"]
    assert {d["code"] for d in found} == {"M607"}
    assert [d["message"] for d in found if d["file"] == "mlops.mk"] == ["mlops.mk: missing"]
    (top / "mlops.yaml").write_text(WRONG)
    ran = mlopsc(top, "check", "--format", "github")
    assert ran.code == 2
    assert "::error file=mlops.yaml,line=7" in ran.out
