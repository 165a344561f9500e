"""Each refused input is answered with the exact text beside it; MLOPSC_UPDATE=1 writes the texts."""

import os
from pathlib import Path

import pytest

from tests.rejected_cases import FOLDER, Case, cases, validate

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.name}")
def test_refused_with_the_exact_text(case: Case, tmp_path: Path) -> None:
    said = validate(tmp_path, case.place(tmp_path))
    if os.environ.get("MLOPSC_UPDATE") == "1":
        case.expected.parent.mkdir(exist_ok=True)
        case.expected.write_text(said, encoding="utf-8")
    assert said == case.expected.read_text(encoding="utf-8")
    assert f"[{case.code}]" in said


def test_each_text_belongs_to_an_input() -> None:
    expected = {case.expected.relative_to(FOLDER) for case in CASES}
    assert expected == {text.relative_to(FOLDER) for text in FOLDER.glob("*/*.txt")}


def test_no_two_inputs_share_a_name() -> None:
    assert len({(case.code, case.name) for case in CASES}) == len(CASES)
