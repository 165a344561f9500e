"""What the renderer must know of an output language: how one value is written, and where."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

ANYWHERE = re.compile(".*", re.DOTALL)


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
    """One output language.

    `encode` writes one whole value; `before` and `after` say what may stand beside a hole on its
    line; `check` returns what is wrong with a finished text, or an empty string.
    """

    name: str
    encode: Callable[[Any], str]
    comment: tuple[str, str] | None
    before: re.Pattern[str] = ANYWHERE
    after: re.Pattern[str] = ANYWHERE
    filters: Mapping[str, Callable[[Any], Code]] = field(default_factory=dict)
    check: Callable[[str], str] = lambda _: ""
    block: re.Pattern[str] | None = None

    def finalize(self, value: object) -> str:
        """Write the value of a hole; `Code` passes, everything else is encoded."""
        return str(value) if type(value) is Code else self.encode(value)

    def header(self, text: str) -> str:
        """Return a comment line, or nothing where the format has no comments."""
        return f"{self.comment[0]}{one_line(text)}{self.comment[1]}\n" if self.comment else ""


def one_line(text: str) -> str:
    """Return the words of a text with single spaces between them."""
    return " ".join(text.split())
