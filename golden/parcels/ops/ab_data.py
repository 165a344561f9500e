"""An A/B test as data, for reports/ab-test.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course import moment

if TYPE_CHECKING:
    from ab_decision import Decision, Looked
    from ab_result import Result


def figures(found: Decision) -> dict[str, float]:
    """Return the figures of the last look; none before the first."""
    result = found.looks[-1].result if found.looks else None
    if result is None:
        return {"look": len(found.looks)}
    return {
        "look": len(found.looks),
        "control": result.control,
        "treatment": result.treatment,
        "difference": result.difference,
        "p_value": result.p_value,
    }


def results(test: dict[str, Any], found: Decision) -> list[dict[str, Any]]:
    """Return all looks, those that were taken with what they have found."""
    taken = {looked.plan.number: looked for looked in found.looks}
    about = {name: test[name] for name in ("experiment", "metric", "better", "kind", "share")}
    return [
        {
            **about,
            "look": each.number,
            "due": moment(each.due),
            "level": each.level,
            **(_looked(taken[each.number]) if each.number in taken else {"verdict": "not taken"}),
        }
        for each in found.plan
    ]


def _looked(looked: Looked) -> dict[str, Any]:
    found = looked.sample
    counts = {name: getattr(found, name) for name in ("dealt", "both", "astray", "kept", "known", "void")}
    return {
        "verdict": looked.verdict or "goes on",
        "problems": list(looked.problems),
        **counts,
        "sample_ratio_p": found.split,
        "missing_outcomes_p": found.lost,
        **({"result": _result(looked.result)} if looked.result else {}),
    }


def _result(result: Result) -> dict[str, Any]:
    """Return a result under the names that it has; intervals as pairs."""
    return {name: value for name, value in vars(result).items() if value not in (None, "")}
