"""How a value says that it is not what the language wants."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import PydanticCustomError


def fault(code: str, message: str, hint: str = "") -> PydanticCustomError:
    """Return the error that a reader raises; `code` is one of the documented M2xx."""
    return PydanticCustomError(code, "{message}", {"message": message, "hint": hint})


def wrong_type(wanted: str, hint: str = "") -> PydanticCustomError:
    """Return the error for a value of another type; `wanted` is a noun phrase such as `a list`."""
    return PydanticCustomError("M202", "wanted {wanted}", {"wanted": wanted, "hint": hint})


def kind_of(value: Any) -> str:
    """Return the type of a YAML value as people call it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return shown(value)
    for types, words in _KINDS:
        if isinstance(value, types):
            return words
    return "a list"


def is_text_or_number(value: Any) -> bool:
    """Say whether a value is text or a number: perhaps the right thing in a wrong notation."""
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def shown(value: Any) -> str:
    """Return a value as it is quoted in messages: short, on one line, as YAML writes it."""
    if isinstance(value, bool) or value is None:
        text = {True: "true", False: "false", None: "null"}[value]
    else:
        text = str(value) if isinstance(value, (str, int, float)) else kind_of(value)
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return f"`{text[:_LONGEST]}…`" if len(text) > _LONGEST else f"`{text}`"


_LONGEST = 60
_KINDS: tuple[tuple[type, str], ...] = (
    (str, "text"),
    (int, "a whole number"),
    (float, "a number"),
    (Mapping, "a mapping"),
)
