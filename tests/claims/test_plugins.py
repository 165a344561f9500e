"""The sketch as documentation: short, named where plug-in authors look, and at home under --into."""

import ast
import os
import subprocess
import sys
from pathlib import Path

from tests.journeys.begin import COMPILER, files
from tests.journeys.terminal import LOCK, SPEC, repository
from tests.properties.installed import SKETCH, install

ROOT = Path(__file__).parents[2]
MODULE = SKETCH / "mlopsc_sketch" / "__init__.py"


def test_each_thing_takes_some_ten_lines() -> None:
    functions = [node for node in ast.parse(MODULE.read_text()).body if isinstance(node, ast.FunctionDef)]
    lengths = {each.name: (each.end_lineno or 0) - each.lineno + 1 for each in functions}
    assert {"offers", "files"} <= set(lengths)
    assert max(lengths.values()) <= 20
    assert len(MODULE.read_text().splitlines()) <= 80


def test_authors_are_sent_to_it() -> None:
    assert SKETCH.relative_to(ROOT).as_posix() in (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_into_puts_root_files_at_its_root(tmp_path: Path) -> None:
    packages = install(tmp_path / "packages")
    top = repository(
        tmp_path / "shop", {"models/churn/mlops.yaml": SPEC + "plugins: {sketch: {team: growth}}\n"}
    )
    path = os.pathsep.join([str(packages), str(COMPILER)])
    command = [sys.executable, "-m", "mlopsc", "compile", "models", "--into", "out"]
    subprocess.run(command, cwd=top, env={**os.environ, "PYTHONPATH": path}, capture_output=True, check=True)
    out = set(files(top / "out"))
    assert {".github/workflows/churn-nightly.yml", f"churn/{LOCK}", "churn/mlops.mk"} <= out
    assert {name.split("/")[0] for name in out} == {".github", "churn"}
    assert not (top / ".github").exists()
    lock = (top / "out/churn" / LOCK).read_text()
    assert "  ../.github/workflows/churn-nightly.yml\n" in lock
