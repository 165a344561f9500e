"""Whether an A/B test can decide: its figures agree, and its ids are enough to find what is planned."""

from collections.abc import Iterator

from mlopsc.chance.variances import MEASURES, OF_MEAN
from mlopsc.checks.statistics.experiment import Planned, planned
from mlopsc.checks.statistics.experiment_words import counts_all, difference, hoped, ids
from mlopsc.checks.statistics.written import chance, count, duration, listed, share
from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View
from mlopsc.resolve.planning import fits

_AT: Path = ("ab_test",)
# The generated schedules look each hour.
_HOUR = 3600
_HALF = 0.5


def levels(view: View) -> Iterator[Diagnostic]:
    """A better version is promoted more often than one that is none (M305)."""
    written = view.spec.ab_test
    if written is None:
        return
    if written.alpha.value >= _HALF:
        message = f"with `alpha: {written.alpha.text}` every second version that is no better is promoted"
        yield Diagnostic("M305", message, (*_AT, "alpha"), hint="usual is `alpha: 0.05`")
    elif written.power.value <= written.alpha.value:
        message = f"a better version is found with probability {written.power.text}, which is no more often "
        message += f"than chance promotes one that is none (`alpha: {written.alpha.text}`)"
        yield Diagnostic("M305", message, (*_AT, "power"), hint="usual is `power: 0.8`")


def differences(view: View) -> Iterator[Diagnostic]:
    """The planned improvement can be had, and is beyond the margin (M304, M305)."""
    found = _sensible(view)
    if found is None:
        return
    plan, written = found.plan, view.spec.ab_test
    base = written.baseline if written else None
    if base and not fits(base.value, plan.measure):
        most = " and below 1" if plan.measure.usual is not None else ""
        message = f"`{found.experiment.metric}` is above 0{most}, and `baseline` is {base.text}"
        percent = bool(most) and 1 < base.value < 100
        hint = f"write `baseline: {base.value:g}%`" if percent else "write what it is now, or leave it out"
        yield Diagnostic("M321", message, (*_AT, "baseline"), hint=hint)
        return
    at = (*_AT, "effect" if written and written.effect else "improves_by" if plan.margin else "metric")
    beyond, effect, margin = plan.beyond, difference(plan.effect), plan.margin
    if beyond is None:
        message = f"`effect: {effect}` and `improves_by: {difference(margin)}` cannot be compared: one is a "
        message += f"share of `{found.experiment.metric}`, and nothing says what that is now"
        hint = "write both in %, or both as numbers; or say what it is now, e.g. `baseline: 0.8`"
        yield Diagnostic("M304", message, at, hint=hint)
    elif beyond <= 0:
        message = f"the planned improvement of {effect} is not beyond the margin of {difference(margin)}"
        twice = difference({kind: 2 * amount for kind, amount in margin.items()})
        hint = f"write `effect: {twice}`, or lower `improves_by`"
        yield Diagnostic("M305", message, at, hint=hint)
    elif not plan.possible:
        yield _impossible(found, at)


def _impossible(found: Planned, at: Path) -> Diagnostic:
    plan, metric, level = found.plan, found.experiment.metric, found.plan.level or 1.0
    if plan.level is None or plan.hoped is None:
        lead = f"no `{metric}` is {difference(plan.effect)} lower than another: it is above 0"
    else:
        lead = f"{difference(plan.effect)} more lead `{metric}` from {level:.4g} to {plan.hoped:.4g}"
        lead = lead if plan.sign > 0 else lead.replace(" more ", " less ")
    ((kind, own),) = plan.effect.items()
    unit = level if kind == "relative" else 1.0
    beyond = plan.beyond or 0.0
    margin, most = own - beyond / unit, (1 - level if plan.sign > 0 else level) / unit
    middle = difference({kind: float(f"{(margin + most) / 2:.2g}")})
    hint = f"plan for less, e.g. `effect: {middle}`" if margin < most else "lower `improves_by`"
    return Diagnostic("M305", lead, at, hint=hint)


