"""Positions, limits and refusals of the YAML reader."""

import os
import subprocess
import sys
from pathlib import Path

import mlopsc
import pytest
from mlopsc.diagnostics import Diagnostic, Rejected, Span
from mlopsc.source import Document, read_document
from mlopsc.source.build import MAX_DEPTH, MAX_NODES
from mlopsc.source.text import MAX_BYTES, shown


def read(text: str | bytes) -> Document:
    return read_document(text.encode() if isinstance(text, str) else text, "mlops.yaml")


def refused(text: str | bytes) -> tuple[Diagnostic, ...]:
    with pytest.raises(Rejected) as caught:
        read(text)
    return caught.value.diagnostics


def place(span: Span | None) -> tuple[int, int, int, int]:
    assert span is not None
    return span.line, span.column, span.end_line, span.end_column


def test_values() -> None:
    text = "a: 1\nb: [x, 'no', \"y\\n\", no, null, 1e-3, ~]\nc:\n  d: |\n    two\n    lines\n  e: {f: true}\n"
    assert read(text).root.data() == {
        "a": 1,
        "b": ["x", "no", "y\n", "no", None, 0.001, None],
        "c": {"d": "two\nlines\n", "e": {"f": True}},
    }


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("model",), (2, 1, 2, 6), (3, 3, 5, 1)),
        (("model", "name"), (3, 3, 3, 7), (3, 9, 3, 14)),
        (("model", "größe"), (4, 3, 4, 8), (4, 10, 4, 16)),
        (("list", 1), None, (5, 11, 5, 15)),
        (("flow", "b"), (6, 14, 6, 15), (6, 17, 6, 20)),
    ],
)
def test_every_node_knows_its_place(path: tuple[str | int, ...], key: object, value: object) -> None:
    text = "version: 1\nmodel:\n  name: churn\n  größe: '年年😀x'\nlist: [1, 'zw']\nflow: {a: 1, b: two}\n"
    node = read(text).find(path)
    assert node is not None
    assert (node.key and place(node.key)) == key
    assert place(node.span) == value


def test_a_missing_value_is_placed_at_its_nearest_ancestor() -> None:
    document = read("version: 1\nmodel:\n  name: churn\n")
    assert place(document.span(("model", "owner"))) == (2, 1, 2, 6)
    assert place(document.span(("model", "name"), on_key=True)) == (3, 3, 3, 7)
    assert place(document.span(("data",))) == place(document.root.span)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_a_byte_order_mark_change_nothing(ends: str, mark: bytes) -> None:
    text = "version: 1\nmodel:\n  name: churn\n"
    assert read(mark + text.replace("\n", ends).encode()) == read(text)


def test_a_comment_where_a_value_was_meant_is_remembered() -> None:
    root = read("slack: #ml-alerts\nemail:   # nobody\ntext: ''\nlast:\n").root
    assert [(name, child.value, child.raw) for name, child in (root.value or {}).items()] == [
        ("slack", None, "#ml-alerts"),
        ("email", None, ""),
        ("text", "", ""),
        ("last", None, ""),
    ]


def test_anchors_within_a_section_are_followed() -> None:
    root = read("validation:\n  age: &age {min: 0}\n  tenure: *age\n").root
    assert root.data() == {"validation": {"age": {"min": 0}, "tenure": {"min": 0}}}


def test_an_alias_keeps_the_place_of_its_own_key() -> None:
    node = read("v:\n  age: &age {min: 0}\n  tenure: *age\n").find(("v", "tenure"))
    assert node and node.key and (node.key.line, node.span.line) == (3, 2)


def test_all_findings_of_a_file_are_told_at_once_in_order() -> None:
    found = refused('a: !x 1\na: 2\n3: "\\a"\n<<: 1\n')
    assert [(d.code, d.span.line if d.span else 0) for d in found] == [
        ("M107", 1),
        ("M104", 2),
        ("M112", 3),
        ("M114", 3),
        ("M108", 4),
    ]


def test_findings_before_a_syntax_error_are_kept() -> None:
    assert [d.code for d in refused("a: 1\na: 2\nb: @x\n")] == ["M104", "M105"]


@pytest.mark.parametrize(
    ("text", "key"), [("1: a", "1"), ("true: a", "true"), ("~: a", "~"), ("1.5: a", "1.5")]
)
def test_keys_are_text(text: str, key: str) -> None:
    (found,) = refused(text)
    assert (found.code, found.message, found.hint) == (
        "M112",
        f"the key `{key}` is not text",
        f"quote it: '{key}'",
    )


