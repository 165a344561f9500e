"""From what pydantic found to diagnostics: one per mistake, in the language's own words."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import ValidationError

from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.source.nodes import Document
from mlopsc.spec.faults import kind_of, shown
from mlopsc.spec.misplaced import unknown_key
from mlopsc.spec.story import example_of
from mlopsc.spec.suggest import suggest
from mlopsc.spec.walk import dotted, known_keys

Error = dict[str, Any]

_WANTED = {
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "tuple_type": "a list",
    "bool_type": "true or false",
}


def complaints(error: ValidationError, at: Path, document: Document, overlay: bool = False) -> Iterator[Diagnostic]:
    """Yield the diagnostics for a value at a path.

    In an overlay nothing is missing and null removes, except inside a list, which replaces.
    """
    for found in error.errors(include_url=False):
        loc = tuple(step for step in found["loc"] if step != "[key]")
        if overlay and _fine_in_overlay(found, loc):
            continue
        path = (*at, *loc)
        found["raw"] = node.raw if (node := document.find(path)) else ""
        found["on_key"] = found["loc"][-1:] == ("[key]",)
        yield _complaint(dict(found), path)


def _fine_in_overlay(found: Any, loc: Path) -> bool:
    if any(isinstance(step, int) for step in loc) or found["type"] == "extra_forbidden":
        return False
    return found["type"] == "missing" or found["input"] is None


def _complaint(found: Error, path: Path) -> Diagnostic:
    kind = found["type"]
    if kind == "extra_forbidden":
        return unknown_key(path)
    if kind == "missing":
        return _missing(path)
    if found["input"] is None:
        return _null(found, path)
    if kind == "M202" or kind in _WANTED:
        return _wrong_type(found, path)
    if kind in _OTHERS:
        return _OTHERS[kind](found, path)
    context = found["ctx"]
    return Diagnostic(kind, context["message"], path, hint=context["hint"], on_key=found["on_key"])


def _missing(path: Path) -> Diagnostic:
    if isinstance(path[-1], int):
        return Diagnostic("M214", f"`{dotted(path[:-1])}` wants {path[-1] + 1} values", path[:-1])
    hint = f"for example `{path[-1]}: {example_of(path)}`"
    where = f"`{dotted(path[:-1])}`" if len(path) > 1 else "the spec"
    return Diagnostic("M204", f"{where} lacks `{path[-1]}`", path, hint=hint)


def _null(found: Error, path: Path) -> Diagnostic:
    hint = f"for example `{example_of(path)}`; or remove the key"
    if found["raw"].startswith("#"):
        hint = "a `#` after a blank starts a comment: quote text that starts with one"
    return Diagnostic("M215", f"`{dotted(path)}` has no value", path, hint=hint)


def _wrong_type(found: Error, path: Path) -> Diagnostic:
    wanted = _WANTED.get(found["type"]) or found["ctx"]["wanted"]
    value = found["input"]
    given = kind_of(value)
    message = f"`{dotted(path)}` must be {wanted}, not {given}"
    return Diagnostic("M202", message, path, hint=_way_out(wanted, given, found, path), on_key=found["on_key"])


def _way_out(wanted: str, given: str, found: Error, path: Path) -> str:
    raw = found["raw"]
    if wanted == "text" and raw:
        reads = f"YAML reads `{raw}` as {shown(found['input'])}: " if raw != shown(found["input"])[1:-1] else ""
        return f"{reads}quote it: '{raw}'"
    if wanted == "a list" and raw:
        return f"a list of one is `[{raw}]`"
    if wanted == "a mapping" and known_keys(path):
        return f"its keys are {', '.join(known_keys(path))}"
    return f"for example `{example_of(path)}`"


def _word(found: Error, path: Path) -> Diagnostic:
    allowed = re.findall(r"'([^']*)'", found["ctx"]["expected"]) or [found["ctx"]["expected"].lower()]
    near = suggest(str(found["input"]), allowed)
    hint = f"did you mean `{near}`? " if near else ""
    message = f"{shown(found['input'])} is not a word for `{dotted(path)}`"
    return Diagnostic("M203", message, path, hint=f"{hint}allowed: {', '.join(allowed)}")


def _count(found: Error, path: Path) -> Diagnostic:
    context = found["ctx"]
    if found["type"] == "too_short":
        message = f"`{dotted(path)}` needs at least {context['min_length']} entry"
        return Diagnostic("M214", message, path, hint=f"for example `{example_of(path)}`")
    message = f"`{dotted(path)}` takes {context['max_length']} values, not {len(found['input'])}"
    return Diagnostic("M214", message, path, hint=f"for example `{example_of(path)}`")


_OTHERS: dict[str, Callable[[Error, Path], Diagnostic]] = {
    "literal_error": _word,
    "too_short": _count,
    "too_long": _count,
}
