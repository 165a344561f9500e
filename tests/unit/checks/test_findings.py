"""What is said about each fault across fields, in its exact words; an empty list is a spec that is fine."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.unit.checks.saying import said


@dataclass(frozen=True)
class Case:
    """A fragment and all that is said about it."""

    theme: str
    spec: str
    says: list[str]


CASES = [
    Case(file.stem, **case)
    for file in sorted((Path(__file__).parent / "findings").glob("*.yaml"))
    for case in yaml.safe_load(file.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.theme}-{number}" for number, case in enumerate(CASES)])
def test_the_exact_words(case: Case) -> None:
    assert said(case.spec) == case.says


def test_no_two_cases_are_the_same() -> None:
    assert len({case.spec for case in CASES}) == len(CASES)
