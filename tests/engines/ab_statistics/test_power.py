"""With the sample that ab_power asks for, the planned effect is seen as often as it says."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.engines.ab_statistics.simulated import TESTS, crossed, looked, parts, seeded

ALPHA, POWER, SHARE = 0.05, 0.8, 0.1
# Three standard errors of 2,000 tests that see it in four of five.
ERROR = 3 * (POWER * (1 - POWER) / TESTS) ** 0.5
CASES: list[tuple[dict[str, float], dict[str, float]]] = [
    ({}, {"relative": 0.05}),
    ({"absolute": 0.02}, {"absolute": 0.06}),
    ({"relative": 0.02}, {"relative": 0.06}),
]
NAMES = ["none", "absolute", "relative"]
looks_and_cases = [
    pytest.mark.parametrize("looks", [1, 3, 5]),
    pytest.mark.parametrize(("margin", "effect"), CASES, ids=NAMES),
]


def each_case(test: Any) -> Any:
    for mark in looks_and_cases:
        test = mark(test)
    return test


@each_case
def test_proportions(
    ops: SimpleNamespace, margin: dict[str, float], effect: dict[str, float], looks: int
) -> None:
    plan = ops.power.Plan("proportion", 0.8, margin, effect, "higher", ALPHA, POWER, SHARE, looks)
    chance, sizes = seeded("power of proportions", margin, looks), ops.power.needed(plan)
    arms = []
    for name, p in (("treatment", plan.planned), ("control", plan.baseline)):
        size = parts(sizes[name], looks)
        arms.append((chance.binomial(size, p, (TESTS, looks)).cumsum(axis=1), size.cumsum()))
    p_values = stats.norm.sf(ops.contrasts.score(*arms, plan.edge))
    seen = crossed(ops, p_values, looks, ALPHA).mean()
    assert seen >= POWER - ERROR
    # Nor does it ask for many more than it takes.
    assert seen <= POWER + 2 * ERROR


@each_case
def test_means_of_which_lower_is_better(
    ops: SimpleNamespace, margin: dict[str, float], effect: dict[str, float], looks: int
) -> None:
    plan = ops.power.Plan("mean", 1.0, margin, effect, "lower", ALPHA, POWER, SHARE, looks, 0.35)
    chance, sizes = seeded("power of means", margin, looks), ops.power.needed(plan)
    arms = [
        looked(chance.normal(mean, plan.deviation, (TESTS, sizes[name])), looks)
        for name, mean in (("treatment", plan.planned), ("control", plan.baseline))
    ]
    p_values = stats.t.sf(*ops.contrasts.welch(*arms, plan.edge))
    seen = crossed(ops, p_values, looks, ALPHA).mean()
    assert POWER - ERROR <= seen <= POWER + 2 * ERROR


@pytest.mark.parametrize("looks", [1, 3])
def test_f1(ops: SimpleNamespace, looks: int) -> None:
    """Of which each unit of ten is positive; its deviation is by the delta method."""
    metric, baseline, positive = ops.counted.COUNTED[ops.metrics.f1], 0.7, 0.1
    counting = positive * (2 - baseline)
    deviation = float(metric.variance(baseline, counting)) ** 0.5
    plan = ops.power.Plan(
        "resampled", baseline, {}, {"absolute": 0.06}, "higher", ALPHA, POWER, 0.3, looks, deviation
    )
    chance, sizes, arms = seeded("power of f1", looks), ops.power.needed(plan), []
    for name, figure in (("treatment", plan.planned), ("control", baseline)):
        cells = positive * figure, positive * (1 - figure), positive * (1 - figure)
        size = parts(sizes[name], looks)
        drawn = chance.multinomial(size, [*cells, 1 - sum(cells)], (TESTS, looks)).cumsum(axis=1)
        arms.append((drawn[..., 0], drawn[..., :3].sum(axis=-1)))
    p_values = np.concatenate([
        ops.counted.drawn(metric, *[(x[at : at + 100], n[at : at + 100]) for x, n in arms], plan.edge, chance, 400)[0]
        for at in range(0, TESTS, 100)
    ])  # fmt: skip
    assert crossed(ops, p_values, looks, ALPHA).mean() >= POWER - ERROR


def test_one_look_without_a_margin_is_the_textbook_s_sample(ops: SimpleNamespace) -> None:
    """n = ((z_a sqrt(p q (1/w + 1/(1-w))) + z_b sqrt(p1 q1 / w + p0 q0 / (1-w))) / (p1 - p0))^2, pooled p."""
    plan = ops.power.Plan("proportion", 0.5, {}, {"absolute": 0.1}, "higher", 0.025, 0.9, 0.25)
    za, zb, p = stats.norm.isf(0.025), stats.norm.isf(0.1), 0.25 * 0.6 + 0.75 * 0.5
    root = za * (p * (1 - p) * (4 + 4 / 3)) ** 0.5 + zb * (0.6 * 0.4 * 4 + 0.5 * 0.5 * 4 / 3) ** 0.5
    total = (root / 0.1) ** 2
    assert ops.power.needed(plan) == {"control": np.ceil(total * 0.75), "treatment": np.ceil(total * 0.25)}
    assert ops.power.power(plan, total) == pytest.approx(0.9, abs=1e-9)


def test_means_need_what_statsmodels_says(ops: SimpleNamespace) -> None:
    from statsmodels.stats.power import NormalIndPower

    plan = ops.power.Plan("mean", 10.0, {}, {"absolute": 0.5}, "higher", 0.05, 0.8, 0.2, deviation=4.0)
    known = NormalIndPower().solve_power(0.5 / 4, None, 0.05, 0.8, ratio=4, alternative="larger")
    assert ops.power.needed(plan) == {"control": np.ceil(4 * known), "treatment": np.ceil(known)}


@pytest.mark.parametrize("kind", ["proportion", "mean"])
@pytest.mark.parametrize("better", ["higher", "lower"])
@pytest.mark.parametrize("margin", [{}, {"absolute": 0.02}, {"relative": 0.05}], ids=NAMES)
@pytest.mark.parametrize("looks", [1, 4])
def test_what_can_be_seen_is_what_would_need_as_many(
    ops: SimpleNamespace, kind: str, better: str, margin: dict[str, float], looks: int
) -> None:
    deviation = 0.5 if kind == "mean" else 0.0
    plan = ops.power.Plan(kind, 0.6, margin, {"relative": 0.2}, better, 0.05, 0.8, 0.3, looks, deviation)
    units = 5_000
    seen = ops.power.detectable(plan, units)
    aim = ops.power.replace(plan, effect={"absolute": seen})
    assert ops.power.power(aim, units) == pytest.approx(0.8, abs=1e-6)
    assert sum(ops.power.needed(aim).values()) == pytest.approx(units, abs=2)
    # A smaller one is seen less often.
    assert ops.power.power(ops.power.replace(plan, effect={"absolute": seen * 0.99}), units) < 0.8


def test_nothing_is_large_enough_for_too_few(ops: SimpleNamespace) -> None:
    plan = ops.power.Plan("proportion", 0.95, {}, {"absolute": 0.04}, "higher", 0.05, 0.8, 0.1)
    assert ops.power.detectable(plan, 30) is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"effect": {"absolute": 0.01}, "margin": {"absolute": 0.02}}, "never seen"),
        ({"effect": {"absolute": 0.3}}, "not both between 0 and 1"),
        ({"baseline": float("nan")}, "not both between 0 and 1"),
        ({"share": 1.0}, "a share is between 0 and 1"),
        ({"power": 0.04}, "a power between alpha and 1"),
        ({"alpha": 0.6}, "alpha is above 0"),
        ({"kind": "median"}, "not median"),
        ({"kind": "mean"}, "a deviation"),
        ({"kind": "mean", "deviation": float("inf")}, "a deviation"),
        ({"kind": "mean", "deviation": 1.0, "baseline": -1.0, "margin": {"relative": 0.1}}, "above 0"),
        ({"effect": {"absolute": 0.1, "relative": 0.1}}, "absolute or relative"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(
    ops: SimpleNamespace, changed: dict[str, Any], words: str
) -> None:
    plan = ops.power.Plan("proportion", 0.8, {}, {"absolute": 0.05}, "higher", 0.05, 0.8, 0.1)
    with pytest.raises(ValueError, match=words):
        ops.power.replace(plan, **changed)
