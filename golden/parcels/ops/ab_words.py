"""An A/B test in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ab_losses import is_share
from ab_result import Result
from ab_rows import ARMS, Counts
from label_metrics import METRICS

if TYPE_CHECKING:
    from ab_decision import Looked


def reasons(
    test: dict[str, Any], verdict: str, version: str, control: str, looks: list[Looked], counts: Counts
) -> list[str]:
    """Return why the verdict is what it is, the sentence for people first."""
    last = looks[-1]
    return [
        sentence(test, verdict, version, control, last),
        *last.problems[verdict == "undecided" :],
        *_told(test, last),
        *_left_out(last, counts),
    ]


def sentence(test: dict[str, Any], verdict: str, version: str, control: str, last: Looked) -> str:
    """Return the verdict as a person says it."""
    before = f"version {control}" if control else "the champion"
    if verdict == "undecided":
        return f"undecided: {last.problems[0]}"
    if verdict == "running":
        return f"version {version} is tested against {before}: nothing is decided yet"
    figures = ""
    if last.result:
        one, other = (value(test, last, each) for each in (last.result.treatment, last.result.control))
        figures = f"{test['metric']} is {one}, with {before} {other}"
    if verdict == "promote":
        return f"version {version} is better{beyond(test)}: {figures}"
    return f"keep {before}: version {version} is not better{beyond(test)}; {figures}"


def beyond(test: dict[str, Any]) -> str:
    """Return the margin in words, nothing for none."""
    kind, amount = margin(test)
    if not amount:
        return ""
    return f" by more than {100 * amount:.6g}%" if kind == "relative" else f" by more than {amount:g}"


def margin(test: dict[str, Any]) -> tuple[str, float]:
    """Return the kind and the amount of the margin, an absolute one of 0 for none."""
    return next(iter(test.get("margin", {}).items()), ("absolute", 0.0))


def value(test: dict[str, Any], looked: Looked, figure: float) -> str:
    """Return a figure of the metric; shares of units in percent."""
    return f"{100 * figure:.2f}%" if shares(test, looked) else f"{figure:.4g}"


def shares(test: dict[str, Any], looked: Looked) -> bool:
    """Say whether the metric is a share of units."""
    if test["metric"] in METRICS:
        return is_share(test["metric"])
    return is_share(test["metric"], *looked.sample.true.values())


def interval(result: Result, level: float) -> tuple[str, float, float]:
    """Return what the interval of the difference is called that decides, and its ends."""
    return f"{100 * (1 - 2 * level):.6g}%", result.low, result.high


def _told(test: dict[str, Any], last: Looked) -> Iterator[str]:
    """Yield the figures of both arms, and how sure they are."""
    result = last.result
    if result is None:
        return
    one, other = (value(test, last, figure) for figure in (result.treatment, result.control))
    yield f"{test['metric']} ({test['better']} is better): {one} in the treatment, {other} in the control"
    name, low, high = interval(result, last.plan.level)
    ends = " to ".join(signed(test, last, end) for end in (low, high))
    yield (
        f"difference {signed(test, last, result.difference)}, {name} interval {ends}; "
        f"p = {result.p_value:.3g} against no improvement{beyond(test)}, {last.plan.level:.3g} is asked for"
    )
    if result.change:
        change, least, most = (f"{100 * each:+.2f}%" for each in result.change)
        yield f"relative to the control {change}, {name} interval {least} to {most}"


def signed(test: dict[str, Any], looked: Looked, figure: float) -> str:
    """Return a difference of the metric; of shares in points of percent."""
    return f"{100 * figure:+.2f} points" if shares(test, looked) else f"{figure:+.4g}"


def _left_out(last: Looked, counts: Counts) -> Iterator[str]:
    """Yield what was counted and not compared."""
    for name in ARMS:
        found = last.sample
        yield f"{name}: {found.kept[name]:,} ids, outcomes of {found.known[name]:,}"
    both, astray = (sum(each.values()) for each in (last.sample.both, last.sample.astray))
    if both:
        yield f"{both:,} ids were answered by both versions, and were left out"
    if astray:
        yield f"{astray:,} ids were answered by the version of the other arm alone, and were left out"
    if counts.nobody:
        yield f"{counts.nobody:,} rows of the log have no id or no arm, and were left out"
    if counts.undated:
        yield f"{counts.undated:,} rows of the log have no time, and were left out"
