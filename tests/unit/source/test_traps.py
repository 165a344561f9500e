"""Syntax errors that people make: the advice, word by word."""

import pytest
from mlopsc.diagnostics import Diagnostic, Rejected
from mlopsc.source.compose import compose
from mlopsc.source.surprises import surprises


def _only(text: str) -> Diagnostic:
    with pytest.raises(Rejected) as caught:
        compose(text, "mlops.yaml")
    (found,) = caught.value.diagnostics
    return found


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("s: @weekly", (1, 4, 11), "plain text cannot start with `@`", "say `weekly`"),
        ("s: {a: @daily}", (1, 8, 14), "plain text cannot start with `@`", "say `daily`"),
        ("s: @midnight", (1, 4, 13), "plain text cannot start with `@`", "say `daily`"),
        ("s: @yearly", (1, 4, 11), "plain text cannot start with `@`", "quote it: '@yearly'"),
        ("o: @team", (1, 4, 9), "plain text cannot start with `@`", "quote it: '@team'"),
        ("o: [a, @b]", (1, 8, 10), "plain text cannot start with `@`", "quote it: '@b'"),
        ("o: `a b`", (1, 4, 9), "plain text cannot start with a backquote", "use single quotes: 'a b'"),
        ("o: `a", (1, 4, 6), "plain text cannot start with a backquote", "use single quotes: 'a'"),
        ("s: */15 * * * *", (1, 4, 16), "an unquoted `*` starts a YAML alias", "quote it: '*/15 * * * *'"),
        ("s: * 3 * * 1 # x", (1, 4, 13), "an unquoted `*` starts a YAML alias", "quote it: '* 3 * * 1'"),
        ("s: {c: * * * * *}", (1, 8, 17), "an unquoted `*` starts a YAML alias", "quote it: '* * * * *'"),
        ("n: %5", (1, 4, 5), "plain text cannot start with `%`", "quote it; a share is written `5%`"),
    ],
)
def test_plain_text_that_yaml_keeps_for_itself(
    text: str, place: tuple[int, int, int], message: str, hint: str
) -> None:
    found = _only(text)
    assert found.span is not None
    assert (found.code, found.message, found.hint) == ("M105", message, hint)
    assert (found.span.line, found.span.column, found.span.end_column) == place


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: b: c", (1, 5), "a second `: ` stands in this line"),
        ("a: 1\n  b: 2", (2, 4), "no key can stand here: the line before goes on"),
        ("a\nb: 1", (2, 2), "no key can stand here: the line before goes on"),
        ("a: [1,\n", (1, 4), "what opens here is never closed"),
        ("a: {b: 1\n\n\n", (1, 4), "what opens here is never closed"),
        ("é: 1\na: 'x\n", (2, 4), "what opens here is never closed"),
        ('a: "x', (1, 4), "what opens here is never closed"),
        ("a: {b: 1\nc: 2\n", (2, 2), "this is not YAML: expected ',' or '}'"),
    ],
)
def test_brackets_quotes_and_colons(text: str, place: tuple[int, int], message: str) -> None:
    found = _only(text)
    assert found.span is not None
    assert (found.code, found.message) == ("M105", message)
    assert (found.span.line, found.span.column) == place


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a:\n  - b\n c: 1\n", "is this line indented as the lines around it?"),
        ("a:\n  b: 1\n c: 1\n", "is this line indented as the lines around it?"),
        ("a\nb\nc: 1\nd", "is this line indented too deep, or does the line before lack its `:`?"),
        ("a: 1\nb\nc: 1", "does a line before lack its `:`?"),
        ("a: {b: [1, 2}", "is a bracket or a comma missing before this place?"),
        ('a: "\\d"', "in double quotes `\\` starts an escape; single quotes take text as it stands"),
        ("%YAML 2.0\n---\na: 1", "look at the indentation, quotes and brackets before this place"),
    ],
)
def test_every_other_error_has_a_hint(text: str, hint: str) -> None:
    found = _only(text)
    assert (found.code, found.hint) == ("M105", hint)


@pytest.mark.parametrize(
    ("text", "place"), [("a:\n\tb: 1", (2, 1)), ("a:\n  b: 1\n  \tc: 1", (3, 3)), ("a:\n \t- b", (2, 2))]
)
def test_tabs(text: str, place: tuple[int, int]) -> None:
    found = _only(text)
    assert found.span is not None
    assert (found.code, found.message) == ("M113", "a tab indents this line; YAML allows only spaces")
    assert (found.span.line, found.span.column) == place


def test_values_that_older_readers_take_for_something_else() -> None:
    root = compose("a: [no, 'no', 12:30, true, text]\non: {b: 1_000}\n", "mlops.yaml")
    assert [(d.message, d.hint) for d in surprises(root)] == [
        (
            "`no` is text here, and a boolean for readers of YAML 1.1",
            "quote it: 'no'; a boolean is written true or false",
        ),
        ("`12:30` is text here, and a number for readers of YAML 1.1", "quote it: '12:30'"),
        ("`1_000` is text here, and a number for readers of YAML 1.1", "quote it: '1_000'"),
    ]
