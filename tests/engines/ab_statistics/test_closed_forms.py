"""Closed forms are those of statsmodels and scipy, and intervals hold what their test does not reject."""

import inspect
import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

CLOSE = {"rel": 1e-9, "abs": 1e-9}
SIZES = st.integers(1, 200_000)
AMOUNTS = st.one_of(st.just(0.0), st.floats(1e-3, 0.5))
BETTER = st.sampled_from(["higher", "lower"])
LARGER = {"higher": "larger", "lower": "smaller"}
many = settings(deadline=None, max_examples=300)
some = settings(many, max_examples=60)


@pytest.fixture(scope="module")
def theirs() -> Callable[..., Any]:
    """Return statsmodels' score test, with the mistake mended that its issue 10269 tells of."""
    from statsmodels.stats import proportion

    text = inspect.getsource(proportion.score_test_proportions_2indep)
    space = dict(vars(proportion))
    exec(text.replace("(count0 * diff - nobs", "(nobs0 * diff - nobs"), space)
    found: Callable[..., Any] = space["score_test_proportions_2indep"]
    return found


def counts(data: st.DataObject) -> tuple[int, int]:
    n = data.draw(SIZES)
    return data.draw(st.integers(0, n)), n


@many
@given(data=st.data(), amount=AMOUNTS, better=BETTER, kind=st.sampled_from(["absolute", "relative"]))
def test_two_proportions_with_a_margin_are_statsmodels(
    ops: SimpleNamespace,
    theirs: Callable[..., Any],
    data: st.DataObject,
    amount: float,
    better: str,
    kind: str,
) -> None:
    treatment, control = counts(data), counts(data)
    ours = ops.statistics.proportions(treatment, control, {kind: amount}, better, 0.05)
    assume(not ours.why)
    sign = 1 if better == "higher" else -1
    value = sign * amount if kind == "absolute" else 1 + sign * amount
    known = theirs(
        *treatment,
        *control,
        value=value,
        compare="diff" if kind == "absolute" else "ratio",
        alternative=LARGER[better],
    )
    # Of one unit in an arm it divides nothing by nothing.
    assume(not math.isnan(float(known.pvalue)))
    assert ours.p_value == pytest.approx(float(known.pvalue), **CLOSE)


@many
@given(data=st.data(), better=BETTER)
def test_two_proportions_without_one_are_statsmodels_as_it_is(
    ops: SimpleNamespace, data: st.DataObject, better: str
) -> None:
    from statsmodels.stats.proportion import test_proportions_2indep as published

    treatment, control = counts(data), counts(data)
    ours = ops.statistics.proportions(treatment, control, {}, better, 0.05)
    assume(not ours.why)
    with np.errstate(all="ignore"):
        known = published(*treatment, *control, method="score", alternative=LARGER[better])
    assert ours.p_value == pytest.approx(float(known.pvalue), **CLOSE)


@many
@given(data=st.data(), offset=st.floats(-0.9, 0.9).filter(lambda each: abs(each) > 1e-3))
def test_proportions_a_margin_apart_are_the_likeliest_ones(
    ops: SimpleNamespace, data: st.DataObject, offset: float
) -> None:
    (x1, n1), (x0, n0) = counts(data), counts(data)
    edge = ops.margin.Null(1, 1.0, offset)
    p1, p0 = (float(each) for each in ops.contrasts.likeliest((x1, n1), (x0, n0), edge))

    def unlikely(at: float) -> float:
        sides = ((x1, n1, at + offset), (x0, n0, at))
        logs = (stats.binom.logpmf(x, n, min(max(p, 0.0), 1.0)) for x, n, p in sides)
        return -float(sum(logs)) / (n1 + n0)

    assert p1 == pytest.approx(p0 + offset, abs=1e-12)
    bounds = (max(0.0, -offset), min(1.0, 1 - offset))
    best = optimize.minimize_scalar(unlikely, bounds=bounds, method="bounded", options={"xatol": 1e-11})
    assert unlikely(p0) <= best.fun + 1e-9


@many
@given(data=st.data())
def test_an_arm_s_own_interval_is_wilson_s(ops: SimpleNamespace, data: st.DataObject) -> None:
    from statsmodels.stats.proportion import proportion_confint

    successes, n = counts(data)
    known = proportion_confint(successes, n, method="wilson")
    assert ops.intervals.wilson(successes, n) == pytest.approx(known, **CLOSE)


@some
@given(data=st.data(), amount=AMOUNTS, better=BETTER, alpha=st.sampled_from([0.05, 0.01, 1e-4]))
@pytest.mark.parametrize("kind", ["absolute", "relative"])
def test_an_interval_excludes_the_margin_where_its_test_rejects(
    ops: SimpleNamespace, data: st.DataObject, amount: float, better: str, alpha: float, kind: str
) -> None:
    found = ops.statistics.proportions(counts(data), counts(data), {kind: amount}, better, alpha)
    assume(not found.why and abs(found.p_value - alpha) > 1e-7 and (amount or kind == "absolute"))
    low, high = (found.low, found.high) if kind == "absolute" else found.change[1:]
    assert found.better == (low > amount if better == "higher" else high < -amount)
    assert found.low <= found.difference <= found.high


