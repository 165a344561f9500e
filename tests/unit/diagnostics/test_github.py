"""Workflow commands: what the runner of GitHub Actions reads."""

import re

from mlopsc.diagnostics import Diagnostic, Span
from mlopsc.diagnostics.render import render


def _lines(*found: Diagnostic) -> list[str]:
    return render("github", found, {}).splitlines()


def _unescaped(text: str) -> str:
    """Undo the escapes as the runner does (actions/runner, ActionCommand.cs)."""
    for escape, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, char)
    return text


def test_a_place_within_a_line() -> None:
    found = Diagnostic("M104", "twice", hint="remove one", span=Span("models/a.yaml", 3, 5, 3, 9))
    assert _lines(found) == [
        "::error file=models/a.yaml,line=3,col=5,endColumn=9,title=M104 duplicate key::twice%0Aremove one"
    ]


def test_a_place_of_several_lines_has_no_columns() -> None:
    (line,) = _lines(Diagnostic("M104", "x", span=Span("a.yaml", 3, 5, 9, 1)))
    assert line == "::error file=a.yaml,line=3,endLine=9,title=M104 duplicate key::x"


def test_severities() -> None:
    lines = _lines(Diagnostic("M104", "x"), Diagnostic("M111", "x"), Diagnostic("M701", "x"))
    assert [line.split()[0] for line in lines] == ["::error", "::warning", "::notice"]


def test_text_cannot_leave_its_command() -> None:
    hostile = "100%, a: b\r\n::set-output name=x::y%0A\x1b[31m"
    found = Diagnostic("M104", hostile, span=Span("a:b,c%.yaml", 1, 1, 1, 2))
    (line,) = _lines(found)
    properties, message = re.fullmatch(r"::error (.*?)::(.*)", line).groups()
    assert properties.split(",")[0] == "file=a%3Ab%2Cc%25.yaml"
    assert _unescaped(message) == "100%, a: b\\r\\n::set-output name=x::y%0A\\x1b[31m"


def test_at_most_ten_of_a_kind_and_the_rest_in_one_notice() -> None:
    codes = ["M104"] * 13 + ["M111"] * 11 + ["M701"] * 10
    found = [Diagnostic(code, str(n)) for n, code in enumerate(codes)]
    lines = _lines(*found)
    kinds = [line.split()[0] for line in lines]
    assert [kinds.count(kind) for kind in ("::error", "::warning", "::notice")] == [10, 10, 10]
    rest = "not shown here: 3 errors and 1 warning and 1 notice; `mlopsc validate` shows all"
    assert lines[-1] == f"::notice title=mlopsc::{rest}"


def test_ten_errors_need_no_notice() -> None:
    assert len(_lines(*(Diagnostic("M104", str(n)) for n in range(10)))) == 10


def test_nothing_to_say() -> None:
    assert render("github", [], {}) == ""
