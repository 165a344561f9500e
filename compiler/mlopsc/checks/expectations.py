"""Expectations by their own name: Great Expectations has them, with these keywords."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View
from mlopsc.resources import resource
from mlopsc.spec.suggest import did_you_mean

if TYPE_CHECKING:
    from mlopsc.spec.validation import Expectation


def expectations(view: View) -> Iterator[Diagnostic]:
    """Each expectation exists and has the keywords that it needs (M305, M308, M322, M323)."""
    seen: list[Mapping[str, Any]] = []
    for index, written in enumerate(view.spec.validation.expectations if view.spec.validation else ()):
        at = ("validation", "expectations", index)
        if (said := {"type": written.type, **written.keywords}) in seen:
            yield Diagnostic(
                "M308", f"`{written.type}` stands here twice with the same keywords", at, hint="remove one"
            )
        seen.append(said)
        known = _known().get(written.type)
        if known is None:
            hint = (
                did_you_mean(written.type, _known()) or "the gallery of Great Expectations 1.x lists them all"
            )
            message = f"Great Expectations has no `{written.type}`"
            yield Diagnostic("M322", message, (*at, "type"), hint=hint)
        else:
            yield from _keywords(written, known, at)


def _keywords(written: "Expectation", known: Mapping[str, list[str]], at: Path) -> Iterator[Diagnostic]:
    given, names = written.keywords, [*known["required"], *known["optional"]]
    for name in known["required"]:
        if name not in given:
            message = f"`{written.type}` needs `{name}`"
            yield Diagnostic("M323", message, (*at, "type"), hint=f"its keywords are {', '.join(names)}")
    for name in given:
        if name not in names:
            hint = did_you_mean(name, names) or f"its keywords are {', '.join(names)}"
            message = f"`{written.type}` has no keyword `{name}`"
            yield Diagnostic("M323", message, (*at, name), hint=hint, on_key=True)
    yield from _range(written, names, at)
    yield from _mostly(given.get("mostly"), at)


def _range(written: "Expectation", names: list[str], at: Path) -> Iterator[Diagnostic]:
    low, high = written.keywords.get("min_value"), written.keywords.get("max_value")
    if low is None and high is None and "min_value" in names and "threshold" not in names:
        message = f"`{written.type}` needs `min_value` or `max_value`"
        yield Diagnostic("M323", message, (*at, "type"), hint="for example `min_value: 0`")
    elif isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        message = f"no value is at least {low} and at most {high}"
        yield Diagnostic("M305", message, (*at, "min_value"), hint="exchange the two bounds?")


def _mostly(mostly: Any, at: Path) -> Iterator[Diagnostic]:
    number = isinstance(mostly, int | float) and not isinstance(mostly, bool)
    if mostly is not None and not (number and 0 < mostly <= 1):
        share = str(mostly).removesuffix("%")
        hint = f"write `mostly: {float(share) / 100:g}`" if share.isdigit() else "for example `mostly: 0.99`"
        yield Diagnostic(
            "M323", f"`mostly: {mostly}` is no number above 0 and up to 1", (*at, "mostly"), hint=hint
        )


@cache
def _known() -> Mapping[str, Mapping[str, list[str]]]:
    text = (resource("targets") / "expectations.json").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[str, list[str]]] = json.loads(text)
    return table


RULES = (expectations,)
