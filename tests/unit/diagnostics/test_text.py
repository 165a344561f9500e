"""The text form: places, carets, windows, escapes, colours, the tally."""

import re

import pytest
from mlopsc.diagnostics import Diagnostic, Span
from mlopsc.diagnostics.render import render


def _show(source: str, at: Span, message: str = "wrong", hint: str = "", **options: bool) -> str:
    return render("text", [Diagnostic("M105", message, hint=hint, span=at)], {at.file: source}, **options)


def _on_line(source: str, column: int, end: int) -> list[str]:
    return _show(source, Span("a.yaml", 1, column, 1, end)).split("\n")[1:3]


def test_a_finding_as_it_looks() -> None:
    source = "\n" * 11 + "  strategy: cannary\n"
    shown = _show(source, Span("models/churn/mlops.yaml", 12, 13, 12, 20), "not a strategy", "say `canary`")
    assert shown == (
        "error[M105] models/churn/mlops.yaml:12:13: not a strategy\n"
        "12 |   strategy: cannary\n"
        "   |             ^^^^^^^\n"
        "   = help: say `canary`\n"
        "\n"
        "1 error\n"
    )


def test_nothing_to_say() -> None:
    assert render("text", [], {}) == ""


def test_a_finding_without_a_place() -> None:
    shown = render("text", [Diagnostic("M105", "wrong", hint="mend it")], {})
    assert shown == "error[M105]: wrong\n  = help: mend it\n\n1 error\n"


def test_a_file_whose_text_is_not_at_hand() -> None:
    shown = render("text", [Diagnostic("M105", "wrong", span=Span("a.yaml", 3, 1, 3, 2))], {})
    assert shown == "error[M105] a.yaml:3:1: wrong\n\n1 error\n"


def test_the_place_is_printed_as_the_caller_wants_it() -> None:
    found = Diagnostic("M105", "wrong", span=Span("models/a.yaml", 1, 1, 1, 2))
    shown = render("text", [found], {"models/a.yaml": "x"}, lambda name: f"../{name}")
    assert shown.startswith("error[M105] ../models/a.yaml:1:1: wrong\n1 | x\n  | ^\n")


@pytest.mark.parametrize(
    ("source", "column", "end", "shown"),
    [
        ("abc: d", 6, 7, ["1 | abc: d", "  |      ^"]),
        ("a\tb: d", 3, 4, ["1 | a    b: d", "  |      ^"]),
        ("\tb", 1, 2, ["1 |     b", "  | ^^^^"]),
        ("年齢: d", 1, 3, ["1 | 年齢: d", "  | ^^^^"]),
        ("年齢: d", 5, 6, ["1 | 年齢: d", "  |       ^"]),
        ("e\u0301t: d", 3, 4, ["1 | e\u0301t: d", "  |  ^"]),
        ("😀: d", 4, 5, ["1 | 😀: d", "  |     ^"]),
        ("a: \x1b[2J", 4, 5, ["1 | a: \\x1b[2J", "  |    ^^^^"]),
        ("a: \u202ed", 5, 6, ["1 | a: \\u202ed", "  |          ^"]),
        ("abc", 4, 5, ["1 | abc", "  |    ^"]),
        ("abc   ", 9, 10, ["1 | abc", "  |    ^"]),
        ("abc", 2, 2, ["1 | abc", "  |  ^"]),
    ],
)
def test_carets_stand_under_the_place(source: str, column: int, end: int, shown: list[str]) -> None:
    assert _on_line(source, column, end) == shown


def test_a_place_of_several_lines_is_marked_to_the_end_of_its_first() -> None:
    shown = _show("a:\n  - b  \n  - c\n", Span("a.yaml", 2, 3, 4, 1))
    assert shown.split("\n")[1:3] == ["2 |   - b", "  |   ^^^"]


@pytest.mark.parametrize("source", ["", "\n\n", "   \nx"])
def test_a_blank_line_is_not_shown(source: str) -> None:
    assert _show(source, Span("a.yaml", 1, 1, 1, 1)) == "error[M105] a.yaml:1:1: wrong\n\n1 error\n"


