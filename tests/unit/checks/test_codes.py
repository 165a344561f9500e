"""The examples that `explain` shows have their fault, and each code of the rules is said somewhere."""

import pytest
from mlopsc.diagnostics.codes import all_codes

from tests.unit.checks.saying import Everything, found
from tests.unit.checks.test_findings import CASES

CODES = [code for code in all_codes() if code[1] in "34"]
# They need a folder in which something is missing.
OF_FILES = {"M309", "M334"}


@pytest.mark.parametrize("code", CODES)
def test_each_example_has_its_fault(code: str) -> None:
    beside = () if code in OF_FILES else Everything()
    assert code in {d.code for d in found(all_codes()[code].example, beside)}


def test_each_code_is_said_in_some_case() -> None:
    assert {line.split()[0] for case in CASES for line in case.says} | OF_FILES >= set(CODES)
