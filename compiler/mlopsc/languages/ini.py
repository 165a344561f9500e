"""Values of DVC's configuration files, as ConfigObj reads them."""

import re
from typing import Any

from mlopsc.languages.characters import plain
from mlopsc.languages.language import Language, Unwritable

_BARE = re.compile(r"[A-Za-z0-9_./:=@~+-]+")


def encode(value: Any) -> str:
    """Write one value, in quotes where it holds more than plain signs.

    Raises `Unwritable` for what ConfigObj has no way to write: line breaks, control characters, both
    kinds of quotes, and `%(name)s`, which it would replace.
    """
    text = str(value)
    if _BARE.fullmatch(text):
        return text
    if not plain(text) or {"'", '"'} <= set(text) or re.search(r"%\([^)]*\)s", text):
        raise Unwritable("a configuration of DVC cannot hold this text")
    return f"'{text}'" if '"' in text else f'"{text}"'


INI = Language(
    name="ini",
    encode=encode,
    comment=("# ", ""),
    place=re.compile(r" *[a-z_]+ = \0"),
)
