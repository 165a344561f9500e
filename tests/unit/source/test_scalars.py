"""Plain scalars against the table of YAML 1.2's core schema (yaml.org/spec/1.2.2, chapter 10.3.2)."""

import math

import pytest
import yaml
from mlopsc.source.scalars import ambiguous, resolve

NULLS = ["", "~", "null", "Null", "NULL"]
BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
INTEGERS = {"0": 0, "-0": 0, "+12": 12, "-19": -19, "0755": 755, "08": 8, "0o14": 12, "0x3A": 58, "0xff": 255}
FLOATS = {
    "0.": 0.0, "-0.0": -0.0, ".5": 0.5, "+.5": 0.5, "+12e03": 12_000.0, "-2E+05": -200_000.0, "1e-3": 0.001,
    "1.5": 1.5, "3.10": 3.1, "6.": 6.0, "1E5": 100_000.0,
    ".inf": math.inf, "+.Inf": math.inf, "-.INF": -math.inf,
}  # fmt: skip
TEXTS = [
    "yes", "no", "on", "off", "y", "n", "Yes", "NO", "tRUE", "nULL", "none",
    "12:30", "190:20:30", "1:20.5", "1_000", "1_0.5", "0x_f", "0b_1", "-1_0", "5%",
    "0b1", "+0x1", "-0o7", "0o8", "0xg", "1e", "e3", "1.2.3", "2026-11-23", ".", "-", "+", "..", ".e1", "- 1",
    "+.nan", "-.nan", ".iNF", "inf", "nan", "NaN", "1 2", "١", "½", "<<", "=", "a", "1.0.0", "--1", "+-1",
]  # fmt: skip


@pytest.mark.parametrize("raw", NULLS)
def test_nulls(raw: str) -> None:
    assert resolve(raw) is None


@pytest.mark.parametrize(("raw", "value"), (BOOLEANS | INTEGERS | FLOATS).items())
def test_booleans_and_numbers(raw: str, value: object) -> None:
    assert resolve(raw) == value
    assert type(resolve(raw)) is type(value)


@pytest.mark.parametrize("raw", [".nan", ".NaN", ".NAN"])
def test_not_a_number(raw: str) -> None:
    value = resolve(raw)
    assert isinstance(value, float) and math.isnan(value)


@pytest.mark.parametrize("raw", TEXTS)
def test_everything_else_is_text(raw: str) -> None:
    assert resolve(raw) == raw


@pytest.mark.parametrize("sign", ["", "-", "0x", "."])
def test_very_long_numbers_stay_text(sign: str) -> None:
    assert resolve(sign + "1" * 10_000) == sign + "1" * 10_000


@pytest.mark.parametrize("raw", [text for text in TEXTS if text])
def test_ambiguous_is_what_yaml_1_1_takes_for_a_boolean_or_a_number(raw: str) -> None:
    # PyYAML implements YAML 1.1, except that it leaves `y` and `n` alone.
    old = yaml.safe_load(f"[{raw}]")[0] if raw not in ("- 1", "=", "<<") else raw
    assert ambiguous(raw) == (isinstance(old, bool | int | float) or raw in ("y", "n"))


@pytest.mark.parametrize("raw", ["09:30", "30", "daily at 12:30", "true", "nope", ""])
def test_not_ambiguous(raw: str) -> None:
    assert not ambiguous(raw)