@pytest.mark.parametrize("alpha", [0.1, 0.025])
def test_the_interval_of_a_ratio_is_statsmodels(ops: SimpleNamespace, alpha: float) -> None:
    from statsmodels.stats.proportion import confint_proportions_2indep

    for treatment, control in (((60, 1000), (50, 1000)), ((9, 40), (70, 90)), ((0, 30), (4, 300))):
        low, high = confint_proportions_2indep(
            *treatment, *control, method="score", compare="ratio", alpha=2 * alpha
        )
        found = ops.statistics.proportions(treatment, control, {"relative": 0.01}, "higher", alpha)
        assert found.change[1:] == pytest.approx((low - 1, high - 1), abs=1e-8)


def arrays() -> st.SearchStrategy[Any]:
    seeds = st.integers(0, 2**32 - 1)
    shapes = st.tuples(seeds, st.integers(2, 400), st.floats(-5, 5), st.floats(0.01, 30))
    return shapes.map(lambda of: np.random.default_rng(of[0]).normal(of[2], of[3], of[1]))


@some
@given(treatment=arrays(), control=arrays(), amount=AMOUNTS, better=BETTER)
def test_means_a_margin_apart_are_welch_s_test_of_scipy(
    ops: SimpleNamespace, treatment: Any, control: Any, amount: float, better: str
) -> None:
    ours = ops.statistics.means(treatment, control, {"absolute": amount}, better, 0.05)
    sign, side = (1, "greater") if better == "higher" else (-1, "less")
    known = stats.ttest_ind(treatment - sign * amount, control, equal_var=False, alternative=side)
    assert ours.p_value == pytest.approx(float(known.pvalue), **CLOSE)
    both = stats.ttest_ind(treatment, control, equal_var=False).confidence_interval(0.9)
    scale = max(1.0, abs(both.low), abs(both.high))
    assert (ours.low, ours.high) == pytest.approx((both.low, both.high), rel=1e-9, abs=1e-9 * scale)
    own = stats.ttest_1samp(treatment, 0).confidence_interval(0.95)
    assert ours.treatment_interval == pytest.approx((own.low, own.high), **CLOSE)


@some
@given(treatment=arrays(), control=arrays(), amount=AMOUNTS, better=BETTER)
def test_a_relative_margin_of_means_is_fieller_s_contrast(
    ops: SimpleNamespace, treatment: Any, control: Any, amount: float, better: str
) -> None:
    ours = ops.statistics.means(treatment, control + 20, {"relative": amount}, better, 0.05)
    assume(amount and not ours.why)
    ratio, side = (1 + amount, "greater") if better == "higher" else (1 - amount, "less")
    known = stats.ttest_ind(treatment, ratio * (control + 20), equal_var=False, alternative=side)
    assert ours.p_value == pytest.approx(float(known.pvalue), **CLOSE)
    # The ends of the interval are the ratios that a test of level 5% just rejects.
    for end, tail in ((ours.change[1], "greater"), (ours.change[2], "less")):
        if math.isfinite(end):
            there = stats.ttest_ind(treatment, (1 + end) * (control + 20), equal_var=False, alternative=tail)
            assert float(there.pvalue) == pytest.approx(0.05, rel=1e-6)


@many
@given(control=st.integers(25, 10**7), share=st.floats(0.005, 0.995), seed=st.integers(0, 2**32 - 1))
def test_mismatch_is_scipy_s(ops: SimpleNamespace, control: int, share: float, seed: int) -> None:
    total = 2 * control
    treatment = int(np.random.default_rng(seed).binomial(total, share))
    found = ops.statistics.mismatch({"control": total - treatment, "treatment": treatment}, share)
    expected = [total * (1 - share), total * share]
    if min(expected) < 25:
        known = stats.binomtest(treatment, total, share).pvalue
    else:
        known = stats.chisquare([total - treatment, treatment], expected).pvalue
    assert found == pytest.approx(float(known), **CLOSE)


@many
@given(units=st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)), shares=st.tuples(AMOUNTS, AMOUNTS))
def test_missing_outcomes_are_scipy_s(
    ops: SimpleNamespace, units: tuple[int, int], shares: tuple[float, float]
) -> None:
    known = [round(n * share) for n, share in zip(units, shares, strict=True)]
    names = ("control", "treatment")
    found = ops.statistics.missing(dict(zip(names, known, strict=True)), dict(zip(names, units, strict=True)))
    table = np.array([known, [n - some for n, some in zip(units, known, strict=True)]])
    if not known[0] + known[1]:
        assert found == 1
    elif stats.contingency.expected_freq(table).min() < 25:
        assert found == pytest.approx(float(stats.fisher_exact(table).pvalue), **CLOSE)
    else:
        assert found == pytest.approx(float(stats.chi2_contingency(table, correction=False).pvalue), **CLOSE)
