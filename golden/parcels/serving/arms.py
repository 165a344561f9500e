"""Which arm of an A/B test an id belongs to: computed here, and nowhere else.

An id is dealt by a hash of the experiment's name and of the id itself, and by nothing else: it keeps its arm
over restarts, pods, versions and releases of Python, and another experiment deals the same ids anew.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

HEADER = "x-mlops-arm"
CONTROL, TREATMENT = "control", "treatment"
# Nobody knows whom it is about: the version that serves answers.
NONE = ""
# Of ASCII: what else is a blank differs between releases of Unicode.
BLANKS = " \t\r\n\f\v"
# What becomes of a whole number where a table holds a gap beside it, or floats.
WHOLE = re.compile(r"(-?[0-9]+)\.0+")


def arm(experiment: str, share: float, name: str) -> str:
    """Return the arm of an id as `name_of` writes it: treatment for `share` (0..1) of all ids.

    The first 8 bytes of SHA-256 over the experiment, a zero byte and the id are a number that is evenly
    spread over 0..1; NONE for an id that is empty.
    """
    if not name:
        return NONE
    # Half of a surrogate pair, which UTF-8 has no bytes for, has an arm as well.
    salted = f"{experiment}\0{name}".encode("utf-8", "surrogatepass")
    place = int.from_bytes(hashlib.sha256(salted).digest()[:8], "big") / 2**64
    return TREATMENT if place < share else CONTROL


def name_of(value: Any) -> str:
    """Return an id as text, by which ids of a request, a log and a table of outcomes are compared.

    7, 7.0, "7" and " 7.0 " are one id, "007" is another; empty for None, NaN and blanks, which are no id.
    """
    if value is None or (isinstance(value, float) and value != value):
        return ""
    # From 1e16 on Python would write a float with an exponent.
    text = str(int(value) if isinstance(value, float) and value.is_integer() else value).strip(BLANKS)
    whole = WHOLE.fullmatch(text)
    return whole[1] if whole else text