@pytest.mark.parametrize("text", ["'1': a", "yes: a", "on: a", '"~": a', "'<<': a"])
def test_quoted_keys_and_words_of_yaml_1_1_are_text(text: str) -> None:
    assert list(read(text).root.data().values()) == ["a"]


@pytest.mark.parametrize(
    ("text", "tag"), [("a: !!str 1", "!!str"), ("a: !x 1", "!x"), ("a: !!map {}", "!!map"), ("a: ! 1", "!")]
)
def test_tags_are_named_as_written(text: str, tag: str) -> None:
    assert refused(text)[0].message == f"the tag `{tag}` is not part of the spec language"


def test_the_largest_size() -> None:
    assert read(b"a: 1\n#".ljust(MAX_BYTES, b"x")).root.data() == {"a": 1}
    assert [d.code for d in refused(b"a: 1\n#".ljust(MAX_BYTES + 1, b"x"))] == ["M102"]


def test_the_deepest_nesting() -> None:
    levels = MAX_DEPTH - 1
    assert read("a: " + "[" * levels + "]" * levels).root.data()
    assert [d.code for d in refused("a: " + "[" * (levels + 1) + "]" * (levels + 1))] == ["M103"]


def test_the_most_values() -> None:
    assert read("a: [" + "1," * (MAX_NODES - 2) + "]").root.data()
    assert [d.code for d in refused("a: [" + "1," * (MAX_NODES - 1) + "]")] == ["M103"]


def test_an_alias_counts_as_much_as_what_it_stands_for() -> None:
    item = "&x [" + "1," * 9_998 + "]"
    assert read(f"a:\n  b: {item}\n  c: [*x, *x, *x]\n").root.data()
    assert [d.code for d in refused(f"a:\n  b: {item}\n  c: [*x, *x, *x, *x, *x]\n")] == ["M103"]


_HOSTILE = {
    "brackets": "'[' * 100_000",
    "braces": "'{' * 100_000",
    "mappings": "'{a: ' * 100_000",
    "dashes": "'- ' * 100_000",
    "question marks": "'? ' * 100_000",
    "indents": "''.join(' ' * n + 'a:\\n' for n in range(1_300))",
    "closed brackets": "'a: ' + '[' * 100_000 + ']' * 100_000",
    "tags": "'a: ' + '!x ' * 100_000",
    "nulls": "''.join(f'a{n}:\\n' for n in range(40_000))",
    "one key": "'a' * 900_000 + ': 1'",
    "open quote": "'a: \"' + 'x\\n' * 400_000",
    "aliases": "'a: &a [1]\\n' + 'b: [' + '*a,' * 100_000",
}


@pytest.mark.parametrize("text", _HOSTILE.values(), ids=_HOSTILE)
def test_nothing_hostile_brings_the_process_down(text: str) -> None:
    program = (
        "from mlopsc.source import read_document\nfrom mlopsc.diagnostics import Rejected\n"
        f"try: read_document(({text}).encode(), 'a')\nexcept Rejected: pass\n"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(mlopsc.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, timeout=20, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("char", ["\x01", "\x1b", "\x7f", "\x9b", "\ufffe"])
def test_control_characters_are_refused(char: str) -> None:
    found = refused(f"a: b\nc: d{char}e\n")
    assert [(d.code, place(d.span)[:2]) for d in found] == [("M114", (2, 5))]
    assert f"U+{ord(char):04X}" in found[0].message


@pytest.mark.parametrize("char", ["\x85", "\u2028", "\u2029"])
def test_line_separators_of_unicode_are_refused_where_they_stand(char: str) -> None:
    (found,) = refused(f"a: b\nc: 'd{char}e'\n")
    assert (found.code, place(found.span)) == ("M114", (2, 6, 2, 7))


def test_line_separators_may_be_written_as_escapes() -> None:
    assert read('a: "x\\u2028y"').root.data() == {"a": "x\u2028y"}


@pytest.mark.parametrize("escape", ["\\0", "\\a", "\\e", "\\x7f", "\\x9b"])
def test_escaped_control_characters_are_refused(escape: str) -> None:
    assert [d.code for d in refused(f'a: "x{escape}"')] == ["M114"]


def test_tabs_and_line_breaks_may_stand_in_a_value() -> None:
    assert read('a: "x\\ty\\nz"\nb: x\ty\n').root.data() == {"a": "x\ty\nz", "b": "x\ty"}


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfa\r\nb\rc", "a\nb\nc"),
        (b"caf\xe9", "caf\ufffd"),
        (b"a\0b", ""),
        (b"x" * (MAX_BYTES + 1), ""),
    ],
)
def test_what_an_excerpt_shows_of_a_broken_file(data: bytes, text: str) -> None:
    assert shown(data) == text
