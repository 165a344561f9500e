"""Schema and models agree on the refused inputs: what is about shape an editor refuses too, and nothing else."""

from pathlib import Path

import jsonschema
import pytest
from mlopsc.source import read_document
from mlopsc.spec.schema import json_schema

from tests.rejected_cases import Case, cases

# A house style, a plug-in's settings and `own` need more than the text of one spec.
TEXTS = [case for case in cases() if isinstance(case.source, Path) and case.source.suffix == ".yaml"]
SHAPE = [case for case in TEXTS if case.code.startswith("M2") or case.code == "M404"]
SENSE = [case for case in TEXTS if case.code[:2] in ("M3", "M4", "M5", "M7") and case not in SHAPE]
SCHEMA = jsonschema.Draft202012Validator(
    json_schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)


def accepted(case: Case) -> bool:
    assert isinstance(case.source, Path)
    return SCHEMA.is_valid(read_document(case.source.read_bytes(), "mlops.yaml").root.data())


@pytest.mark.parametrize("case", SHAPE, ids=lambda case: f"{case.code}-{case.name}")
def test_the_schema_refuses_what_has_a_wrong_shape(case: Case) -> None:
    assert not accepted(case)


@pytest.mark.parametrize("case", SENSE, ids=lambda case: f"{case.code}-{case.name}")
def test_the_schema_accepts_what_makes_no_sense(case: Case) -> None:
    assert accepted(case)


def test_both_kinds_are_there() -> None:
    assert len(SHAPE) > 20 and len(SENSE) > 20
