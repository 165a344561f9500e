"""Lean: ten lines of spec become a handful of files, each of which somebody reads or runs."""

import shutil
from pathlib import Path

from tests.journeys.begin import files, mlopsc

SPECS = Path(__file__).parents[2] / "specs"
MOST_FILES = 10
MOST_LINES = 700


def test_the_minimal_spec_stays_minimal(tmp_path: Path) -> None:
    shutil.copytree(SPECS / "minimal", tmp_path / "minimal")
    assert mlopsc(tmp_path, "compile", "minimal", "--into", "out").code == 0
    made = files(tmp_path / "out")
    lines = {name: content.count(b"\n") for name, content in made.items() if isinstance(content, bytes)}
    assert len(made) <= MOST_FILES, sorted(made)
    assert sum(lines.values()) <= MOST_LINES, lines


def test_the_minimal_spec_asks_for_little() -> None:
    text = (SPECS / "minimal/mlops.yaml").read_text("utf-8")
    assert len([line for line in text.splitlines() if not line.startswith("#")]) <= 10