def decides(view: View) -> Iterator[Diagnostic]:
    """It finds what is planned in its time, as often as it says (M360), or nobody knows (M361)."""
    found = _sensible(view)
    if (
        found is None
        or (found.plan.beyond or 0) <= 0
        or not found.plan.possible
        or found.experiment.share >= 1
    ):
        return
    test = found.experiment
    if test.enrolment / test.looks < _HOUR:
        many = (
            f"{test.looks} looks in {duration(test.enrolment)}"
            if test.looks > 1
            else duration(test.enrolment)
        )
        message = f"{many} {'are' if test.looks > 1 else 'is'} too short: a result is looked at once an hour"
        yield Diagnostic("M360", message, (*_AT, "for"), hint="for example `for: 7d`, with one look")
    elif found.plan.arms is None:
        message = f"an absolute improvement cannot be planned for: nothing says what `{test.metric}` is now"
        hint = "say it, e.g. `baseline: 12.5`, or write `effect` and `improves_by` in %"
        yield Diagnostic("M361", message, (*_AT, "effect" if _effect(view) else "improves_by"), hint=hint)
    elif found.traffic is None and view.spec.serving:
        message = f"without `serving.traffic` nobody knows whether {duration(test.enrolment)} are enough"
        hint = "add it, e.g. `serving: {traffic: 20/s}`"
        yield Diagnostic("M361", message, _AT, hint=hint, on_key=True)
    elif found.traffic is not None and not found.decides():
        yield Diagnostic("M360", _too_few(found), (*_AT, "for"), hint=_ways(found))


def halves(view: View) -> Iterator[Diagnostic]:
    """No more users than needed get a version that nobody knows yet (M361)."""
    written = view.spec.ab_test
    if written and _HALF < written.traffic.value < 1:
        other = share(round(1 - written.traffic.value, 9))
        message = f"{written.traffic.text} of the users get the candidate, and {other} would tell as much"
        yield Diagnostic("M361", message, (*_AT, "traffic"), hint=f"write `traffic: {other}`, or `50%`")


def _too_few(found: Planned) -> str:
    test, power, needed = found.experiment, found.power() or 0.0, found.needed() or 0
    arrive = f"in {duration(test.enrolment)} the smaller arm gets about {ids(found)}"
    if power < test.power or found.floor is None:
        best = "" if counts_all(found) else " at best"
        takes = f"it takes {count(needed)} {found.plan.measure.counted} to find {hoped(found)} with "
        return (
            f"{arrive}, and {takes}probability {chance(test.power)}; with its ids it is {chance(power)}{best}"
        )
    return f"{arrive}, and nothing is decided with fewer than `min_sample: {found.floor}`"


def _ways(found: Planned) -> str:
    """Return what to write instead, or what else there is where no usual figure would do."""
    ways = [f"`for: {duration(time)}`"] if (time := found.longer()) else []
    ways += [f"`traffic: {share(part)}`"] if (part := found.wider()) else []
    ((kind, _),) = found.plan.effect.items()
    ways += [f"`effect: {difference({kind: amount})}`"] if (amount := found.larger()) else []
    metric, measure = found.experiment.metric, found.plan.measure
    guessed = not found.plan.known and (measure.usual is not None or measure is OF_MEAN)
    known = f"; or say by `baseline` what `{metric}` is now" if guessed else ""
    if ways:
        return f"write {listed(ways).replace(' and ', ' or ')}{known}"
    if time := found.as_wide_as_can_be().longer():
        return f"write `for: {duration(time)}` and `traffic: 50%`{known}"
    way = "no usual time is long enough: plan for a larger `effect`, or judge versions by the gate alone"
    return f"{way}{known}"


def _sensible(view: View) -> Planned | None:
    """Return the test where its levels make sense, and its metric follows from outcomes."""
    found, late = planned(view.spec), view.spec.outcomes
    if found is None or found.experiment.power <= found.experiment.alpha or found.experiment.alpha >= _HALF:
        return None
    known = found.experiment.metric in MEASURES or (late and found.experiment.metric == late.value)
    return found if known else None


def _effect(view: View) -> bool:
    return bool(view.spec.ab_test and view.spec.ab_test.effect)


RULES = (levels, differences, decides, halves)
