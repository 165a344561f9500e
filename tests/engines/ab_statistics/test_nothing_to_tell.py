"""What cannot be told is never better: an error, or a result that says why."""

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

NAN = float("nan")
MARGINS: list[dict[str, float]] = [{}, {"absolute": 0.01}, {"relative": 0.01}]


def undecided(found: Any, words: str) -> None:
    assert words in found.why
    assert (found.better, found.p_value) == (False, 1.0)
    assert found.low == found.high == found.difference
    assert found.change is None


@pytest.mark.parametrize("better", ["higher", "lower"])
def test_all_or_none_succeed_in_both_arms(ops: SimpleNamespace, better: str) -> None:
    undecided(ops.statistics.proportions((50, 50), (900, 900), {}, better, 0.05), "all of the units of both")
    undecided(ops.statistics.proportions((0, 50), (0, 900), {}, better, 0.05), "none of the units of both")
    for margin in MARGINS:
        for successes in (0, 1):
            arms = (50 * successes, 50), (900 * successes, 900)
            assert not ops.statistics.proportions(*arms, margin, better, 0.05).better


def test_nothing_is_a_share_of_0(ops: SimpleNamespace) -> None:
    undecided(ops.statistics.proportions((9, 100), (0, 900), {"relative": 0.1}, "higher", 0.05), "may be 0")
    values = np.random.default_rng(0).normal(0.001, 1, 500)
    undecided(ops.statistics.means(values + 9, values, {"relative": 0.1}, "higher", 0.05), "may be 0")
    # Two thirds of a loss of 3 is more than 2: without the sign it would be an improvement.
    undecided(ops.statistics.means(values - 3.1, values - 3, {"relative": 0.1}, "higher", 0.05), "may be 0")


@pytest.mark.parametrize(
    "arms", [((0, 0), (1, 9)), ((1, 9), (0, 0)), ((10, 9), (1, 9)), ((-1, 9), (1, 9)), ((1.5, 9), (1, 9))]
)
def test_counts_that_are_none(ops: SimpleNamespace, arms: Any) -> None:
    with pytest.raises(ValueError, match="is no proportion"):
        ops.statistics.proportions(*arms, {}, "higher", 0.05)


def test_values_that_are_all_the_same(ops: SimpleNamespace) -> None:
    values = np.arange(50.0)
    for one, other, name in ((values * 0 + 99, values, "treatment"), (values, values * 0, "control")):
        undecided(ops.statistics.means(one, other, {}, "higher", 0.05), f"all values of {name} are the same")
    undecided(ops.statistics.means([1.0] * 9, [0.1] * 9, {}, "higher", 0.05), "treatment and of control")


@pytest.mark.parametrize("values", [[], [1.0], [1.0, NAN], [1.0, math.inf]], ids=str)
def test_means_of_what_are_no_numbers(ops: SimpleNamespace, values: list[float]) -> None:
    for arms in ((values, [1.0, 2.0]), ([1.0, 2.0], values)):
        with pytest.raises(ValueError, match="two finite numbers or more"):
            ops.statistics.means(*arms, {}, "higher", 0.05)


