"""What an A/B test shows at a time: promote, keep, undecided, or that it still runs.

    look(config, version, since, now)   times in seconds since 1970; reads the log and the outcomes

Nothing is remembered. All looks that are due are taken again in their order, each at what it was due for,
and the first that crosses its boundary decides: asked again or late, it says the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ab_plan
import ab_words
from ab_compared import compared, unfit
from ab_decision import KEEP, PROMOTE, RUNNING, UNDECIDED, Decision, Looked
from ab_doubts import broken, doubtful, few, late, wanted
from ab_outcomes import outcomes
from ab_plan import GRACE_SECONDS, Planned, planned
from ab_result import Result
from ab_sample import Sample, sample
from ab_units import Units, units
from ab_values import CLASS, PROBABILITY, Codes, needs
from course import moment

if TYPE_CHECKING:
    from numpy.typing import NDArray


def next_look(config: dict[str, Any], since: float, now: float) -> float:
    """Return when it is worth looking again, in seconds since 1970."""
    return ab_plan.next_look(config["ab_test"], since, now)


def look(config: dict[str, Any], version: str, since: float, now: float) -> Decision:
    """Return what the test of a version shows that began at `since`.

    Raises OSError and ValueError where log or outcomes are not there, or are not what the metric needs.
    """
    test = config["ab_test"]
    plan = planned(test, since)
    due = [each for each in plan if each.due <= now]
    if not due:
        told = f"version {version} is tested: look 1 of {len(plan)} is due at {moment(plan[0].due)}"
        return Decision(RUNNING, [told], version, "", plan, [])
    found, label, top = _read(config, version, since, due[-1].matured)
    looks: list[Looked] = []
    for each in due:
        looks.append(_looked(test, each, sample(found, label, each, test["share"]), top, now))
        if looks[-1].verdict:
            break
    control = max(found.counts.versions, key=lambda name: found.counts.versions[name], default="")
    verdict = looks[-1].verdict or RUNNING
    reasons = ab_words.reasons(test, verdict, version, control, looks, found.counts)
    if verdict == RUNNING:
        reasons.append(f"the next look is at {moment(next_look(config, since, now))}")
    return Decision(verdict, reasons, version, control, plan, looks, found, label)


def _read(
    config: dict[str, Any], version: str, since: float, until: float
) -> tuple[Units, NDArray[Any], float]:
    """Return the units with their outcomes, classes as places in their order, and the greatest of these."""
    kind = needs(config["ab_test"]["metric"])
    of_classes = kind in (CLASS, PROBABILITY)
    labels = Codes(CLASS if of_classes else "number")
    answers = labels if kind == CLASS else Codes("number")
    found = units(config, version, since, until, answers)
    label = outcomes(config, found, labels)
    if of_classes:
        label = labels.placed(label)
    if kind == CLASS:
        found = replace(found, value=labels.placed(found.value))
    return found, label, len(labels.known) - 1


def _looked(test: dict[str, Any], plan: Planned, found: Sample, top: float, now: float) -> Looked:
    """Take one look: an early one only ever promotes, or finds that the arms are not what they should be."""
    least = wanted(test, plan)
    wrong, waits = list(broken(found, test["share"])), list(late(found, least))
    problems = [*wrong, *few(found, least), *waits, *doubtful(found)]
    result = None
    if all(len(values) > 1 for values in found.true.values()):
        result, said = _compared(test, found, top, plan.level)
        problems += said
    if not problems and result is not None:
        verdict = PROMOTE if result.better else KEEP if plan.last else ""
        return Looked(plan, found, result, (), verdict)
    waiting = problems == waits and now < plan.due + GRACE_SECONDS
    verdict = UNDECIDED if wrong or (plan.last and not waiting) else ""
    return Looked(plan, found, result, tuple(problems), verdict)


def _compared(
    test: dict[str, Any], found: Sample, top: float, level: float
) -> tuple[Result | None, list[str]]:
    if said := unfit(test, found, top):
        return None, said
    try:
        result = compared(test, found, level)
    except ValueError as fault:
        return None, [str(fault)]
    return result, [result.why] if result.why else []
