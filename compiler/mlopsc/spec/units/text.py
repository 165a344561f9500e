"""Kinds of text: each a pattern, and words for it."""

import re
from dataclasses import dataclass, field
from typing import Annotated, Any

from mlopsc.spec.faults import fault, shown, wrong_type
from mlopsc.spec.units.written import Form


def exactly(pattern: str) -> str:
    """Return the pattern for JSON Schema: `$` alone may also stand before a last newline."""
    return rf"^(?:{pattern})$(?!\n)"


@dataclass(frozen=True, slots=True)
class Format(Form):
    """Text that matches `pattern` as a whole; `words` is a noun phrase, `hint` says how to write it."""

    title: str
    words: str
    pattern: str
    hint: str = ""
    more: dict[str, Any] = field(default_factory=dict, hash=False)

    def read(self, raw: Any) -> str:
        """Return the text; raises M202 when it is no text, M206 when it has another form."""
        if not isinstance(raw, str):
            raise wrong_type("text")
        if not re.fullmatch(self.pattern, raw):
            raise fault("M206", f"{shown(raw)} is not {self.words}", self.hint)
        return raw

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"type": "string", "pattern": exactly(self.pattern), **self.more}


# No control characters and nothing that reorders or breaks a line where it is shown.
_UNSEEN = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
_LINE = rf"(?!\s)[^{_UNSEEN}]{{0,499}}[^\s{_UNSEEN}]"
_PATH = rf"(?![-~\s])[^\\{_UNSEEN}]{{0,199}}[^\\\s{_UNSEEN}]"
_PROSE = r"(?=[\s\S]*\S)[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{1,2000}"
LINE = Format("Text", "one line of text", _LINE, "printable, no blanks around it, at most 500 characters")

Text = Annotated[str, LINE]
Prose = Annotated[
    str,
    Format("Prose", "text", _PROSE, "printable, at most 2000 characters"),
]
Command = Annotated[
    str, Format("Command", "a command", _LINE, "one line for the shell; put more into a script")
]
Path = Annotated[
    str, Format("Path", "a path", _PATH, "with forward slashes, no `-` or `~` first, no blanks around it")
]
Location = Annotated[
    str, Format("Location", "a path or URL", _PATH, "such as `data/customers.csv` or `s3://bucket/folder/`")
]
Name = Annotated[
    str,
    Format(
        "Name",
        "a name",
        r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?",
        "small letters, digits and dashes; a letter first, no dash last, at most 40 characters",
    ),
]
Word = Annotated[
    str,
    Format("Word", "a name", r"[A-Za-z_][A-Za-z0-9_-]{0,62}", "letters, digits, `_` and `-`; no digit first"),
]
MetricName = Annotated[
    str,
    Format(
        "MetricName",
        "the name of a metric",
        r"[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*",
        "letters, digits, `_` and `-`; a dot leads into a nested key: `recall.enterprise`",
    ),
]
