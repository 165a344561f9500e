"""JSON for programs to read and for people to review: short values stay on one line."""

import json
import re
from typing import Any

from mlopsc.languages.characters import escape
from mlopsc.languages.language import Language, Unwritable

_WIDTH = 120
_PLACE = re.compile(r'(?:[^"]|"(?:[^"\\]|\\.)*")*(?<![\w"])\0\s*(?:[,\]}].*)?')


def encode(value: Any) -> str:
    """Write a JSON document without a final newline.

    Raises `Unwritable` for NaN, infinity and lone surrogates.
    """
    return _lay_out(value, 0)


def _lay_out(value: Any, indent: int) -> str:
    flat = _flat(value)
    if len(flat) + indent <= _WIDTH or not isinstance(value, dict | list | tuple) or not value:
        return flat
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        items = [f"{_flat(str(k))}: {_lay_out(v, indent + 2)}" for k, v in value.items()]
        return "{\n" + ",\n".join(pad + item for item in items) + "\n" + " " * indent + "}"
    items = [_lay_out(v, indent + 2) for v in value]
    return "[\n" + ",\n".join(pad + item for item in items) + "\n" + " " * indent + "]"


def _flat(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode("utf-8")
    except (TypeError, ValueError) as error:
        raise Unwritable(f"JSON cannot hold this value: {error}") from None
    return escape(text, "json")


JSON = Language(name="json", encode=encode, comment=None, place=_PLACE)
