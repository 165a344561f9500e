"""2,000 simulated tests: how often a version is promoted that is just not better by the margin.

A tenth of the units is the treatment's, as by default. Three standard errors of 2,000 tests are allowed.
"""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.engines.ab_statistics.simulated import TESTS, crossed, edge_of, looked, most, parts, seeded

ALPHA = 0.05
LOOKS = [1, 3, 5]
MARGINS: list[dict[str, float]] = [{}, {"absolute": 0.02}, {"relative": 0.05}]
NAMES = ["none", "absolute", "relative"]


@pytest.mark.parametrize("looks", LOOKS)
@pytest.mark.parametrize("margin", MARGINS, ids=NAMES)
@pytest.mark.parametrize(("better", "level"), [("higher", 0.85), ("lower", 0.08)])
def test_proportions_on_the_edge(
    ops: SimpleNamespace, margin: dict[str, float], better: str, level: float, looks: int
) -> None:
    chance, edge = seeded("proportions", margin, better, looks), ops.margin.null(margin, better)
    sizes = parts(1_000, looks), parts(9_000, looks)
    arms = [
        (chance.binomial(size, p, (TESTS, looks)).cumsum(axis=1), size.cumsum())
        for size, p in zip(sizes, (edge_of(margin, better, level), level), strict=True)
    ]
    p_values = stats.norm.sf(ops.contrasts.score(*arms, edge))
    promoted = crossed(ops, p_values, looks, ALPHA)
    assert promoted.mean() <= most(ALPHA)
    # What decides in the repository says the same of some of them.
    levels = ops.spending.boundaries(looks, ALPHA)
    for test in range(0, TESTS, TESTS // 10):
        (x1, n1), (x0, n0) = ((int(x[test, -1]), int(n[-1])) for x, n in arms)
        found = ops.statistics.proportions((x1, n1), (x0, n0), margin, better, levels[-1])
        assert found.p_value == pytest.approx(p_values[test, -1], abs=1e-12)
        assert found.better == (p_values[test, -1] <= levels[-1])


@pytest.mark.parametrize("looks", LOOKS)
@pytest.mark.parametrize("margin", MARGINS, ids=NAMES)
@pytest.mark.parametrize("better", ["higher", "lower"])
def test_means_on_the_edge(ops: SimpleNamespace, margin: dict[str, float], better: str, looks: int) -> None:
    """Of skewed values (gamma, shape 4), the treatment's with another variance than control's."""
    chance, edge = seeded("means", margin, better, looks), ops.margin.null(margin, better)
    aim = edge_of(margin, better, 1.0)
    arms = [
        looked(mean * (1 + spread * (chance.gamma(4, 0.25, (TESTS, n)) - 1)), looks)
        for mean, spread, n in ((aim, 1.3, 500), (1.0, 1.0, 4_500))
    ]
    p_values = stats.t.sf(*ops.contrasts.welch(*arms, edge))
    assert crossed(ops, p_values, looks, ALPHA).mean() <= most(ALPHA)


@pytest.mark.parametrize("looks", LOOKS)
@pytest.mark.parametrize("margin", MARGINS, ids=NAMES)
@pytest.mark.parametrize("name", ["f1", "precision"])
def test_f1_and_precision_on_the_edge(
    ops: SimpleNamespace, margin: dict[str, float], name: str, looks: int
) -> None:
    """Of which a hundred rows of the treatment's are positive: there the usual bootstrap promotes 7 in 100."""
    chance, edge = seeded(name, margin, looks), ops.margin.null(margin, "higher")
    metric = ops.counted.COUNTED[getattr(ops.metrics, name)]
    figures = edge_of(margin, "higher", 0.8), 0.8
    arms = []
    for figure, n in zip(figures, (1_000, 9_000), strict=True):
        # All of the positives are found, or missed, as often as there is a false alarm.
        cells = 0.1 * figure, 0.1 * (1 - figure), 0.1 * (1 - figure)
        drawn = chance.multinomial(parts(n, looks), [*cells, 1 - sum(cells)], (TESTS, looks)).cumsum(axis=1)
        counted = drawn[..., :3] if name == "f1" else drawn[..., :2]
        arms.append((drawn[..., 0], counted.sum(axis=-1)))
    p_values = _drawn(ops, metric, arms, edge, chance)
    assert crossed(ops, p_values, looks, ALPHA).mean() <= most(ALPHA)


def _drawn(ops: SimpleNamespace, metric: Any, arms: Any, edge: Any, chance: Any, draws: int = 400) -> Any:
    """Return p-values, a hundred tests at a time for the memory that their draws take."""
    found = [
        ops.counted.drawn(
            metric, *[(x[at : at + 100], n[at : at + 100]) for x, n in arms], edge, chance, draws
        )[0]
        for at in range(0, TESTS, 100)
    ]
    return np.concatenate(found)


SOME = 250


@pytest.mark.parametrize("margin", [{}, {"absolute": 0.02}], ids=["none", "absolute"])
def test_roc_auc_on_the_edge(ops: SimpleNamespace, margin: dict[str, float]) -> None:
    """Near 1, and of 40 positives of the treatment's: without the errors' logarithms, 10 in 100 are promoted."""
    chance = seeded("roc_auc", margin)

    def arm(area: float, n: int) -> tuple[Any, Any]:
        true = chance.random(n) < 0.2
        return true, chance.normal(size=n) + true * stats.norm.ppf(area) * 2**0.5

    found = [
        ops.bootstrap.resampled(
            ops.metrics.roc_auc,
            arm(edge_of(margin, "higher", 0.94), 200),
            arm(0.94, 800),
            margin,
            "higher",
            ALPHA,
            seed,
            60,
        ).better
        for seed in range(SOME)
    ]
    assert np.mean(found) <= most(ALPHA, SOME)


@pytest.mark.parametrize("margin", [{}, {"relative": 0.1}], ids=["none", "relative"])
def test_rmse_on_the_edge(ops: SimpleNamespace, margin: dict[str, float]) -> None:
    chance = seeded("rmse", margin)
    found = []
    for seed in range(SOME):
        true = [chance.normal(size=n) for n in (100, 900)]
        wrong = [
            each + s * chance.normal(size=len(each))
            for each, s in zip(true, (edge_of(margin, "lower", 0.5), 0.5), strict=True)
        ]
        arms = list(zip(true, wrong, strict=True))
        found.append(
            ops.bootstrap.resampled(ops.metrics.rmse, *arms, margin, "lower", ALPHA, seed, 100).better
        )
    assert np.mean(found) <= most(ALPHA, SOME)


def test_sizes_as_planned_are_seldom_called_a_mismatch(ops: SimpleNamespace) -> None:
    chance, rounds = seeded("mismatch"), 20_000
    for total, share in ((2_000, 0.1), (100_000, 0.5), (300, 0.02)):
        counts, often = np.unique(chance.binomial(total, share, rounds), return_counts=True)
        p = [ops.statistics.mismatch({"control": total - int(n), "treatment": int(n)}, share) for n in counts]
        assert often[np.array(p) < 0.001].sum() / rounds <= most(0.001, rounds)


def test_outcomes_that_lack_alike_are_seldom_called_a_difference(ops: SimpleNamespace) -> None:
    chance, rounds = seeded("missing"), 4_000
    units = {"control": 1_800, "treatment": 200}
    known = chance.binomial([1_800, 200], 0.3, (rounds, 2))
    pairs, often = np.unique(known, axis=0, return_counts=True)
    p = [ops.statistics.missing({"control": int(c), "treatment": int(t)}, units) for c, t in pairs]
    assert often[np.array(p) < 0.001].sum() / rounds <= most(0.001, rounds)


def test_a_mismatch_is_caught(ops: SimpleNamespace) -> None:
    assert ops.statistics.mismatch({"control": 88_000, "treatment": 12_000}, 0.1) < 1e-9
    assert ops.statistics.mismatch({"control": 95, "treatment": 45}, 0.1) < 0.001
    assert ops.statistics.mismatch({"control": 9_012, "treatment": 988}, 0.1) > 0.1
    known, units = {"control": 5_000, "treatment": 400}, {"control": 9_000, "treatment": 1_000}
    assert ops.statistics.missing(known, units) < 0.001
    assert ops.statistics.missing(units, units) == 1
