"""docs/ab-tests.md names tests that are there, and figures that are true."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "ab-tests.md").read_text("utf-8")


def test_the_tests_that_it_names_are_there() -> None:
    named = set(re.findall(r"`(tests/[^`]+)::([^`]+)`", PAGE))
    assert len(named) > 10
    for path, name in named:
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert name in functions, f"{path} has no {name}"


def test_each_verdict_and_each_metric_is_explained() -> None:
    from mlopsc.resolve.experiment import _KINDS

    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    for verdict in ("promote", "keep", "undecided", "running"):
        assert any(row.startswith(f"| `{verdict}`") for row in rows), verdict
    assert not [metric for metric in _KINDS if not any(metric in row for row in rows)]


def test_its_levels_are_those_of_three_looks() -> None:
    from mlopsc.chance.distributions import normal_cdf
    from mlopsc.chance.looks import boundaries

    said = re.search(r"looks reject below ([0-9.]+), ([0-9.]+) and ([0-9.]+)\s", PAGE)
    assert said
    levels = [normal_cdf(-z) for z in boundaries(3, 0.05)]
    assert [float(each) for each in said.groups()] == [
        round(levels[0], 4),
        *(round(p, 3) for p in levels[1:]),
    ]
