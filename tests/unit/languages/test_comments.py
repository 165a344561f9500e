"""A comment stays one comment, whatever is put into it."""

import pytest
from mlopsc.languages import LANGUAGES

HOSTILE = "a\nb\r\u2028c\x85d\0 \ud800"


@pytest.mark.parametrize("name", ["yaml", "python", "make", "shell", "dotenv", "requirements"])
def test_one_line_of_visible_characters(name: str) -> None:
    header = LANGUAGES[name].header(HOSTILE)
    assert header.startswith("# a b ")
    assert header.endswith("\n")
    assert len(header.splitlines()) == 1
    assert header.encode()


def test_a_backslash_does_not_continue_the_comment_of_a_makefile() -> None:
    assert LANGUAGES["make"].header("a\\\\") == "# a\n"


@pytest.mark.parametrize("text", ["-->", "--->", "a --!> b", "->", ">", "----->", "--"])
def test_markdown_comments_are_not_closed(text: str) -> None:
    header = LANGUAGES["markdown"].header(text)
    inner = header.removeprefix("<!-- ").removesuffix(" -->\n")
    assert "--" not in inner and "->" not in inner


def test_json_has_no_comments() -> None:
    assert LANGUAGES["json"].header("a") == ""
