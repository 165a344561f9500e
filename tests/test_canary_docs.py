"""docs/canary.md answers each known pitfall, and the tests that it names are there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split("|")]
    for line in (ROOT / "docs" / "canary.md").read_text("utf-8").splitlines()
    if re.match(r"\| [0-9]+ \|", line)
]


def test_each_of_the_thirty_pitfalls_has_a_remedy_and_a_test() -> None:
    assert [row[0] for row in ROWS] == [str(number) for number in range(1, 31)]
    assert all(len(row) == 4 and all(row) for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_tests_that_it_names_are_there(row: list[str]) -> None:
    named = re.findall(r"`([^`]+)::([^`]+)`", row[3])
    assert named, f"no test is named for pitfall {row[0]}"
    for path, name in named:
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert name in functions, f"{path} has no {name}"
