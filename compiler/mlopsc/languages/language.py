"""What the renderer must know of an output language: how one value is written, and where."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlopsc.languages.characters import escape


class Code(str):
    """Text that is already code of the language it stands in.

    Any operation on it gives a plain `str`, which is encoded again: safety cannot be carried
    over to text that was put together from it.
    """

    __slots__ = ()


class Unwritable(Exception):
    """A value that a language has no way to write."""


@dataclass(frozen=True, slots=True)
class Language:
    r"""One output language.

    `encode` writes one whole value. The others are for the check of templates: `place` matches a
    line whose hole, written `\0`, takes exactly one value; `block` matches a line that opens an
    indented block of foreign text, `fence` a mark that opens or closes one, `spots` the lines whose hole may
    end with a filter (any line where none is given); `check` returns what is wrong with a finished text, or
    an empty string.
    """

    name: str
    encode: Callable[[Any], str]
    comment: tuple[str, str] | None
    place: re.Pattern[str]
    filters: Mapping[str, Callable[[Any], Code]] = field(default_factory=dict)
    remark: Callable[[str], str] = lambda text: text
    check: Callable[[str], str] = lambda _: ""
    block: re.Pattern[str] | None = None
    fence: re.Pattern[str] | None = None
    spots: Mapping[str, re.Pattern[str]] = field(default_factory=dict)

    def finalize(self, value: object) -> str:
        """Write the value of a hole; `Code` passes, everything else is encoded."""
        return str(value) if type(value) is Code else self.encode(value)

    def remarked(self, value: object) -> Code:
        """Write text that is fit for a comment: on one line, and unable to end the comment."""
        return Code(self.remark(escape(one_line(str(value)))))

    @property
    def all_filters(self) -> dict[str, Callable[[Any], Code]]:
        """What a hole of this language may end with."""
        return {**self.filters, **({"comment": self.remarked} if self.comment else {})}

    def header(self, text: str) -> str:
        """Return a comment line, or nothing where the format has no comments."""
        return f"{self.comment[0]}{self.remarked(text)}{self.comment[1]}\n" if self.comment else ""


def one_line(text: str) -> str:
    """Return the words of a text with single spaces between them."""
    return " ".join(text.split())
