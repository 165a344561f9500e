"""What the figures of a spec mean, in sentences for people."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlopsc.checks.statistics.family import Family, categories, family, rows_at_least
from mlopsc.checks.statistics.improvement import Improvement, improvements
from mlopsc.checks.statistics.trial import BINS, BOUNDED, Trial
from mlopsc.checks.statistics.written import count
from mlopsc.diagnostics import Path

if TYPE_CHECKING:
    from mlopsc.resolve import View
    from mlopsc.spec import Spec
    from mlopsc.spec.drift import Drift

# A difference that models are chosen for, where the gate names none.
_EXAMPLE = 0.01


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence about a place of the spec."""

    path: Path
    text: str


def facts(spec: "Spec") -> Iterator[Fact]:
    """Yield what follows from the figures of drift, gate, canary and A/B test; nothing of a house spec."""
    if spec.model is None:
        return
    tests = family(spec)
    if spec.drift and tests:
        yield Fact(("drift",), _alarms(tests, spec.drift))
        for place in dict.fromkeys(at for at, _ in tests.trials):
            yield Fact(("drift", "tests", place), _shift(place, tests, spec))
    least = rows_at_least(spec)
    for place, wanted in improvements(spec).items():
        yield Fact(("registry", "gate", place), _improvement(wanted, least))
    if spec.deployment and spec.deployment.strategy != "rolling":
        yield from _of_canary(spec)
    if spec.ab_test and spec.deployment and spec.deployment.strategy == "canary":
        yield from _of_test(spec)


def across(views: "tuple[View, ...]") -> Iterator[Fact]:
    """Yield the facts of all environments; one that only some of them have is said to be theirs."""
    seen = views[1:] or views
    found: dict[Fact, list[str]] = {}
    for view in seen:
        for fact in facts(view.spec):
            found.setdefault(fact, []).append(view.environment)
    for fact, names in found.items():
        where = "" if len(names) == len(seen) else f" (in {_and(names)})"
        yield Fact(fact.path, fact.text + where)


def _of_canary(spec: "Spec") -> Iterator[Fact]:
    from mlopsc.checks.statistics.canary_words import meaning
    from mlopsc.checks.statistics.deciding import deciding, steps

    if steps(spec):
        yield Fact(("deployment",), meaning(deciding(spec)))


def _of_test(spec: "Spec") -> Iterator[Fact]:
    from mlopsc.checks.statistics.experiment import planned
    from mlopsc.checks.statistics.experiment_words import meaning

    found = planned(spec)
    # What is refused is told as such.
    if found and (found.plan.arms or found.plan.level is None):
        yield Fact(("ab_test",), meaning(found))


def per_month(tests: Family) -> str:
    """Return the expected number of false alarms in words, e.g. `about 0.3 false alarms per month`."""
    count = tests.alarms_per_month()
    if count < 0.01:
        return "fewer than 0.01 false alarms per month"
    figure = f"{count:.0f}" if count >= 10 else f"{count:.2g}"
    # What is known of this distance is how far the means are apart: it is never less.
    more = " or more" * any(trial.method == "wasserstein" for _, trial in tests.trials)
    return f"about {figure} false alarm{'s' * (figure != '1')} per month{more}"


def how(tests: Family, drift: "Drift") -> str:
    """Return what is tested, when and at which level, e.g. `4 tests every 6 hours with fdr_bh at 0.05`."""
    count = len(tests.trials)
    said = f"{count} test{'s' * (count != 1)} {drift.schedule.say()}"
    levels = sorted({trial.level for _, trial in tests.trials if trial.level < 1})
    if not levels:
        return said
    correction = "uncorrected" if tests.correction == "none" else f"with {tests.correction}"
    return f"{said} {correction} at {' and '.join(f'{level:g}' for level in levels)}"


def _alarms(tests: Family, drift: "Drift") -> str:
    uncounted = any(test.method == "msd" for test in drift.tests)
    rest = "; `msd` is not counted: its unit is the column's own" if uncounted else ""
    sides = _sides(*(trial for _, trial in tests.trials))
    return f"{how(tests, drift)}: {per_month(tests)} without any drift, {sides}{rest}"


def _sides(*trials: Trial) -> str:
    """Return the rows of both sides, e.g. `with 500 rows against 1000`."""
    against = " or ".join(dict.fromkeys(map(_reference, trials)))
    return f"with {trials[0].rows} rows against {against}"


def _reference(trial: Trial) -> str:
    if trial.reference == trial.rows:
        return "as many"
    return "a large reference" if math.isinf(trial.reference) else f"{trial.reference:.0f}"


def _shift(place: int, tests: Family, spec: "Spec") -> str:
    """Say what a test shows in the column where it shows least."""
    trial = max((trial for at, trial in tests.trials if at == place), key=lambda each: each.bins)
    trial = trial.at_best() if math.isinf(trial.reference) else trial
    found = trial.smallest(tests.strictest)
    none = "no shift below 3 sd" if trial.numeric else "no change below 50 points"
    shown = _moved(trial, found) if found else none
    power = "80% power or more" if trial.method in BOUNDED else "about 80% power"
    return f"{_sides(trial)}, {shown} is found at {power}{_taken(place, trial, spec)}"


def _moved(trial: Trial, shift: float) -> str:
    up = math.ceil(shift * 100) / 100
    effect = {"ks": f" (KS {trial.measure(shift):.2f})", "psi": f" (PSI {trial.measure(shift):.2f})"}
    points = f"a change of {up * 100:.0f} points in a category's share"
    what = f"a shift of {up:.2f} sd" if trial.numeric else points
    return f"{what}{effect.get(trial.method, '')}"


def _taken(place: int, trial: Trial, spec: "Spec") -> str:
    """Return what is taken of the columns of a test where the spec does not say it."""
    test = spec.drift.tests[place] if spec.drift else None
    columns = (test.columns or ("predictions",)) if test else ()
    if not trial.numeric:
        odd = [name for name in columns if categories(name, spec) is None]
        return f"; {_and(odd)} taken as {BINS} categories" if odd else ""
    known = spec.validation.columns if spec.validation else {}
    odd = [name for name in columns if trial.method == "psi" and name not in known]
    return f"; {_and(odd)} taken as numbers" if odd else ""


def _and(names: list[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _improvement(wanted: Improvement, least: int | None) -> str:
    difference = wanted.by or _EXAMPLE
    lead = "" if wanted.by else "any improvement passes, and "
    level = f"{wanted.metric} {wanted.level:g}" + (" assumed" if wanted.assumed else "")
    rows = f"it takes {count(wanted.rows(difference))} {wanted.counted} to tell {difference:g} from chance"
    floor = (
        f"; the {least} of `validation.rows.min` tell {wanted.difference(least):.2g} at best" if least else ""
    )
    return f"{lead}{rows} ({level}){floor}"
