"""Kinds of text: what they accept, and that a schema's pattern accepts the same."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from mlopsc.spec.units.text import Format
from mlopsc.spec.walk import everywhere, unwrap
from pydantic_core import PydanticCustomError


def _formats() -> dict[str, Format]:
    kinds = [kind for _, kind in everywhere()]
    kinds += [
        get_args(unwrap(kind)[0])[0]
        for kind in kinds
        if unwrap(kind)[0] is not None and get_args(unwrap(kind)[0])
    ]
    notes = [note for kind in kinds for note in unwrap(kind)[1]]
    return {note.title: note for note in notes if isinstance(note, Format)}


FORMATS = _formats()
ACCEPTED = [
    ("Name", "churn"), ("Name", "a"), ("Name", "a" * 40), ("Name", "a-1"),
    ("Text", "größe – 日本"), ("Text", "x"), ("Prose", "two\nlines\n"),
    ("Path", "../../platform/house.yaml"), ("Path", "données/a b.csv"), ("Location", "s3://bucket/*/x.parquet"),
    ("MetricName", "recall.enterprise"), ("MetricName", "recall.EU-West"), ("Word", "transaction_avg_7d"),
    ("Image", "registry:5000/team/churn"), ("Image", "churn"), ("PythonVersion", "3.11"),
    ("Timezone", "UTC"), ("Timezone", "America/Argentina/Buenos_Aires"), ("Timezone", "Etc/GMT+3"),
    ("Email", "ml-oncall@example.com"), ("KubernetesName", "ml"), ("ExpectationName", "expect_x"),
    ("AwsRole", "arn:aws:iam::123456789012:role/churn-ci"),
]  # fmt: skip
REFUSED = [
    ("Name", "churn-"), ("Name", "Churn"), ("Name", "1a"), ("Name", "a" * 41), ("Name", "a\n"), ("Name", ""),
    ("Text", " x"), ("Text", "x "), ("Text", "a\nb"), ("Text", "a\x00b"), ("Text", "a\u2028b"),
    ("Text", "a\u202eb"), ("Text", "a" * 501), ("Prose", "\n"), ("Path", "-rf"), ("Path", "~/x"),
    ("Path", "a\\b"),
    ("Path", ""),
    ("MetricName", "a..b"), ("MetricName", "9a"), ("Word", "a b"), ("Image", "churn:1"), ("Image", "Churn"),
    ("Image", "a@sha256:0"), ("PythonVersion", "3.1"), ("PythonVersion", "2.7"), ("Timezone", "utc"),
    ("Email", "nobody"), ("KubernetesName", "-a"), ("ExpectationName", "column_exists"),
    ("AwsRole", "arn:aws:s3"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "text"), ACCEPTED)
def test_accepted(title: str, text: str) -> None:
    assert FORMATS[title].read(text) == text


@pytest.mark.parametrize(("title", "text"), REFUSED)
def test_refused(title: str, text: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        FORMATS[title].read(text)
    assert caught.value.type == "M206"


@pytest.mark.parametrize("title", sorted(FORMATS))
@given(text=st.one_of(st.text(max_size=12), st.from_regex(r"\A[a-zA-Z0-9./:@_-]{1,12}\n?\Z")))
def test_the_pattern_accepts_the_same(title: str, text: str) -> None:
    try:
        FORMATS[title].read(text)
        accepted = True
    except PydanticCustomError:
        accepted = False
    assert Draft202012Validator(FORMATS[title].schema()).is_valid(text) == accepted


@given(text=st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=80))
def test_free_printable_text_is_accepted(text: str) -> None:
    assert FORMATS["Text"].read(text) == text
    assert FORMATS["Command"].read(text) == text
