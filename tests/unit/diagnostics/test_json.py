"""The JSON form: other programs rely on its fields."""

import json

from mlopsc.diagnostics import Diagnostic, Span
from mlopsc.diagnostics.render import render


def test_every_field() -> None:
    at = Span("models/a.yaml", 3, 5, 4, 1)
    found = Diagnostic("M111", "read otherwise", ("drift", "tests", 0), hint="quote it", span=at)
    assert json.loads(render("json", [found], {})) == {
        "version": 1,
        "diagnostics": [
            {
                "code": "M111",
                "severity": "warning",
                "message": "read otherwise",
                "hint": "quote it",
                "path": ["drift", "tests", 0],
                "file": "models/a.yaml",
                "line": 3,
                "column": 5,
                "end_line": 4,
                "end_column": 1,
            }
        ],
    }


def test_a_finding_without_a_place_has_the_same_fields() -> None:
    (entry,) = json.loads(render("json", [Diagnostic("M104", "x")], {}))["diagnostics"]
    nulls = {key for key, value in entry.items() if value is None}
    assert nulls == {"file", "line", "column", "end_line", "end_column"}


def test_nothing_to_say_is_still_a_document() -> None:
    assert json.loads(render("json", [], {})) == {"version": 1, "diagnostics": []}


def test_text_is_given_in_full_and_only_ascii_is_written() -> None:
    message = "\x1b[2J " + "é\u2028" * 1_000
    shown = render("json", [Diagnostic("M104", message)], {})
    assert shown.isascii() and "\x1b" not in shown
    assert json.loads(shown)["diagnostics"][0]["message"] == message
