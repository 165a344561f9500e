"""Every promise of the issues has tests that exist, and every mutant a test that it should turn red."""

import ast
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.rejected_cases import FOLDER, cases

ROOT = Path(__file__).parents[1]
# So many sentences and rows each section has; a claim may be refined, none may get lost.
LEAST = {
    2: {"2": 46, "3": 74, "4": 28, "5": 24, "done": 15},
    3: {
        "pipeline": 24,
        "registry": 19,
        "drift": 19,
        "retraining": 13,
        "schedule": 8,
        "notify": 7,
        "statistics": 4,
        "linked": 7,
        "done": 17,
    },
    4: {"1": 80, "2": 12, "3": 17, "done": 10},
    5: {"1": 40, "2": 15, "3": 15, "done": 4},
    6: {"1": 26, "2": 23, "3": 2, "4": 24, "done": 4},
    7: {"1": 18, "2": 7, "3": 30, "4": 20, "done": 2},
}
REJECTED = FOLDER.relative_to(ROOT).as_posix()


def table(name: str, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((ROOT / "tests" / name).read_text("utf-8"))[kind]
    return found


CASES = cases()
CLAIMS = table("claims.toml", "claim")
MUTANTS = table("mutants.toml", "mutant")


@cache
def functions(path: str) -> frozenset[str]:
    """Return the tests that a module defines."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def exists(test: str) -> bool:
    """Say whether there is such a test; an id, without its parameters, or a refused input."""
    if test.startswith(REJECTED):
        inputs = {f"{REJECTED}/{case.code}" for case in CASES}
        return test in inputs | {f"{REJECTED}/{case.code}/{case.name}.txt" for case in CASES}
    path, _, name = test.partition("[")[0].partition("::")
    if not Path(path).name.startswith("test_") or not (ROOT / path).is_file():
        return False
    return name in functions(path) if name else bool(functions(path))


@pytest.mark.parametrize(
    "claim", CLAIMS, ids=lambda claim: f"{claim['issue']}, {claim['section']}: {claim['text'][:60]}"
)
def test_a_claim_has_tests_that_exist(claim: dict[str, Any]) -> None:
    assert claim["issue"] in LEAST and claim["text"] and claim["tests"]
    assert [test for test in claim["tests"] if not exists(test)] == []


def test_no_claim_gets_lost() -> None:
    assert len({(claim["issue"], claim["section"], claim["text"]) for claim in CLAIMS}) == len(CLAIMS)
    counts = Counter((claim["issue"], claim["section"]) for claim in CLAIMS)
    least = {(issue, section): count for issue, of in LEAST.items() for section, count in of.items()}
    assert counts.keys() == least.keys()
    assert {place: counts[place] for place in least if counts[place] < least[place]} == {}


@pytest.mark.parametrize(
    "name",
    [
        "tests/test_claims.py::test_nothing",
        "tests/rejected/M999",
        "tests/rejected/M10",
        "tests/x.py",
        "tests",
    ],
)
def test_a_test_that_does_not_exist_is_noticed(name: str) -> None:
    assert not exists(name)


def test_each_mutant_names_a_test_that_exists() -> None:
    assert [mutant["name"] for mutant in MUTANTS if not exists(mutant["test"])] == []
