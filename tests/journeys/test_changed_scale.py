"""A thousand specs, of which a change touches one: the others are not even read."""

from collections import Counter
from pathlib import Path

import pytest
from mlopsc.cli.compare import DIFFERS, SAME, compare
from mlopsc.project import Project
from mlopsc.tree.lock import digest
from mlopsc.tree.record import Inputs, Lock

from tests.conftest_engines import engine
from tests.journeys.commits import begun

MANY = 1000
BASE = b"version: 1\n"
SPEC = "version: 1\nextends: ../base.yaml\nmodel: {{name: m{0}}}\ndata: {{path: d.csv}}\nvalidation:\n  columns:\n    a: {{min: {0}}}\n"


def test_a_thousand_specs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engine("git")
    top = tmp_path / "shop"
    for number in range(MANY):
        spec = top / f"m{number}/mlops.yaml"
        spec.parent.mkdir(parents=True)
        spec.write_text(SPEC.format(number))
        (spec.parent / "mlops.mk").write_text("all:\n")
        (spec.parent / ".mlopsc.lock").write_text(locked(spec.parent.name, spec.read_bytes()))
    (top / "base.yaml").write_bytes(BASE)
    begun(top)
    count: Counter[str] = Counter()
    for name in ("read", "compile"):
        monkeypatch.setattr(Project, name, counted(count, name))
    capsys.readouterr()

    assert compare([str(top)], None, None, "text", "HEAD") == SAME
    assert capsys.readouterr().out == f"since HEAD: no specs touched, {MANY} left alone\n"
    # What the specs extend might be a house, and one of them is asked.
    assert (count["read"], count["compile"]) == (1, 0)

    (top / "m7/mlops.mk").write_text("mine\n")
    (top / "m8/mlops.mk").unlink()
    count.clear()
    assert compare([str(top)], None, None, "text", "HEAD") == DIFFERS
    assert f"2 specs touched, {MANY - 2} left alone" in capsys.readouterr().out
    assert count["compile"] == 2 and count["read"] <= 3


def locked(folder: str, spec: bytes) -> str:
    """Return a lock as a compile of some build left it; nothing is compiled to get a thousand of them."""
    sources = {"mlops.yaml": digest(spec), "../base.yaml": digest(BASE)}
    inputs = Inputs("0.0.1", "0" * 16, f"{folder}/mlops.yaml", sources)
    return Lock(inputs, files={"mlops.mk": (digest(b"all:\n"),)}).text()


def counted(count: "Counter[str]", name: str) -> object:
    real = getattr(Project, name)

    def call(*arguments: object) -> object:
        count[name] += 1
        return real(*arguments)

    return staticmethod(call) if name == "read" else call