@pytest.mark.parametrize(
    ("margin", "better", "words"),
    [
        ({"absolute": -0.1}, "higher", "at least 0"),
        ({"relative": NAN}, "higher", "at least 0"),
        ({"relative": 1.0}, "lower", "nothing is lower by 100%"),
        ({"absolute": 0.1, "relative": 0.1}, "higher", "absolute or relative"),
        ({"share": 0.1}, "higher", "absolute or relative"),
        ({}, "more", "higher or lower"),
        ({"absolute": 1.0}, "higher", "no proportion is better"),
    ],
)
def test_margins_that_make_no_sense(
    ops: SimpleNamespace, margin: dict[str, float], better: str, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        ops.statistics.proportions((5, 10), (50, 100), margin, better, 0.05)


@pytest.mark.parametrize("alpha", [0, 0.5, NAN])
def test_levels_that_are_none(ops: SimpleNamespace, alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha is above 0"):
        ops.statistics.means([1.0, 2.0], [1.0, 2.0], {}, "higher", alpha)


TWO = np.array([0, 1] * 50)
FLAT = np.zeros(100, dtype=int)


@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
def test_one_class_has_no_f1(ops: SimpleNamespace, name: str) -> None:
    metric = getattr(ops.metrics, name)
    for arms in (((FLAT, TWO), (TWO, TWO)), ((TWO, TWO), (FLAT + 1, TWO))):
        with pytest.raises(ValueError, match="one class only"):
            ops.bootstrap.resampled(metric, *arms, {}, "higher", 0.05, 1)


def test_what_is_never_predicted_has_no_precision(ops: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="no row that counts"):
        ops.bootstrap.resampled(ops.metrics.precision, (TWO, FLAT), (TWO, TWO), {}, "higher", 0.05, 1)


def test_counts_at_their_end_in_both_arms(ops: SimpleNamespace) -> None:
    found = ops.bootstrap.resampled(ops.metrics.f1, (TWO, TWO), (TWO, TWO), {}, "higher", 0.05, 1)
    undecided(found, "at its end in both arms")
    # Of one arm alone it is a finding like any other: here, of fifty positives in both.
    half = np.where(np.arange(100) % 4 == 1, 0, TWO)
    found = ops.bootstrap.resampled(ops.metrics.recall, (TWO, TWO), (TWO, half), {}, "higher", 0.05, 1)
    assert found.better and not found.why


def test_three_classes_have_no_f1(ops: SimpleNamespace) -> None:
    three = np.arange(90) % 3
    with pytest.raises(ValueError, match="two labels"):
        ops.bootstrap.resampled(ops.metrics.f1, (three, three), (TWO, TWO), {}, "higher", 0.05, 1)


def test_metrics_of_columns_without_one(ops: SimpleNamespace) -> None:
    chance = np.random.default_rng(0)
    sure, flat = chance.random(100), np.ones(100)
    good = (TWO, chance.random(100))
    for metric, arm in ((ops.metrics.roc_auc, (FLAT, sure)), (ops.metrics.r2, (flat, sure))):
        with pytest.raises(ValueError, match="of treatment: it is no number"):
            ops.bootstrap.resampled(metric, arm, good, {}, "higher", 0.05, 1, 20)
    # Ranked without a mistake, or one positive alone, which a third of the draws do not hold.
    for true, values in ((TWO, TWO + 0.0), (np.eye(100, dtype=int)[3], sure)):
        found = ops.bootstrap.resampled(ops.metrics.roc_auc, (true, values), good, {}, "higher", 0.05, 1, 50)
        undecided(found, "does not vary, or too few units")


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("lack", [NAN, None], ids=str)
def test_values_that_are_missing(ops: SimpleNamespace, place: int, lack: Any) -> None:
    arm = [TWO.astype(object), TWO.astype(object)]
    arm[place][5] = lack
    for metric in (ops.metrics.f1, ops.metrics.roc_auc):
        with pytest.raises(ValueError, match="values of control are missing"):
            ops.bootstrap.resampled(metric, (TWO, TWO), tuple(arm), {}, "higher", 0.05, 1)


@pytest.mark.parametrize("arm", [([], []), ([1, 0], [1])], ids=["empty", "ragged"])
def test_columns_that_do_not_fit(ops: SimpleNamespace, arm: Any) -> None:
    with pytest.raises(ValueError, match=r"treatment has . outcomes and . predictions"):
        ops.bootstrap.resampled(ops.metrics.f1, arm, (TWO, TWO), {}, "higher", 0.05, 1)


def test_sizes_that_are_none(ops: SimpleNamespace) -> None:
    for counts, share in (({"control": 0, "treatment": 0}, 0.1), ({"control": -1, "treatment": 5}, 0.1)):
        with pytest.raises(ValueError, match=r"no units|no counts"):
            ops.statistics.mismatch(counts, share)
    with pytest.raises(ValueError, match="a share is between"):
        ops.statistics.mismatch({"control": 1, "treatment": 1}, 1.0)
    for known in ({"control": 9, "treatment": 1}, {"control": 0, "treatment": 0}):
        with pytest.raises(ValueError, match="are no parts of them"):
            ops.statistics.missing(known, {"control": 0, "treatment": 4})


SMALL = st.tuples(st.integers(0, 12), st.integers(1, 12)).map(lambda each: (min(each), each[1]))


@settings(deadline=None, max_examples=300)
@given(
    treatment=SMALL,
    control=SMALL,
    margin=st.sampled_from(MARGINS),
    better=st.sampled_from(["higher", "lower"]),
)
def test_whoever_is_better_has_the_better_figure(
    ops: SimpleNamespace, treatment: Any, control: Any, margin: dict[str, float], better: str
) -> None:
    found = ops.statistics.proportions(treatment, control, margin, better, 0.05)
    assert 0 <= found.p_value <= 1
    assert all(math.isfinite(each) for each in (found.low, found.high, *(found.change or ())))
    sign = 1 if better == "higher" else -1
    assert not found.better or sign * found.difference > 0
