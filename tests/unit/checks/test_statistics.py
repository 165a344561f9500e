"""The formulas beside scipy, and the stated rates beside what happens."""

from datetime import UTC, datetime, timedelta
from math import inf

import numpy as np
import pytest
from cronsim import CronSim
from mlopsc.chance.distributions import (
    chi2_sf,
    kolmogorov_sf,
    noncentral_chi2_sf,
    normal_cdf,
    normal_quantile,
)
from mlopsc.checks.statistics.family import Family
from mlopsc.checks.statistics.improvement import Improvement
from mlopsc.checks.statistics.months import runs_per_month
from mlopsc.checks.statistics.trial import POWER, Trial, index
from scipy import stats

KS = Trial("ks", 0.1, 0.05, 10, True, 500)
PSI = Trial("psi", 0.2, 1.0, 10, True, 500)
CHI2 = Trial("chi2", 0.1, 0.05, 3, False, 500, 500)
WASSERSTEIN = Trial("wasserstein", 0.1, 1.0, 10, True, 500)
ANY = [KS, PSI, CHI2, WASSERSTEIN, Trial("psi", 0.1, 1.0, 4, False, 300, 300)]


def of(*trials: Trial, correction: str = "fdr_bh", runs: float = 30.0) -> Family:
    return Family(tuple(enumerate(trials)), correction, runs)