@pytest.mark.parametrize("char", ["a", "年", "\u202e", "\t"])
@pytest.mark.parametrize("column", [1, 60, 2_500, 4_999, 5_000])
def test_a_long_line_is_cut_around_the_place(char: str, column: int) -> None:
    source = char * (column - 1) + "X" + char * (5_000 - column) + "Z"
    line, carets = _on_line(source, column, column + 1)
    assert max(len(line), len(carets)) <= 110
    assert carets.endswith("^") and "^^" not in carets
    columns = sum(2 if c == "年" else 1 for c in line[: line.index("X")])
    assert columns == carets.index("^")
    assert line.endswith("Z" if column > 4_900 else "…")
    assert line.startswith("1 | …") == (column > 1)


def test_a_long_place_is_marked_as_far_as_it_is_shown() -> None:
    line, carets = _on_line("a: " + "x" * 5_000, 4, 5_004)
    assert line == "1 | a: " + "x" * 97 + "…"
    assert carets == "  |    " + "^" * 97


def test_what_a_terminal_would_obey_is_shown_instead() -> None:
    at = Span("a\x1b[31m.yaml", 1, 1, 1, 2)
    shown = _show("\x1b]0;title\x07\x9b2J\n", at, "the key `\x1b[2J\r\n` and \ud800", "\u202egnirts\u2028")
    assert "the key `\\x1b[2J\\r\\n` and \\ud800" in shown
    assert "help: \\u202egnirts\\u2028" in shown
    assert re.sub(r"[^\x00-\x1f\x7f-\x9f\u2028\u202e]", "", shown) == "\n" * 6
    shown.encode("utf-8")


def test_a_message_that_quotes_a_whole_file_is_cut() -> None:
    shown = _show("x", Span("a.yaml", 1, 1, 1, 2), "a" * 5_000 + "b" * 5_000)
    assert f"{'a' * 300} … {'b' * 300}\n" in shown


def test_colours() -> None:
    shown = _show("a: b\n", Span("a.yaml", 1, 4, 1, 5), "wrong", "mend it", colour=True)
    assert shown == (
        "\x1b[1;31merror[M105]\x1b[0m a.yaml:1:4: \x1b[1mwrong\x1b[0m\n"
        "\x1b[34m1 |\x1b[0m a: b\n"
        "\x1b[34m  |\x1b[0m    \x1b[1;31m^\x1b[0m\n"
        "\x1b[34m  =\x1b[0m help: mend it\n"
        "\n"
        "\x1b[1;31m1 error\x1b[0m\n"
    )


def test_colours_change_nothing_else() -> None:
    plain, coloured = (_show("a: b", Span("a.yaml", 1, 4, 1, 5), colour=colour) for colour in (False, True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_the_last_line_counts() -> None:
    codes = ["M105", "M104", "M111", "M701", "M701"]
    found = [Diagnostic(code, str(n)) for n, code in enumerate(codes)]
    assert render("text", found, {}).endswith("\n\n2 errors, 1 warning, 2 notes\n")


def test_sorted_by_file_line_column_and_code_without_doubles() -> None:
    places = [("b", 1, 1), ("a", 10, 1), ("a", 9, 5), ("a", 9, 4), ("a", 9, 4)]
    found = [Diagnostic("M105", "x", span=Span(f, n, c, n, c + 1)) for f, n, c in places]
    found += [Diagnostic("M104", "x", span=Span("a", 9, 4, 9, 5)), Diagnostic("M105", "nowhere")]
    heads = [line for line in render("text", found, {}).split("\n") if line.startswith("error")]
    assert heads == [
        "error[M105]: nowhere",
        "error[M104] a:9:4: x",
        "error[M105] a:9:4: x",
        "error[M105] a:9:5: x",
        "error[M105] a:10:1: x",
        "error[M105] b:1:1: x",
    ]


def test_many_findings_in_a_large_file_take_linear_time() -> None:
    found = [Diagnostic("M104", "x", span=Span("a", n, 1, n, 2)) for n in range(1, 20_001)]
    assert render("text", found, {"a": "a: 1\n" * 20_000}).endswith("20000 errors\n")
