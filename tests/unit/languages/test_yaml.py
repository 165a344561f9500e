"""YAML looks as a careful person writes it, and 1.1 and 1.2 readers agree on every value."""

import math

import pytest
import yaml
from mlopsc.languages import Unwritable, language_of
from mlopsc.languages.yaml import encode
from mlopsc.source.scalars import resolve

PLAIN = [
    "churn",
    "data/customers.csv",
    "a b",
    "s3://bucket/key",
    "3.11.2",
    "été",
    "v1.2-rc",
    "make train",
    "a_b",
    "<=3",
]
QUOTED = [
    "", "NO", "on", "y", "null", "~", "1", "1.5", "1e-1", "12:30", "0x1f", "0o7", "=", "<<", "2026-01-01", "-x", "?x",
    "a: b", "a #b", "#a", "@a", "`a", "*a", "&a", "!a", "%a", "|", ">", "a,b", "[a]", "{a}", "'", '"', " a", "a ",
    "...", "---", "- a", "${{ x }}", "{{ x }}", "a:", "🦜 first",
]  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_stays_plain(text: str) -> None:
    assert encode(text) == text
    assert yaml.safe_load(text) == resolve(text) == text


@pytest.mark.parametrize("text", QUOTED)
def test_text_that_a_reader_may_take_for_more_is_quoted(text: str) -> None:
    assert encode(text) == "'" + text.replace("'", "''") + "'"
    assert yaml.safe_load(f"key: {encode(text)}") == {"key": text}
    assert yaml.safe_load(f"[{encode(text)}]") == [text]


@pytest.mark.parametrize(
    "text", ["a\nb", "a\tb", "a\r\n", "\0", "\x85", "\u2028", "\ufeff", "\u202e", 'a"\\\n']
)
def test_hidden_characters_are_escaped(text: str) -> None:
    assert encode(text).isprintable()
    assert yaml.safe_load(encode(text)) == text


@pytest.mark.parametrize("number", [0, -1, 10**400, 0.1, 1e-05, 1e16, 1.5e300, -2.5e-7, math.inf, -math.inf])
def test_numbers_are_numbers_to_both_readers(number: float) -> None:
    assert yaml.safe_load(encode(number)) == number


def test_not_a_number() -> None:
    assert math.isnan(yaml.safe_load(encode(math.nan)))


def test_collections_in_flow_style() -> None:
    assert encode({"a": [1, "b c", None, True], "x: y": {}}) == "{a: [1, b c, null, true], 'x: y': {}}"


@pytest.mark.parametrize("value", ["\ud800", object(), b"bytes", {1, 2}])
def test_what_yaml_cannot_say(value: object) -> None:
    with pytest.raises(Unwritable):
        encode(value)


@pytest.mark.parametrize("text", ["a: [", "a: b: c", "a: *b", "\ta: b"])
def test_a_text_that_no_reader_takes(text: str) -> None:
    assert language_of("x.yml").check(text)
    assert not language_of("x.yml").check("a: [b, 'c']\n")
