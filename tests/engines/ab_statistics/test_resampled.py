"""Metrics that are no mean of units: the draws are honest, bounded in their work, and repeatable."""

import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats


def labelled(n: int, figure: float, seed: int, positive: float = 0.1) -> tuple[Any, Any]:
    """Return outcomes and answers with precision and recall of about `figure`."""
    chance = np.random.default_rng(seed)
    true, luck = chance.random(n) < positive, chance.random(n)
    wrong = positive * (1 - figure) / (1 - positive)
    return true.astype(int), np.where(true, luck < figure, luck < wrong).astype(int)


@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
def test_counts_give_the_metric_of_the_rows(ops: SimpleNamespace, name: str) -> None:
    metric, arm = getattr(ops.metrics, name), labelled(5_000, 0.8, 1)
    found = ops.bootstrap.resampled(metric, arm, labelled(9_000, 0.7, 2), {}, "higher", 0.05, 1)
    assert found.treatment == pytest.approx(metric(*arm), abs=1e-12)
    low, high = found.treatment_interval
    assert low < found.treatment < high
    # As wide as the plain bootstrap of rows says, to the precision of its draws.
    plain = stats.bootstrap(
        arm, metric, paired=True, n_resamples=400, vectorized=False, rng=1, method="percentile"
    )
    assert high - low == pytest.approx(
        plain.confidence_interval.high - plain.confidence_interval.low, rel=0.15
    )


def test_without_a_link_the_draws_are_about_the_score_test(ops: SimpleNamespace) -> None:
    metric, edge = ops.counted.COUNTED[ops.metrics.recall], ops.margin.null({"relative": 0.03}, "higher")
    arms = (850, 1_000), (3_200, 4_000)
    assert float(ops.counted.score(metric, *arms, edge)) == pytest.approx(
        float(ops.contrasts.score(*arms, edge)) * (5_000 / 4_999) ** 0.5, abs=1e-9
    )
    p, _ = ops.counted.drawn(metric, *arms, edge, np.random.default_rng(0), 100_000)
    assert float(p) == pytest.approx(
        ops.statistics.proportions(*arms, {"relative": 0.03}, "higher", 0.05).p_value, abs=0.005
    )


@pytest.mark.parametrize(
    "margin", [{}, {"absolute": 0.03}, {"relative": 0.03}], ids=["none", "absolute", "relative"]
)
@pytest.mark.parametrize("name", ["f1", "roc_auc"])
def test_an_interval_excludes_the_margin_where_it_is_better(
    ops: SimpleNamespace, name: str, margin: dict[str, float]
) -> None:
    metric, verdicts = getattr(ops.metrics, name), set()
    for seed in range(8):
        arms = labelled(1_500, 0.9, seed), labelled(4_000, 0.75, 100 + seed)
        if name == "roc_auc":
            arms = tuple(
                (true, made + 0.3 * np.random.default_rng(seed).normal(size=len(made))) for true, made in arms
            )
        found = ops.bootstrap.resampled(metric, *arms, margin, "higher", 0.05, seed, 100)
        low = found.change[1] if "relative" in margin else found.low
        assert found.better == (low > sum(margin.values()))
        verdicts.add(found.better)
    assert True in verdicts


def test_lower_is_better_is_the_same_seen_from_the_other_side(ops: SimpleNamespace) -> None:
    one, other = labelled(2_000, 0.85, 1), labelled(2_000, 0.7, 2)
    up = ops.bootstrap.resampled(ops.metrics.f1, one, other, {}, "higher", 0.05, 1)
    down = ops.bootstrap.resampled(ops.metrics.f1, other, one, {}, "lower", 0.05, 1)
    assert up.better and down.better
    assert (down.low, down.high) == pytest.approx((-up.high, -up.low), abs=0.003)


def test_equal_seeds_give_equal_results(ops: SimpleNamespace) -> None:
    chance = np.random.default_rng(0)
    arms = [
        (true, true + chance.normal(size=len(true)))
        for true in (chance.integers(0, 2, n) for n in (300, 500))
    ]
    for metric in (ops.metrics.roc_auc, ops.metrics.f1):
        asked = [(t, (p > 0.5).astype(int) if metric is ops.metrics.f1 else p) for t, p in arms]
        one, same, other = (
            ops.bootstrap.resampled(metric, *asked, {}, "higher", 0.05, seed, 100) for seed in (7, 7, 8)
        )
        assert one == same
        assert one != other


@pytest.mark.parametrize("name", ["roc_auc", "rmse", "r2"])
def test_the_deviation_is_that_of_scipy_s_bootstrap(ops: SimpleNamespace, name: str) -> None:
    metric, chance = getattr(ops.metrics, name), np.random.default_rng(3)
    true = chance.integers(0, 2, 400) if name == "roc_auc" else chance.normal(size=400)
    arm = true, true + chance.normal(size=400) * 0.7
    higher = name != "rmse"
    found = ops.errors.measured(metric, *arm, higher, chance, 1_500)
    known = stats.bootstrap(
        arm, metric, paired=True, n_resamples=1_500, vectorized=False, rng=2, method="basic"
    )
    left = abs(ops.errors.error(found.figure, higher))
    # Both are of 1,500 draws, each known to two per cent.
    assert found.deviation * left == pytest.approx(float(known.standard_error), rel=0.1)


def test_larger_arms_are_drawn_in_part_and_scaled(
    ops: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = np.random.default_rng(4)
    true = chance.normal(size=4_000)
    arm = true, true + chance.normal(size=4_000)
    whole = ops.errors.measured(ops.metrics.rmse, *arm, False, np.random.default_rng(1), 1_000)
    monkeypatch.setattr(ops.errors, "ROWS", 500)
    part = ops.errors.measured(ops.metrics.rmse, *arm, False, np.random.default_rng(1), 1_000)
    assert part.figure == whole.figure
    assert part.deviation == pytest.approx(whole.deviation, rel=0.1)


def test_without_a_margin_the_distance_is_the_difference_of_logarithms(ops: SimpleNamespace) -> None:
    one, other = ops.errors.Error(0.9, np.log(0.1), 0.04), ops.errors.Error(0.88, np.log(0.12), 0.02)
    found = ops.errors.distance(one, other, ops.margin.null({}, "higher"), True)
    assert found == pytest.approx(np.log(0.12 / 0.1) / np.hypot(0.04, 0.02), rel=1e-6)
    assert ops.errors.distance(other, one, ops.margin.null({}, "higher"), True) == pytest.approx(
        -found, rel=1e-6
    )
    # A margin that is just exceeded is the edge itself.
    assert ops.errors.distance(
        one, other, ops.margin.null({"absolute": 0.02}, "higher"), True
    ) == pytest.approx(0, abs=1e-6)


def test_a_million_rows_cost_no_more_draws_than_a_thousand(ops: SimpleNamespace) -> None:
    arms = labelled(1_000_000, 0.8, 1), labelled(1_000_000, 0.79, 2)
    began = time.process_time()
    assert ops.bootstrap.resampled(ops.metrics.f1, *arms, {}, "higher", 0.05, 1).better
    assert time.process_time() - began < 5


def test_a_level_that_few_draws_reach_gets_more_of_them(ops: SimpleNamespace) -> None:
    """The first of five looks has a level of 1.2e-5: what is clear is seen there."""
    level = ops.spending.boundaries(5, 0.05)[0]
    found = ops.bootstrap.resampled(
        ops.metrics.f1, labelled(30_000, 0.9, 1), labelled(30_000, 0.7, 2), {}, "higher", level, 1
    )
    assert found.better and found.low > 0
