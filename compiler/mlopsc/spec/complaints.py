"""From what pydantic found to diagnostics: one per mistake, in the language's own words."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.source.nodes import Document
from mlopsc.spec.faults import kind_of, shown
from mlopsc.spec.misplaced import unknown_key
from mlopsc.spec.story import example_of
from mlopsc.spec.suggest import did_you_mean
from mlopsc.spec.walk import below, dotted, known_keys


@dataclass(frozen=True, slots=True)
class _Mistake:
    """What pydantic found at `path`; `kind` is what the language has there, `parent` one step above."""

    path: Path
    kind: Any
    parent: Any
    value: Any
    context: dict[str, Any]
    raw: str
    on_key: bool
    type: str
    said: str

    def diagnostic(self, code: str, message: str, hint: str = "") -> Diagnostic:
        return Diagnostic(code, message, self.path, hint=hint, on_key=self.on_key)

    @property
    def name(self) -> str:
        return f"`{dotted(self.path)}`"

    @property
    def example(self) -> str:
        found = example_of(self.kind)
        return f"for example `{found}`" if found else ""


def complaints(
    error: ValidationError, at: Path, kind: Any, document: Document | None = None, overlay: bool = False
) -> Iterator[Diagnostic]:
    """Yield the diagnostics for a value of a type at a path.

    In an overlay nothing is missing and null removes, except inside a list, which replaces.
    """
    for found in error.errors(include_url=False):
        loc = tuple(step for step in found["loc"] if step != "[key]")
        if _repeats(found) or (overlay and _fine_in_overlay(found, loc)):
            continue
        node = document.find((*at, *loc)) if document else None
        yield _complain(
            _Mistake(
                path=(*at, *loc),
                kind=below(kind, loc),
                parent=below(kind, loc[:-1]),
                value=found["input"],
                context=found.get("ctx", {}),
                raw=node.raw if node else "",
                on_key=found["loc"][-1:] == ("[key]",),
                type=found["type"],
                said=found["msg"],
            )
        )


def _repeats(found: ErrorDetails) -> bool:
    """Say whether a list is called too short only because its entries were refused."""
    return found["type"] == "too_short" and len(found["input"]) >= found["ctx"]["min_length"]


def _fine_in_overlay(found: ErrorDetails, loc: Path) -> bool:
    if any(isinstance(step, int) for step in loc) or found["type"] == "extra_forbidden":
        return False
    # An empty mapping removes nothing and is no list of entries either.
    empty = found["type"] == "too_short" and found["input"] == {}
    return found["type"] == "missing" or found["input"] is None or empty


def _complain(mistake: _Mistake) -> Diagnostic:
    if mistake.type == "extra_forbidden":
        return unknown_key(mistake.path, known_keys(mistake.parent))
    if mistake.type == "missing":
        return _missing(mistake)
    if mistake.value is None:
        return _null(mistake)
    if mistake.type in _OTHERS:
        return _OTHERS[mistake.type](mistake)
    if "message" in mistake.context:
        return mistake.diagnostic(mistake.type, mistake.context["message"], mistake.context["hint"])
    return mistake.diagnostic("M217", f"{mistake.name} is refused: {mistake.said}", mistake.example)


def _missing(mistake: _Mistake) -> Diagnostic:
    *above, key = mistake.path
    where = f"`{dotted(tuple(above))}`"
    if isinstance(key, int):
        example = f"for example `{example_of(mistake.parent)}`"
        return Diagnostic("M214", f"{where} needs {key + 1} entries", tuple(above), hint=example)
    hint = f"for example `{key}: {example_of(mistake.kind) or '…'}`"
    return mistake.diagnostic("M204", f"{where} lacks `{key}`", hint)


def _null(mistake: _Mistake) -> Diagnostic:
    hint = f"{mistake.example}; or remove the key" if mistake.example else "remove it"
    if mistake.raw.startswith("#"):
        hint = "a `#` after a blank starts a comment: quote text that starts with one"
    return mistake.diagnostic("M215", f"{mistake.name} has no value", hint)


def _wrong_type(mistake: _Mistake) -> Diagnostic:
    wanted = _WANTED.get(mistake.type) or mistake.context["wanted"]
    message = f"{mistake.name} must be {wanted}, not {kind_of(mistake.value)}"
    return mistake.diagnostic("M202", message, _way_out(mistake, wanted))


def _way_out(mistake: _Mistake, wanted: str) -> str:
    raw, value = mistake.raw, shown(mistake.value)
    if wanted == "text" and raw:
        reads = f"YAML reads `{raw}` as {value}: " if f"`{raw}`" != value else ""
        return f"{reads}quote it: '{raw}'"
    if wanted == "a list" and raw:
        return f"a list of one is `[{raw}]`"
    if wanted == "a mapping" and known_keys(mistake.kind):
        return f"its keys are {', '.join(known_keys(mistake.kind))}"
    return mistake.example


def _word(mistake: _Mistake) -> Diagnostic:
    expected = mistake.context["expected"]
    allowed = re.findall(r"'([^']*)'", expected) or [expected.lower()]
    near = did_you_mean(str(mistake.value), allowed)
    message = f"{shown(mistake.value)} is not a word for {mistake.name}"
    return mistake.diagnostic("M203", message, f"{near} allowed: {', '.join(allowed)}".strip())


def _too_few(mistake: _Mistake) -> Diagnostic:
    return mistake.diagnostic("M214", f"{mistake.name} needs at least one entry", mistake.example)


def _too_many(mistake: _Mistake) -> Diagnostic:
    most, given = mistake.context["max_length"], len(mistake.value)
    return mistake.diagnostic("M214", f"{mistake.name} takes {most} entries, not {given}", mistake.example)


_WANTED = {
    "model_type": "a mapping",
    "dict_type": "a mapping",
    "tuple_type": "a list",
    "bool_type": "true or false",
}
_OTHERS: dict[str, Callable[[_Mistake], Diagnostic]] = {
    **dict.fromkeys(("M202", *_WANTED), _wrong_type),
    "literal_error": _word,
    "too_short": _too_few,
    "too_long": _too_many,
}
