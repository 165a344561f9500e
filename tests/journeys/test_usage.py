"""Wrong usage: exit 2, one line that says what to do, and nothing written."""

from pathlib import Path

import pytest

from tests.journeys.begin import files, mlopsc
from tests.journeys.terminal import repository

CASES = {
    "unknown command": (["complie"], "No such command 'complie'"),
    "unknown option": (["compile", "--bogus"], "No such option: --bogus"),
    "unknown format": (["validate", "--format", "xml"], "is not one of 'text', 'json', 'github', 'sarif'"),
    "level of init": (["init", "new", "--level", "4"], "less than or equal to 3"),
    "explain nothing": (["explain"], "Missing argument 'CODE|FIELD'"),
    "no such spec": (["compile", "nope.yaml"], "mlopsc: there is no nope.yaml\n"),
    "no such folder": (["check", "models/"], "mlopsc: there is no models/\n"),
    "folder without a spec": (["validate", "data"], "mlopsc: there is no mlops.yaml in data or below\n"),
    "no file": (["validate", "/dev/null"], "mlopsc: /dev/null is neither a file nor a folder\n"),
    "several into one": (
        ["compile", "mlops.yaml", "data", "--into", "out"],
        "mlopsc: --into takes one SPEC: a folder, if several specs are meant\n",
    ),
    "empty path": (["compile", "--into", ""], "mlopsc: a path is empty: is a variable not set?\n"),
    "empty spec": (["check", ""], "mlopsc: a path is empty: is a variable not set?\n"),
    "outside of the root": (
        ["compile", "--root", "data"],
        "mlopsc: mlops.yaml does not lie in the root data\n",
    ),
    "no such environment": (
        ["show", "--env", "prod"],
        "mlopsc: --env prod: no such environment; there is none\n",
    ),
    "force nothing of ours": (
        ["compile", "--dry-run", "--force", "mlosp.mk"],
        "mlopsc: --force mlosp.mk: no such file is generated here\n",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_wrong_usage(tmp_path: Path, name: str) -> None:
    top = repository(tmp_path / "churn")
    arguments, says = CASES[name]
    before = files(top)
    ran = mlopsc(top, *arguments)
    assert ran.code == 2
    assert says in ran.err
    assert files(top) == before


@pytest.mark.parametrize("command", ["validate", "compile", "check", "diff", "show"])
def test_without_a_spec_it_says_how_to_get_one(tmp_path: Path, command: str) -> None:
    ran = mlopsc(tmp_path, command)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "mlopsc: there is no mlops.yaml; `mlopsc init` writes one\n"
    assert not files(tmp_path)
