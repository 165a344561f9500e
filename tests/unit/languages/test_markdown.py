"""No value becomes markup, and none is changed on its way to the reader."""

import pytest
from markdown_it import MarkdownIt
from mlopsc.languages.markdown import code, encode

MARKDOWN = MarkdownIt("commonmark").enable("table").enable("strikethrough")
TEXTS = [
    "plain", "*a* _b_ **c** ~~d~~", "`x`", "[a](b)", "![a](b)", "<b>x</b>", "<!-- x -->", "&amp; &#65;", "a | b",
    "# a", "a #", "## a ##", "- a", "+ a", "1. a", "1) a", "> a", "=== a", "---", "***", "___", "\\", "\\*", "a\\",
    " a", "a ", "a  b", "    code", "a\nb", "a\n\nb", "a\n===", "a\tb", "http://x.org", "<http://x.org>", "[a]: b",
    "é_b_", "a_b_c", "```", "~~~", "$a$", "\u2028", "\xa0", "🦜",
]  # fmt: skip


def leaves(text: str) -> tuple[list[str], list[str]]:
    """Return the kinds of blocks of a Markdown text, and the text of each inline part."""
    kinds, inline = [], []
    for token in MARKDOWN.parse(text):
        kinds.append(token.type)
        if token.type == "inline":
            children = token.children or []
            kinds += [child.type for child in children if child.type not in ("text", "text_special")]
            inline.append("".join(child.content for child in children))
    return kinds, inline


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("frame", ["{}", "# {}", "- {}", "Owner: {}", "| a | b |\n| --- | --- |\n| x | {} |"])
def test_the_reader_sees_the_value(frame: str, text: str) -> None:
    kinds, inline = leaves(frame.format(encode(text)))
    harmless, _ = leaves(frame.format("word"))
    assert kinds == harmless
    assert inline[-1] == (f"Owner: {text}" if frame.startswith("Owner") else text)


def test_harmless_text_stays_readable() -> None:
    text = "Which customers leave within 30 days (see snake_case, v1.2-3 + more)."
    assert encode(text) == text


@pytest.mark.parametrize("text", ["make x", "a`b", "``", "`", "a|b", "x``y`z"])
def test_code_spans_in_a_table(text: str) -> None:
    table = f"| a |\n| --- |\n| {code(text)} |"
    kinds, inline = leaves(table)
    assert inline[-1].strip() == text
    assert kinds.count("code_inline") == 1
