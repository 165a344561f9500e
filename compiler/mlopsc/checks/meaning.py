"""Figures of drift tests and of the gate that chance alone decides: what they say cannot be meant."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

from mlopsc.checks.statistics.facts import how, per_month
from mlopsc.checks.statistics.family import Family, family, rows_at_least
from mlopsc.checks.statistics.improvement import improvements
from mlopsc.checks.statistics.trial import POWER, Trial
from mlopsc.checks.statistics.written import count
from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View

# More false alarms in a month than that, one a week, and nobody looks at them any more.
_MANY, _FEW = 4, 1
_LEVELS = (0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001)
_MOST_ROWS = 10**7


def alarms(view: View) -> Iterator[Diagnostic]:
    """False alarms are rare enough that somebody looks at them, if only the reference is large (M353)."""
    tests, drift = family(view.spec), view.spec.drift
    if tests is None or drift is None or tests.against_many().alarms_per_month() <= _MANY:
        return
    said = f"{per_month(tests)} without any drift: {how(tests, drift)}"
    ways = " or ".join(_quieter(tests))
    hint = f"write {ways}" if ways else "raise `min_effect` or `above`, or test less often"
    yield Diagnostic("M353", said, ("drift",), hint=hint, on_key=True)


def rows(view: View) -> Iterator[Diagnostic]:
    """The fewest rows are enough to see what is called drift, if only the reference is large (M354)."""
    tests, drift = family(view.spec), view.spec.drift
    if tests is None or drift is None:
        return
    at: Path = ("drift", "min_rows") if view.document.find(("drift", "min_rows")) else ("drift", "min_effect")
    needs = [_blind(trial, tests.strictest) for _, trial in tests.trials]
    if drift.min_effect is not None:
        needs += [_deaf(trial, tests.mildest) for _, trial in tests.trials]
    worst = max((need for need in needs if need), default=None)
    if worst:
        least, message = worst
        hint = f"write `min_rows: {_rounded(least)}`: from {count(least)} rows on it is seen"
        yield Diagnostic("M354", message, at, hint=hint)


def improvement(view: View) -> Iterator[Diagnostic]:
    """An improvement that the gate asks for can be told from chance (M355)."""
    least = rows_at_least(view.spec)
    for place, wanted in improvements(view.spec).items():
        if least and wanted.is_share and 0 < wanted.by < (possible := wanted.difference(least)):
            message = f"the {least} rows of `validation.rows.min` cannot tell an improvement of "
            message += f"`{wanted.metric}` by {wanted.by:g} from chance: they tell {possible:.2g} at best"
            hint = f"write `rows: {{min: {_rounded(wanted.rows(wanted.by))}}}` if there are as many, "
            hint += f"or `by: {possible + 10 ** math.floor(math.log10(possible)) / 20:.2g}`"
            yield Diagnostic("M355", message, ("registry", "gate", place, "by"), hint=hint)


def _quieter(tests: Family) -> Iterator[str]:
    """Yield each change that brings false alarms down to one a month."""
    corrected = replace(tests, correction="fdr_bh") if tests.correction == "none" else tests
    keys = "`correction: fdr_bh`" if corrected is not tests else ""
    if corrected.alarms_per_month() <= _FEW:
        yield keys
    elif level := next((p for p in _LEVELS if corrected.at_level(p).alarms_per_month() <= _FEW), None):
        yield " with ".join(key for key in (keys, f"`p_value: {level:g}`") if key)
    least = _fewest(tests.trials[0][1].rows, lambda rows: tests.of(rows).alarms_per_month() <= _FEW)
    if least:
        yield f"`min_rows: {_rounded(least)}`"


def _blind(trial: Trial, share: float) -> tuple[int, str] | None:
    """Return from how many rows on a test finds a shift that is plain to see, where it does not yet."""
    plain = 1.0 if trial.numeric else 0.5

    def sees(rows: int) -> bool:
        # Two categories are the fewest, and a change is seen best in them.
        seeing = replace(trial.of(rows).at_best(), bins=trial.bins if trial.numeric else 2)
        return seeing.power(plain, share) >= POWER

    least = None if sees(trial.rows) else _fewest(trial.rows, sees)
    unit = "a shift of 1 sd" if trial.numeric else "a change of 50 points in a category's share"
    return (least, f"with {trial.rows} rows `{trial.method}` often misses {unit}") if least else None


def _deaf(trial: Trial, share: float) -> tuple[int, str] | None:
    """Return from how many rows on the least effect is no chance, where its p-value says it is."""
    level = trial.level * share

    def p(rows: int) -> float:
        return replace(trial, rows=rows, reference=math.inf).by_chance()

    if trial.level == 1 or (by_chance := p(trial.rows)) <= level:
        return None
    least = _fewest(trial.rows, lambda rows: p(rows) <= level)
    said = f"with {trial.rows} rows an effect of {trial.least:g} is chance for `{trial.method}`: "
    said += f"its p-value is {by_chance:.2g}, not below {level:.2g}"
    return (least, said) if least else None


def _fewest(rows: int, enough: Callable[[int], bool]) -> int | None:
    """Return the fewest rows that are enough, more than `rows`; None where no number is."""
    low, high = rows, rows
    while not enough(high):
        low, high = high, high * 2
        if high > _MOST_ROWS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _rounded(number: int) -> int:
    """Return a number that is easy to read, a little larger."""
    unit = int(10 ** max(0, len(str(number)) - 2))
    return -(-number // unit) * unit


RULES = (alarms, rows, improvement)
