"""The printed power is what happens: 2,000 simulated tests, decided by the generated programs."""

import math
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from mlopsc.chance.variances import MEASURES
from mlopsc.checks.statistics.experiment import Planned
from scipy import stats

from tests.engines.planning.specs import plan_of

Programs = dict[str, ModuleType]
Array = np.ndarray[Any, Any]
TESTS = 2000
# Three standard errors of a share of them, and what the normal distribution is off in arms of some hundreds.
ERROR, NORMAL = 3 * math.sqrt(0.25 / TESTS), 0.005


def _arms(found: Planned) -> tuple[int, int]:
    """Return the ids of treatment and control."""
    treatment = found.ids() * found.experiment.share
    return round(treatment), round(found.ids() - treatment)


def _edge(programs: Programs, found: Planned) -> Any:
    return programs["ab_margin"].null(found.experiment.margin, found.experiment.better)


SHARES = [
    ("traffic: 10%, for: 7d, metric: accuracy", "40/h"),
    ("traffic: 20%, for: 14d, metric: accuracy, improves_by: 2%, effect: 6%, looks: 4", "20/h"),
]


@pytest.mark.parametrize(("test", "traffic"), SHARES)
def test_shares_are_found_as_often_as_it_says(programs: Programs, test: str, traffic: str) -> None:
    found = plan_of(test, traffic=traffic)
    arms, count, g = found.plan.arms, found.experiment.looks, np.random.default_rng(7)
    assert arms
    levels = programs["ab_spending"].boundaries(count, found.experiment.alpha)
    done, right = np.zeros(TESTS, dtype=bool), [np.zeros(TESTS), np.zeros(TESTS)]
    for look, level in enumerate(levels, 1):
        seen = [round(n * look / count) for n in _arms(found)]
        more = [now - round(n * (look - 1) / count) for now, n in zip(seen, _arms(found), strict=True)]
        right = [
            before + g.binomial(n, p, TESTS)
            for before, n, p in zip(right, more, (arms.treatment, arms.control), strict=True)
        ]
        z = programs["ab_contrasts"].score((right[0], seen[0]), (right[1], seen[1]), _edge(programs, found))
        done |= stats.norm.sf(z) <= level
    power = found.power()
    assert power and 0.6 < power < 0.95
    assert done.mean() == pytest.approx(power, abs=ERROR + NORMAL)


@pytest.mark.parametrize("improvement", ["", ", improves_by: 3%, effect: 10%"])
def test_means_of_errors_are_found_as_often_as_it_says(programs: Programs, improvement: str) -> None:
    found = plan_of(f"traffic: 25%, for: 14d, metric: mae{improvement}, alpha: 0.1", traffic="8/h")
    arms, g = found.plan.arms, np.random.default_rng(11)
    assert arms
    moments = []
    for count, mean in zip(_arms(found), (arms.treatment, arms.control), strict=True):
        # The mean absolute error of normal errors is their deviation times this.
        errors = np.abs(g.normal(0, mean / math.sqrt(2 / math.pi), (TESTS, count)))
        moments.append((errors.mean(axis=1), errors.var(axis=1, ddof=1), count))
    t, freedom = programs["ab_contrasts"].welch(*moments, _edge(programs, found))
    promoted = stats.t.sf(t, freedom) <= found.experiment.alpha
    power = found.power()
    assert power and 0.3 < power < 0.95
    assert promoted.mean() == pytest.approx(power, abs=ERROR + 3 * NORMAL)


def _f1(g: Any, level: float, rows: int) -> Array:
    right = g.binomial(rows, level / (2 - level), TESTS)
    return 2 * right / (rows + right)


def _rmse(g: Any, level: float, rows: int) -> Array:
    return np.sqrt((g.normal(0, level, (TESTS, rows)) ** 2).mean(axis=1))


def _mse(g: Any, level: float, rows: int) -> Array:
    return (g.normal(0, math.sqrt(level), (TESTS, rows)) ** 2).mean(axis=1)


def _r2(g: Any, level: float, rows: int) -> Array:
    one = g.normal(size=(TESTS, rows))
    two = math.sqrt(level) * one + math.sqrt(1 - level) * g.normal(size=(TESTS, rows))
    a, b = one - one.mean(axis=1, keepdims=True), two - two.mean(axis=1, keepdims=True)
    return (a * b).sum(axis=1) ** 2 / (a * a).sum(axis=1) / (b * b).sum(axis=1)


def _auc(g: Any, level: float, rows: int) -> Array:
    """Of exponential scores, as Hanley and McNeil have them, and as many positives as negatives."""
    odds = level / (1 - level)
    scores = np.concatenate([g.exponential(odds, (TESTS, rows)), g.exponential(1, (TESTS, rows))], axis=1)
    ranks = scores.argsort(axis=1).argsort(axis=1) + 1
    return (ranks[:, :rows].sum(axis=1) - rows * (rows + 1) / 2) / rows**2


@pytest.mark.parametrize(("name", "made"), [("f1", _f1), ("rmse", _rmse), ("mse", _mse), ("r2", _r2), ("roc_auc", _auc)])  # fmt: skip
@pytest.mark.parametrize("level", [0.6, 0.9])
def test_the_variance_of_a_row_that_counts(name: str, made: Any, level: float) -> None:
    rows = 400
    seen = made(np.random.default_rng(3), level, rows)
    measure = MEASURES[name]
    # A variance of 2,000 values is known to within 10%.
    assert seen.var() * rows == pytest.approx(measure.variance(level), rel=0.12)
    assert seen.mean() == pytest.approx(level, abs=0.01)
