"""The statistics equal those of scipy; each is computed from counts of values."""

from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

Ops = dict[str, ModuleType]
TOLERANCE = {"rel": 1e-9, "abs": 1e-12}
SAMPLES = {
    "normal": lambda g, rows: g.normal(size=rows),
    "ties": lambda g, rows: g.integers(0, 12, rows),
    "heavy tails": lambda g, rows: g.standard_t(2, rows) * 1e6,
    "mostly zero": lambda g, rows: np.where(g.random(rows) < 0.8, 0.0, g.exponential(size=rows)),
}


def pair(ops: Ops, then: Any, now: Any) -> Any:
    """Return the counts of two samples."""
    data, axis = ops["drift_data"], ("x", np.asarray(then).dtype.kind in "iufb")
    samples = tuple(data.Sample(pd.DataFrame({"x": side}), len(side)) for side in (then, now))
    return ops["drift_pairs"].pairs((None, None), samples, [axis])[axis]


@pytest.mark.parametrize("sizes", [(500, 700), (10_000, 9_999), (10_001, 600), (30_000, 20_000)])
@pytest.mark.parametrize("kind", SAMPLES)
def test_ks_and_wasserstein_are_scipys(programs: Ops, kind: str, sizes: tuple[int, int]) -> None:
    from scipy import stats

    g, statistics = np.random.default_rng(sizes[0]), programs["drift_statistics"]
    then, now = SAMPLES[kind](g, sizes[0]), SAMPLES[kind](g, sizes[1]) * 1.05
    both, expected = pair(programs, then, now), stats.ks_2samp(then, now)
    found = statistics.ks(both)
    assert (found.statistic, found.p) == (
        pytest.approx(expected.statistic, **TOLERANCE),
        pytest.approx(expected.pvalue, **TOLERANCE),
    )
    moved = stats.wasserstein_distance(then, now) / np.std(then)
    assert statistics.wasserstein(both).effect == pytest.approx(moved, **TOLERANCE)


def test_the_effect_of_categories_does_not_depend_on_the_size_of_the_reference(programs: Ops) -> None:
    now = np.repeat(["a", "b"], [450, 50])
    effects = [
        programs["drift_statistics"].chi2(pair(programs, np.repeat(["a", "b"], rows // 2), now)).effect
        for rows in (500, 5_000, 100_000, 1_000_000)
    ]
    assert effects == pytest.approx([0.4364] * 4, abs=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_chi2_is_scipys(programs: Ops, seed: int) -> None:
    from scipy import stats
    from scipy.stats.contingency import association

    g, names = np.random.default_rng(seed), np.array(["a", "b", "c"])
    then, now = g.choice(names, 800, p=[0.5, 0.3, 0.2]), g.choice(names, 800, p=[0.45, 0.3, 0.25])
    table = [[int((side == name).sum()) for name in names] for side in (then, now)]
    expected, found = (
        stats.chi2_contingency(table, correction=False),
        programs["drift_statistics"].chi2(pair(programs, then, now)),
    )
    assert (found.statistic, found.p) == (
        pytest.approx(expected.statistic, **TOLERANCE),
        pytest.approx(expected.pvalue, **TOLERANCE),
    )
    assert found.effect == pytest.approx(association(np.array(table), method="cramer"), **TOLERANCE)


def test_rare_categories_are_put_together(programs: Ops) -> None:
    then, now = (
        ["a"] * 500 + ["b"] * 500 + [f"r{i}" for i in range(20)],
        ["a"] * 500 + ["b"] * 500 + [f"s{i}" for i in range(20)],
    )
    reference, current = programs["drift_statistics"].pooled(
        *(getattr(pair(programs, np.array(then), np.array(now)), side) for side in ("reference", "current"))
    )
    assert (reference.tolist(), current.tolist()) == ([500, 500, 20], [500, 500, 20])


def test_msd_pairs_equal_quantiles(programs: Ops) -> None:
    g, msd = np.random.default_rng(0), programs["drift_statistics"].msd
    then, now = g.normal(size=2000), g.normal(0.3, 1.2, size=2000)
    expected = np.mean((np.sort(then) - np.sort(now)) ** 2)
    assert msd(pair(programs, then, now)).effect == pytest.approx(expected, rel=1e-9)
    assert msd(pair(programs, then, np.repeat(now, 3))).effect == pytest.approx(expected, rel=1e-9)
    assert msd(pair(programs, then, then)).effect == 0


def test_psi_is_over_deciles_of_the_reference(programs: Ops) -> None:
    g = np.random.default_rng(0)
    then, now = g.normal(size=5000), g.normal(0.5, size=4000)
    edges = np.quantile(then, np.arange(1, 10) / 10, method="inverted_cdf")
    shares = [np.bincount(np.searchsorted(edges, side), minlength=10) / len(side) for side in (then, now)]
    expected = np.sum((shares[1] - shares[0]) * np.log(shares[1] / shares[0]))
    found = programs["drift_statistics"].psi(pair(programs, then, now))
    assert found.statistic == pytest.approx(expected, rel=1e-9)
    assert found.effect == pytest.approx(expected - 9 * (1 / 5000 + 1 / 4000), rel=1e-9)


def test_psi_of_a_flag_has_a_bin_for_each_value(programs: Ops) -> None:
    then, now = np.array([0] * 980 + [1] * 20), np.array([0] * 900 + [1] * 100)
    found = programs["drift_statistics"].psi(pair(programs, then, now))
    assert found.statistic == pytest.approx(0.08 * np.log(5) - 0.08 * np.log(0.9 / 0.98), rel=1e-9)


def test_psi_of_many_categories_in_few_rows_is_about_zero(programs: Ops) -> None:
    g = np.random.default_rng(0)
    found = [
        programs["drift_statistics"].psi(pair(programs, *(g.integers(0, 60, 600).astype(str) for _ in "ab")))
        for _ in range(50)
    ]
    assert max(each.effect for each in found) < 0.2 < np.mean([each.statistic for each in found])


def test_of_a_constant_reference_any_move_is_endless(programs: Ops) -> None:
    wasserstein = programs["drift_statistics"].wasserstein
    assert wasserstein(pair(programs, [1.0] * 9, [2.0] * 9)).effect == np.inf
    assert wasserstein(pair(programs, [1.0] * 9, [1.0] * 9)).effect == 0


@pytest.mark.parametrize("seed", range(5))
def test_corrections_are_scipys(programs: Ops, seed: int) -> None:
    from scipy import stats

    p = np.random.default_rng(seed).random(12) ** 3
    corrected = programs["drift_statistics"].corrected
    assert corrected(p, "fdr_bh") == pytest.approx(stats.false_discovery_control(p, method="bh"), rel=1e-12)
    assert corrected(p, "bonferroni") == pytest.approx(np.minimum(1, p * 12), rel=1e-12)
    assert corrected(p, "none") == pytest.approx(p, rel=1e-12)
    assert [corrected([], method) for method in ("none", "bonferroni", "fdr_bh")] == [[], [], []]
