"""All tests of one run of the drift check, whose p-values are corrected for each other."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlopsc import defaults
from mlopsc.checks.statistics.months import runs_per_month
from mlopsc.checks.statistics.trial import BINS, METHODS, Trial

if TYPE_CHECKING:
    from mlopsc.spec import Spec
    from mlopsc.spec.drift import Drift, DriftTest

# Fewer rows than that in `validation.rows.min` tell an empty table from another, not how large it is.
A_SIZE = 100


@dataclass(frozen=True, slots=True)
class Family:
    """The tests of a run by their place in `drift.tests`, and how often they run in 30 days."""

    trials: tuple[tuple[int, Trial], ...]
    correction: str
    runs: float

    @property
    def judged(self) -> int:
        """The number of p-values in one run."""
        return sum(trial.level < 1 for _, trial in self.trials)

    @property
    def strictest(self) -> float:
        """The share of its level that is left to a test when it alone sees drift."""
        return 1.0 if self.correction == "none" else 1 / max(1, self.judged)

    @property
    def mildest(self) -> float:
        """The share of its level that is left to a test when all see drift."""
        return self.strictest if self.correction == "bonferroni" else 1.0

    def alarms_per_run(self) -> float:
        """Return about how often a run finds drift where there is none; the tests taken as independent.

        With fdr_bh all are corrected as one: then it is the level at most (Benjamini, Hochberg 1995).
        """
        with_p = [trial for _, trial in self.trials if trial.level < 1]
        quiet = math.prod(1 - trial.alarms(self.mildest) for trial in with_p)
        if self.correction == "fdr_bh" and with_p:
            quiet = max(quiet, 1 - max(trial.level for trial in with_p))
        return 1 - quiet * math.prod(1 - trial.alarms() for _, trial in self.trials if trial.level == 1)

    def alarms_per_month(self) -> float:
        """Return how many runs in 30 days are false alarms, each of them of new data."""
        return self.runs * self.alarms_per_run()

    def at_level(self, level: float) -> "Family":
        """Return the same tests with p-values no larger than that."""
        lowered = tuple(
            (at, replace(trial, level=min(trial.level, level)) if trial.level < 1 else trial)
            for at, trial in self.trials
        )
        return replace(self, trials=lowered)

    def against_many(self) -> "Family":
        """Return the same tests against a large reference, where chance does least."""
        return replace(self, trials=tuple((at, replace(t, reference=math.inf)) for at, t in self.trials))

    def of(self, rows: int) -> "Family":
        """Return the same tests of other current rows."""
        return replace(self, trials=tuple((at, trial.of(rows)) for at, trial in self.trials))


def family(spec: "Spec") -> Family | None:
    """Return the tests of the drift section as they are with the fewest rows; None without any."""
    drift = spec.drift
    if drift is None:
        return None
    trials = [
        (place, trial) for place, test in enumerate(drift.tests) for trial in _trials(test, drift, spec)
    ]
    return Family(tuple(trials), drift.correction, runs_per_month(drift.schedule.cron)) if trials else None


def reference_rows(spec: "Spec") -> int | None:
    """Return how many rows the reference has at least, where the spec says so.

    It is a snapshot of the training data, which `validation.rows.min` bounds.
    """
    least = rows_at_least(spec)
    return least if least and spec.drift and spec.drift.reference == "training" else None


def rows_at_least(spec: "Spec") -> int | None:
    """Return how many rows the data has at least, where the spec says so."""
    rows = spec.validation.rows if spec.validation and spec.validation.on_failure == "block" else None
    return rows.min if rows and rows.min and rows.min >= A_SIZE else None


def categories(column: str, spec: "Spec") -> int | None:
    """Return how many categories a column has, where the spec says so."""
    known = spec.validation.columns.get(column) if spec.validation else None
    if known and known.in_:
        return len(set(known.in_))
    return 2 if known and defaults.column_type(known) == "boolean" else None


def is_category(column: str, spec: "Spec") -> bool:
    """Say whether a column is known to hold categories, not numbers."""
    known = spec.validation.columns.get(column) if spec.validation else None
    return known is not None and defaults.column_type(known) in ("string", "boolean")


def _trials(test: "DriftTest", drift: "Drift", spec: "Spec") -> Iterator[Trial]:
    if test.method not in METHODS or (test.p_value is None and test.above is None):
        return
    for column in test.columns or ("",):
        numeric = test.method != "chi2" and not (test.method == "psi" and is_category(column, spec))
        bins = BINS if numeric else max(2, categories(column, spec) or BINS)
        least = test.above if test.p_value is None else defaults.min_effect(spec)
        level = test.p_value.value if test.p_value else 1.0
        # The first predictions become the reference of the later ones.
        known = drift.min_rows if test.predictions else reference_rows(spec)
        trial = Trial(test.method, least or 0.0, level, bins, numeric, drift.min_rows, known or math.inf)
        yield trial.of(drift.min_rows)
