"""The tables of an A/B test's page: the looks, the checks before any verdict, and the guardrails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import ab_words
from course import moment

if TYPE_CHECKING:
    from ab_decision import Decision, Looked

NONE = "–"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; all text is escaped."""
    head = "".join(f"<th>{escape(each)}</th>" for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def looks(test: dict[str, Any], found: Decision) -> str:
    """Return all looks of the plan, and what those that were taken have found."""
    taken = {each.plan.number: each for each in found.looks}
    heads = ("look", "due", "control", "treatment", "difference", "interval", "p", "needs p below", "then")
    return table(
        heads,
        [
            (
                f"{each.number} of {each.count}",
                moment(each.due),
                *_figures(test, taken.get(each.number)),
                f"{each.level:.3g}",
                _then(taken.get(each.number), found),
            )
            for each in found.plan
        ],
    )


def _figures(test: dict[str, Any], looked: Looked | None) -> tuple[str, ...]:
    if looked is None or looked.result is None:
        return (NONE,) * 5
    result = looked.result
    name, low, high = ab_words.interval(result, looked.plan.level)
    signed = [ab_words.signed(test, looked, each).removesuffix(" points") for each in (low, high)]
    return (
        ab_words.value(test, looked, result.control),
        ab_words.value(test, looked, result.treatment),
        ab_words.signed(test, looked, result.difference),
        f"{' to '.join(signed)} ({name})",
        f"{result.p_value:.3g}",
    )


def _then(looked: Looked | None, found: Decision) -> str:
    if looked is None:
        return "to come" if found.verdict == "running" else "not needed"
    return looked.verdict or ("waits" if looked.problems else "goes on")
