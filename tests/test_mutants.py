"""The mutants are sound: each changes one place, stays Python where it was Python, and every area has one."""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MUTANTS: list[dict[str, str]] = tomllib.loads((ROOT / "tests/mutants.toml").read_text("utf-8"))["mutant"]
LEAST = 120


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant["name"])
def test_it_changes_one_place(mutant: dict[str, str]) -> None:
    assert set(mutant) == {"name", "area", "file", "old", "new", "test"}
    text = (ROOT / mutant["file"]).read_text("utf-8")
    assert text.count(mutant["old"]) == 1, "mend tests/mutants.toml: the code has changed"
    changed = text.replace(mutant["old"], mutant["new"])
    assert changed != text
    if mutant["file"].endswith(".py"):
        # A mutant that is no program any more would turn every test red.
        assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(text))


def test_there_are_enough_of_them() -> None:
    assert len({mutant["name"] for mutant in MUTANTS}) == len(MUTANTS) >= LEAST
