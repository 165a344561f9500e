"""Bytes -> text: what is too large, binary or not UTF-8 is refused before anything parses it."""

import re

from mlopsc.diagnostics import Diagnostic, Rejected, Span

# The largest spec seen in practice has some 400 lines; a megabyte is a data file given by mistake.
MAX_BYTES = 1_000_000

_BOM = b"\xef\xbb\xbf"
_SEPARATOR = re.compile("[\x85\u2028\u2029]")


def decode(data: bytes, name: str) -> str:
    """Return the text with LF line ends and without a byte-order mark.

    Raises `Rejected`: M102 over a megabyte, M101 binary or not UTF-8, M114 a line
    separator of Unicode, M109 nothing in it.
    """
    if len(data) > MAX_BYTES:
        raise _refuse(
            "M102",
            f"the file has {len(data):,} bytes; a spec has at most {MAX_BYTES:,}",
            "is this a data file? a spec names its data by path: `data: {path: …}`",
            Span(name, 1, 1, 1, 1),
        )
    text = _utf8(data, name)
    if not text.strip():
        raise _refuse(
            "M109",
            "the file is empty",
            "`mlopsc init` writes a short commented spec to start from",
            Span(name, 1, 1, 1, 1),
        )
    return text


def shown(data: bytes) -> str:
    """Return what an excerpt may show of a file, however broken; nothing of a large or binary one."""
    if len(data) > MAX_BYTES or b"\0" in data:
        return ""
    return _line_feeds(data.removeprefix(_BOM).decode("utf-8", "replace"))


def _line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _utf8(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refuse(
            "M101", "the file is UTF-16; a spec is UTF-8 text", "save it as UTF-8", Span(name, 1, 1, 1, 1)
        )
    data = data.removeprefix(_BOM)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refuse(
            "M101",
            f"the byte 0x{data[error.start]:02x} is not UTF-8 text",
            "save the file as UTF-8; a spec is text, not a binary file",
            _place(data[: error.start].decode("utf-8", "replace"), name),
        ) from None
    if "\0" in text:
        raise _refuse(
            "M101",
            "the file is binary: it holds a NUL byte",
            "a spec is UTF-8 text; give the path of an mlops.yaml",
            _place(text[: text.index("\0")], name),
        )
    return _lines(_line_feeds(text), name)


def _lines(text: str, name: str) -> str:
    # They end a line for some YAML readers (libyaml among them) and for no editor: places would lie.
    found = _SEPARATOR.search(text)
    if found:
        code = f"{ord(found.group()):04X}"
        raise _refuse(
            "M114",
            f"the text holds the line separator U+{code}",
            f'end lines by a line feed; inside a value write "\\u{code}" in double quotes',
            _place(text[: found.start()], name),
        )
    return text


def _place(before: str, name: str) -> Span:
    before = _line_feeds(before)
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    return Span(name, line, column, line, column + 1)


def _refuse(code: str, message: str, hint: str, span: Span) -> Rejected:
    return Rejected([Diagnostic(code, message, hint=hint, span=span)])
