"""`schema`, `targets`, `explain` and `--version`: what mlopsc tells about itself."""

from importlib.resources import files as resources
from pathlib import Path

import mlopsc as package
import pytest

from tests.journeys.begin import mlopsc


def test_schema_is_the_published_one(tmp_path: Path) -> None:
    ran = mlopsc(tmp_path, "schema")
    published = Path(str(resources(package))).parents[1] / "schemas/mlops.schema.json"
    assert (ran.code, ran.out) == (0, published.read_text("utf-8"))


def test_targets_says_what_comes_from_which_section(tmp_path: Path) -> None:
    ran = mlopsc(tmp_path, "targets")
    assert ran.code == 0
    assert "validation\n  from   data, validation\n  makes  config/suite.json and ops/validate.py" in ran.out


def test_version(tmp_path: Path) -> None:
    ran = mlopsc(tmp_path, "--version")
    assert (ran.code, ran.out) == (0, f"mlopsc {package.__version__}\n")


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("M203", "M203 (error): not an allowed word\n"),
        ("m203", "M203 (error): not an allowed word\n"),
        ("drift.schedule", "default: daily\n"),
        ("validation", "validation\n"),
    ],
)
def test_explain(tmp_path: Path, what: str, words: str) -> None:
    ran = mlopsc(tmp_path, "explain", what)
    assert ran.code == 0
    assert words in ran.out


def test_explain_what_is_not_there(tmp_path: Path) -> None:
    ran = mlopsc(tmp_path, "explain", "drift.shedule")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(
        "mlopsc: `drift.shedule` is neither a code nor a field; did you mean drift.schedule"
    )