@pytest.mark.parametrize("x", [0.05, 0.2, 0.5, 0.8, 1.1, 1.2, 1.36, 2.0, 4.0, 9.0])
def test_kolmogorov(x: float) -> None:
    assert kolmogorov_sf(x) == pytest.approx(stats.kstwobign.sf(x), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("freedom", [1, 2, 3, 9, 10, 55])
@pytest.mark.parametrize("x", [0.0, 0.1, 1.0, 9.0, 40.0, 300.0])
def test_chi_squared(x: float, freedom: int) -> None:
    assert chi2_sf(x, freedom) == pytest.approx(stats.chi2.sf(x, freedom), rel=1e-9, abs=1e-300)


def test_chi_squared_far_away() -> None:
    assert chi2_sf(inf, 3) == noncentral_chi2_sf(inf, 3, 9) == 0
    assert noncentral_chi2_sf(0, 3, 9) == 1


@pytest.mark.parametrize("p", [1e-9, 0.0125, 0.3, 0.5, 0.8, 0.975, 1 - 1e-9])
def test_normal(p: float) -> None:
    assert normal_quantile(p) == pytest.approx(stats.norm.ppf(p), abs=1e-6)
    assert normal_cdf(normal_quantile(p)) == pytest.approx(p, rel=1e-9)


@pytest.mark.parametrize("freedom", [1, 2, 9, 40])
@pytest.mark.parametrize("shift", [5.0, 12.0, 80.0, 9000.0])
@pytest.mark.parametrize("power", [0.7, 0.8, 0.9])
def test_noncentral_chi_squared_about_its_use(freedom: int, shift: float, power: float) -> None:
    x = stats.ncx2.isf(power, freedom, shift)
    assert noncentral_chi2_sf(x, freedom, shift) == pytest.approx(power, abs=0.01)


@pytest.mark.parametrize(("rows", "distance"), [(100, 0.15), (500, 0.1), (500, 0.06), (20_000, 0.01)])
def test_chance_of_a_distance_of_few_rows(rows: int, distance: float) -> None:
    trial = Trial("ks", distance, 0.05, 10, True, rows)
    assert trial.by_chance() == pytest.approx(stats.kstwo.sf(distance, rows), rel=0.05)


def test_chance_of_categories_and_bins() -> None:
    assert CHI2.by_chance() == pytest.approx(stats.chi2.sf(0.01 * 1000, 2))
    assert PSI.by_chance() == pytest.approx(stats.chi2.sf(0.2 * 500 + 9, 9))
    assert WASSERSTEIN.by_chance() == pytest.approx(2 * stats.norm.sf(0.1 * 500**0.5))


def test_psi_of_a_shift() -> None:
    now = np.diff(stats.norm.cdf(stats.norm.ppf(np.arange(11) / 10) - 0.5))
    assert index(0.5, numeric=True) == pytest.approx(float(np.sum((now - 0.1) * np.log(now / 0.1))))
    assert index(0.2, numeric=False) == pytest.approx(0.2 * np.log(0.7 / 0.3))


@pytest.mark.parametrize("trial", ANY, ids=lambda trial: trial.method)
def test_the_smallest_shift_has_the_stated_power(trial: Trial) -> None:
    found = trial.smallest()
    assert found is not None
    assert trial.power(found) == pytest.approx(POWER, abs=1e-6)
    smaller = trial.of(4 * trial.rows).smallest()
    assert smaller is not None
    assert smaller < found


def test_a_shift_that_nobody_can_find() -> None:
    assert Trial("psi", 40.0, 1.0, 10, True, 500).smallest() is None


def test_the_reference_that_shows_most_is_large() -> None:
    bounded = Trial("ks", 0.1, 0.05, 10, True, 500, 1000)
    assert bounded.at_best() == KS
    assert CHI2.at_best().smallest() < CHI2.smallest()
    assert of(bounded).against_many().alarms_per_run() == pytest.approx(KS.by_chance())


def test_the_reference_has_as_many_rows_at_least() -> None:
    assert KS.of(50).reference == inf
    assert CHI2.of(800).reference == 800
    assert Trial("ks", 0.1, 0.05, 10, True, 500, 500).effective == pytest.approx(250)


@pytest.mark.parametrize(
    ("correction", "strictest", "mildest", "rate"),
    [
        ("none", 1, 1, 1 - 0.95**3),
        ("bonferroni", 1 / 3, 1 / 3, 1 - (1 - 0.05 / 3) ** 3),
        ("fdr_bh", 1 / 3, 1, 0.05),
    ],
)
def test_three_tests_of_a_run(correction: str, strictest: float, mildest: float, rate: float) -> None:
    small = Trial("ks", 1e-6, 0.05, 10, True, 500)
    tests = of(small, small, small, correction=correction)
    assert (tests.strictest, tests.mildest) == pytest.approx((strictest, mildest))
    assert tests.alarms_per_month() == pytest.approx(30 * rate)
    assert tests.at_level(0.01).alarms_per_run() < rate / 4


def test_tests_without_p_value_stand_beside_the_family() -> None:
    tests = of(Trial("ks", 1e-6, 0.05, 10, True, 500), WASSERSTEIN)
    assert tests.judged == 1
    assert tests.alarms_per_run() == pytest.approx(1 - 0.95 * (1 - WASSERSTEIN.by_chance()))
    assert tests.at_level(0.01).trials[1] == (1, WASSERSTEIN)


def test_more_rows_raise_fewer_alarms() -> None:
    tests = of(WASSERSTEIN, PSI)
    assert tests.of(2000).alarms_per_run() < tests.alarms_per_run() / 100


CRONS = [
    "*/15 * * * *",
    "0 */6 * * *",
    "30 6 * * *",
    "0 0 * * 1",
    "0 0 1 * *",
    "0,30 8-18/2 1 * *",
    "0 5 1,15 3 1-5",
]


@pytest.mark.parametrize("cron", CRONS)
def test_runs_per_month(cron: str) -> None:
    start, fired = datetime(2025, 12, 31, 23, 59, tzinfo=UTC), 0
    for at in CronSim(cron, start):
        if at >= start + timedelta(days=365, minutes=1):
            break
        fired += 1
    assert runs_per_month(cron) == pytest.approx(fired * 30 / 365)


def test_rows_that_tell_an_improvement() -> None:
    wanted = Improvement("accuracy", "rows", 0.9, False, 0.01, 0.09, True)
    rows = wanted.rows(0.01)
    assert rows == int(np.ceil(2 * stats.norm.ppf(0.975) ** 2 * 0.09 / 0.01**2))
    assert wanted.difference(rows) == pytest.approx(0.01, rel=1e-3)


def _distances(
    shift: float, columns: int, runs: int = 1500
) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """Return the KS distance of 500 normal rows to the normal distribution, per run and column."""
    rows = KS.rows
    sample = np.random.default_rng(7).normal(shift, size=(runs * columns, rows)).astype("float32")
    sample.sort(axis=1)
    expected = stats.norm.cdf(sample)
    ranks = np.arange(rows + 1) / rows
    farthest = np.maximum(ranks[1:] - expected, expected - ranks[:-1]).max(axis=1)
    return farthest.reshape(runs, columns)


def test_the_stated_rates_are_what_happens() -> None:
    few = Trial("ks", 0.06, 0.05, 10, True, 500)
    p = stats.kstwo.sf(_distances(0, 3), 500)
    alarms = ((p < 0.05) & (p <= stats.kstwo.sf(0.06, 500))).any(axis=1).mean()
    assert alarms == pytest.approx(of(few, few, few, correction="none").alarms_per_run(), abs=0.02)
    adjusted = np.sort(p, axis=1) * 3 / np.arange(1, 4)
    assert (adjusted < 0.05).any(axis=1).mean() == pytest.approx(0.05, abs=0.02)


def test_the_stated_shift_is_found() -> None:
    shift = KS.smallest(share=1 / 3)
    assert shift is not None

    def found(moved: float) -> float:
        distances = _distances(moved, 1)
        return float(((stats.kstwo.sf(distances, 500) < 0.05 / 3) & (distances >= 0.1)).mean())

    assert found(shift) >= POWER
    assert found(0.75 * shift) < POWER
