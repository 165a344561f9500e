"""What a plain scalar means: the core schema of YAML 1.2 (yaml.org/spec/1.2.2, chapter 10.3).

PyYAML implements YAML 1.1, which reads `on` as true, `12:30` as 750 and `1e-3` as text; the spec
language is 1.2, so mlopsc resolves plain scalars itself.
"""

import re

from mlopsc.source.nodes import Scalar

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
# Longer digit strings are data, not settings, and would make Python's int() refuse or crawl.
_MAX_DIGITS = 300

# What a YAML 1.1 reader takes for something else than text (yaml.org/type: bool, int, float).
_AMBIGUOUS = re.compile(
    r"(y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)"
    r"|[-+]?(0b[01_]+|0x[0-9a-fA-F_]+)"
    r"|[-+]?[0-9][0-9_]*(\.[0-9_]*([eE][-+]?[0-9]+)?)?"
    r"|[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+"
    r"|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*"
)


def resolve(raw: str) -> Scalar:
    """Return the value of a plain scalar."""
    if raw in _NULL:
        return None
    if raw in _BOOL:
        return _BOOL[raw]
    if raw[0] not in "+-.0123456789" or len(raw) > _MAX_DIGITS:
        return raw
    if _INT.fullmatch(raw):
        return int(raw)
    if _BASED.fullmatch(raw):
        return int(raw, 0)
    if _FLOAT.fullmatch(raw):
        return float(raw)
    if _SPECIAL.fullmatch(raw):
        return float(raw.lower().replace(".", ""))
    return raw


def ambiguous(raw: str) -> bool:
    """Say whether this is text to us, and a boolean or a number to a YAML 1.1 reader."""
    return bool(_AMBIGUOUS.fullmatch(raw)) and isinstance(resolve(raw), str)
