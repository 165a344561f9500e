"""What an A/B test can find, in words."""

from collections.abc import Mapping

from mlopsc.checks.statistics.experiment import Planned
from mlopsc.checks.statistics.written import amount, chance, count, duration, share

_UNKNOWN = "it cannot be said what this test finds"


def meaning(found: Planned) -> str:
    """Return the sentence about an A/B test; without its traffic, what it needs."""
    needed, power = found.needed(), found.power()
    if needed is None:
        return f"nothing says what `{found.experiment.metric}` is now, so that {_UNKNOWN}"
    asked = f"needs {count(needed)} {found.plan.measure.counted} in the smaller arm"
    if power is None:
        wanted = f"to find {hoped(found)} with probability {chance(found.experiment.power)}"
        return f"{asked}, {wanted}; {times(found)}"
    best = "" if counts_all(found) else " at best"
    said = f"finds {hoped(found)} with probability {chance(power)}{best}"
    return f"{said}; {asked}, which gets about {ids(found)}; {times(found)}"


def hoped(found: Planned) -> str:
    """Return the planned improvement, e.g. `accuracy 0.945 instead of 0.9 (assumed)`."""
    plan, test = found.plan, found.experiment
    ((_, much),) = plan.effect.items()
    if plan.level is None or plan.hoped is None:
        said = f"`{test.metric}` {share(much)} {test.better}"
        remarks = [plan.measure.taken]
    else:
        said = f"`{test.metric}` {plan.hoped:.4g} instead of {plan.level:.4g}"
        remarks = [plan.taken, plan.measure.taken]
    taken = ", ".join(remark for remark in remarks if remark)
    beyond = f", beyond the margin of {difference(plan.margin)}," if plan.margin else ""
    looks = f" in one of {test.looks} looks" if test.looks > 1 else ""
    return f"{said}{f' ({taken})' if taken else ''}{beyond}{looks}"


def difference(of: Mapping[str, float]) -> str:
    """Return a difference as a spec has it: `0.005`, `5%`."""
    ((kind, value),) = of.items()
    return share(value) if kind == "relative" else f"{value:g}"


def ids(found: Planned) -> str:
    """Return how many ids the smaller arm gets, and what is assumed of them."""
    return f"{amount(found.smaller * found.ids())} ids (each request taken as another's)"


def times(found: Planned) -> str:
    """Return how long it takes until the last outcome."""
    test = found.experiment
    if not test.delay:
        return f"ids and their outcomes for {duration(test.enrolment)}"
    lasts = f"ids for {duration(test.enrolment)} and {duration(test.delay)} until their outcomes"
    return f"{lasts}: {duration(test.seconds)}"


def counts_all(found: Planned) -> bool:
    """Say whether the metric counts each outcome."""
    return found.plan.measure.counted == "outcomes"
