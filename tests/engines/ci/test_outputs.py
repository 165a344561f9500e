"""The generated files are checked by the very compiler that the lock names, fetched by uvx."""

import os
from pathlib import Path

import pytest

from tests.engines.loop.project import Project

# Stands in for uvx: says what it was called with, and answers as `mlopsc check` would.
UVX = '#!/bin/sh\necho "$@" > "$SAID"\nexit "${ANSWER:-0}"\n'


@pytest.fixture
def said(bare: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file in which uvx says how it was called; a lock is there."""
    uvx = bare.write("bin/uvx", UVX)
    uvx.chmod(0o755)
    monkeypatch.setenv("PATH", f"{uvx.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SAID", str(bare.root / "said"))
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    bare.write(".mlopsc.lock", "# lock\n# compiler 1.2.3\nfile 0 mlops.mk\n")
    return bare.root / "said"


def check(project: Project, spec: str = "mlops.yaml") -> dict[str, object]:
    """Run the program; return its report."""
    code = project.ops["outputs"].main([spec])
    report = project.report("outputs")
    assert code == (2 if report["verdict"] == "error" else 0)
    return report


def test_the_compiler_is_that_of_the_lock(bare: Project, said: Path) -> None:
    assert check(bare)["verdict"] == "done"
    assert said.read_text() == "--from mlopsc==1.2.3 mlopsc check mlops.yaml\n"


def test_at_github_each_file_is_annotated(bare: Project, said: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    # It runs in the folder of the spec, which is named from the root.
    check(bare, "models/churn/mlops.yaml")
    assert said.read_text() == "--from mlopsc==1.2.3 mlopsc check --format github mlops.yaml\n"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("1", "some files differ: run `mlopsc compile`"),
        ("2", "mlopsc had no answer; see above"),
        ("70", "mlopsc had no answer; see above"),
    ],
)
def test_what_differs_fails(
    bare: Project, said: Path, monkeypatch: pytest.MonkeyPatch, answer: str, reason: str
) -> None:
    monkeypatch.setenv("ANSWER", answer)
    report = check(bare)
    assert (report["verdict"], report["reasons"]) == ("error", [reason])
    assert said.exists()


@pytest.mark.parametrize("lock", [None, "", "# compiler 1.2.3 --index-url http://elsewhere.example\n"])
def test_a_lock_that_names_no_version_is_no_answer(bare: Project, said: Path, lock: str | None) -> None:
    (bare.root / ".mlopsc.lock").unlink()
    if lock is not None:
        bare.write(".mlopsc.lock", lock)
    report = check(bare)
    assert report["verdict"] == "error" and "run `mlopsc compile`" in str(report["reasons"])
    assert not said.exists()


def test_without_uvx_it_says_what_is_missing(
    bare: Project, said: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    report = check(bare)
    assert report["verdict"] == "error" and "install uv" in str(report["reasons"])
    assert not said.exists()
