"""Every code is documented, and shown by at least one refused input."""

import re
from pathlib import Path

import mlopsc
import pytest
from mlopsc.diagnostics.codes import all_codes

from tests.rejected_cases import cases

CODES = sorted(all_codes())


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
    assert set(CODES) - {case.code for case in cases()} == set()


def test_each_refused_input_has_a_documented_code() -> None:
    assert {case.code for case in cases()} <= set(CODES)


def test_each_code_that_the_compiler_uses_is_documented() -> None:
    modules = Path(mlopsc.__file__).parent.rglob("*.py")
    used = {code for module in modules for code in re.findall(r'"(M\d{3})"', module.read_text())}
    assert used - set(CODES) == set()
