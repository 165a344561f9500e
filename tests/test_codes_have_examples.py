"""Every code is documented, and shown by at least one refused input."""

import ast
import re
from pathlib import Path

import mlopsc
import pytest
from mlopsc.diagnostics.codes import all_codes

from tests.rejected_cases import cases

CODES = sorted(all_codes())
JOURNEYS = Path(__file__).parent / "journeys"
# What only a disk can show: the code, and the journey in which the real command says it.
SHOWN_BY_JOURNEY = {
    "M601": ("test_outside.py", "test_an_output_folder_through_a_link"),
    "M602": ("test_disk.py", "test_a_read_only_disk"),
    "M603": ("test_disk.py", "test_a_lock_with_conflict_markers"),
    "M604": ("test_disk.py", "test_a_folder_whose_name_no_lock_can_hold"),
    "M605": ("test_disk.py", "test_files_in_every_state_have_their_codes"),
    "M606": ("test_disk.py", "test_a_file_that_was_there_first"),
    "M607": ("test_disk.py", "test_files_in_every_state_have_their_codes"),
    "M608": ("test_disk.py", "test_files_in_every_state_have_their_codes"),
    "M609": ("test_disk.py", "test_a_file_that_an_editor_saves_meanwhile"),
    "M610": ("test_places.py", "test_two_specs_in_one_folder"),
}


@pytest.mark.parametrize("code", CODES)
def test_documented(code: str) -> None:
    kind = all_codes()[code]
    assert re.fullmatch(r"M[1-7]\d\d", code)
    assert kind.title and kind.title[-1] not in ".:"
    assert kind.severity in ("error", "warning", "note")
    assert "\n" in kind.about(), "say what and, in a paragraph of its own, why"
    assert kind.fix(), "the docstring ends with a paragraph `Fix: …`"
    assert kind.example


def test_each_code_is_shown_by_a_refused_input() -> None:
    assert set(CODES) - {case.code for case in cases()} == set(SHOWN_BY_JOURNEY)


@pytest.mark.parametrize("code", SHOWN_BY_JOURNEY)
def test_each_journey_expects_its_code(code: str) -> None:
    file, test = SHOWN_BY_JOURNEY[code]
    module = ast.parse((JOURNEYS / file).read_text("utf-8"))
    (found,) = [node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == test]
    compared = [node for part in ast.walk(found) if isinstance(part, ast.Assert) for node in ast.walk(part)]
    texts = [
        node.value for node in compared if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert any(code in text for text in texts), f"{test} asserts nothing about {code}"


def test_each_refused_input_has_a_documented_code() -> None:
    assert {case.code for case in cases()} <= set(CODES)


def test_each_code_that_the_compiler_uses_is_documented() -> None:
    modules = Path(mlopsc.__file__).parent.rglob("*.py")
    used = {code for module in modules for code in re.findall(r'"(M\d{3})"', module.read_text())}
    assert used - set(CODES) == set()
