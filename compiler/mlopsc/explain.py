"""What `mlopsc explain` tells: the story of a diagnostic's code or of a field of the language."""

import difflib
import re

from mlopsc.diagnostics.codes import all_codes
from mlopsc.diagnostics.explain import explain
from mlopsc.workspace import UsageError


def story(what: str) -> str:
    """Return the story; raises `UsageError` for what is neither a code nor a field."""
    if what.upper() in all_codes():
        return explain(what.upper())
    from mlopsc.spec.schema import field_names, field_story

    names = field_names()
    field = next((name for name in names if _fits(name, what)), None)
    if field:
        return field_story(field)
    close = difflib.get_close_matches(what, [*names, *all_codes()], n=3)
    hint = f"; did you mean {', '.join(close)}?" if close else "; `mlopsc schema` lists all fields"
    raise UsageError(f"`{what}` is neither a code nor a field{hint}")


def _fits(name: str, what: str) -> bool:
    """Say whether a field is meant; a name may stand for `*`, and `[]` may be left out."""
    known, asked = ([*re.sub(r"\[\d*\]", "", text).split(".")] for text in (name, what))
    return name == what or (
        len(known) == len(asked) and all(k in ("*", a) for k, a in zip(known, asked, strict=True))
    )
