"""What the compiler computes without a library is what the generated programs compute with scipy."""

import math
from types import ModuleType
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mlopsc.chance import arms as arms_module
from mlopsc.chance import looks as sequential
from mlopsc.chance.arms import Arms
from mlopsc.chance.variances import of_share
from scipy import optimize, stats

from tests.engines.planning.specs import plan_of

Programs = dict[str, ModuleType]
CLOSE = {"rel": 1e-9, "abs": 1e-9}


@pytest.mark.parametrize(
    ("count", "alpha"), [(1, 0.05), (2, 0.2), (3, 0.05), (3, 0.001), (5, 0.025), (8, 0.1), (20, 0.05)]
)
def test_boundaries(programs: Programs, count: int, alpha: float) -> None:
    theirs = programs["ab_spending"].boundaries(count, alpha)
    ours = [float(stats.norm.sf(z)) for z in sequential.boundaries(count, alpha)]
    assert ours == pytest.approx(theirs, **CLOSE)
    assert sequential.crossing(0.0, count, alpha) == pytest.approx(alpha, **CLOSE)


def test_boundaries_that_are_published() -> None:
    """Five looks at 0.025, one-sided, as the programs of Reboussin et al. (2000) print them."""
    known = (4.8769, 3.3569, 2.6803, 2.2898, 2.0310)
    assert sequential.boundaries(5, 0.025) == pytest.approx(known, abs=2e-4)


@pytest.mark.parametrize("power", [0.3, 0.8, 0.99])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_what_more_looks_take(programs: Programs, count: int, power: float) -> None:
    needed = sequential.needed(power, count, 0.05)
    assert programs["ab_spending"].rejecting(
        programs["ab_spending"].boundaries(count, 0.05), needed
    ) == pytest.approx(power, **CLOSE)
    assert sequential.crossing(needed, count, 0.05) == pytest.approx(power, **CLOSE)


@settings(deadline=None, max_examples=150)
@given(
    baseline=st.floats(0.02, 0.98),
    part=st.floats(0.05, 0.95),
    of_margin=st.floats(0, 0.9),
    kind=st.sampled_from(["relative", "absolute"]),
    share=st.floats(0.01, 0.99),
    sign=st.sampled_from([1, -1]),
    alpha=st.sampled_from([0.05, 0.01, 0.2]),
    power=st.floats(0.5, 0.99),
    count=st.sampled_from([1, 1, 2, 3]),
)
def test_shares(
    programs: Programs, baseline: float, part: float, of_margin: float, kind: str, share: float, sign: int,
    alpha: float, power: float, count: int,
) -> None:  # fmt: skip
    room = 1 - baseline if sign > 0 else baseline
    unit = baseline if kind == "relative" else 1.0
    effect, margin = {kind: room * part / unit}, {kind: room * part * of_margin / unit}
    plan = programs["ab_power"].Plan(
        "proportion", baseline, margin, effect, "higher" if sign > 0 else "lower", alpha, power, share, count
    )
    theta, shift = margin.get("relative", 0.0), margin.get("absolute", 0.0)
    planned = baseline + sign * room * part
    ours = Arms(baseline, planned, share, sign, 1 + sign * theta, sign * shift, of_share, True)
    _same(programs, plan, ours)


@settings(deadline=None, max_examples=100)
@given(
    control=st.floats(0.02, 0.98),
    moved=st.floats(0.02, 0.98),
    shift=st.floats(-0.5, 0.5),
    ratio=st.one_of(st.just(1.0), st.floats(0.5, 1.5)),
    share=st.floats(0.05, 0.95),
)
def test_the_nearest_shares_are_the_likeliest(
    control: float, moved: float, shift: float, ratio: float, share: float
) -> None:
    shift = shift if ratio == 1 else 0.0
    arms = Arms(control, moved, share, 1, ratio, shift, of_share, True)
    found = (arms_module._nearest_ratio if shift == 0 else arms_module._nearest_difference)(arms)

    def unlikely(at: float) -> float:
        sides = ((share, moved, ratio * at + shift), (1 - share, control, at))
        return -sum(
            part * (seen * math.log(level) + (1 - seen) * math.log(1 - level)) for part, seen, level in sides
        )

    low, high = max(0.0, -shift), min(1.0, (1 - shift) / ratio)
    best = optimize.minimize_scalar(unlikely, bounds=(low, high), method="bounded", options={"xatol": 1e-12})
    assert unlikely(found) <= best.fun + 1e-12


@settings(deadline=None, max_examples=80)
@given(
    baseline=st.floats(0.5, 100),
    effect=st.floats(0.01, 0.5),
    of_margin=st.floats(0, 0.9),
    kind=st.sampled_from(["relative", "absolute"]),
    share=st.floats(0.01, 0.99),
    sign=st.sampled_from([1, -1]),
    deviation=st.floats(0.1, 10),
    count=st.sampled_from([1, 2]),
)
def test_means_of_one_deviation(
    programs: Programs, baseline: float, effect: float, of_margin: float, kind: str, share: float, sign: int,
    deviation: float, count: int,
) -> None:  # fmt: skip
    unit = 1.0 if kind == "relative" else baseline
    amounts, margin = {kind: effect * unit}, {kind: effect * of_margin * unit}
    plan = programs["ab_power"].Plan(
        "mean",
        baseline,
        margin,
        amounts,
        "higher" if sign > 0 else "lower",
        0.05,
        0.8,
        share,
        count,
        deviation,
    )
    theta, shift = margin.get("relative", 0.0), margin.get("absolute", 0.0)
    planned = baseline * (1 + sign * effect)
    ours = Arms(
        baseline, planned, share, sign, 1 + sign * theta, sign * shift, lambda _level: deviation**2, False
    )
    _same(programs, plan, ours)


def _same(programs: Programs, plan: Any, ours: Arms) -> None:
    assume(ours.distance > 1e-4 * abs(ours.treatment - ours.control))
    theirs = programs["ab_power"].needed(plan)
    units = ours.needed(plan.power, plan.alpha, plan.looks)
    assert units == pytest.approx((programs["ab_power"]._reach(plan) / plan.beyond) ** 2, **CLOSE)
    assert ours.power(units, plan.alpha, plan.looks) == pytest.approx(plan.power, **CLOSE)
    half = ours.power(units / 2, plan.alpha, plan.looks)
    assert half == pytest.approx(programs["ab_power"].power(plan, units / 2), **CLOSE)
    assume(max(theirs.values()) < 1e12)
    for arm, share in (("treatment", plan.share), ("control", 1 - plan.share)):
        # A last digit may carry it over a whole number.
        assert abs(theirs[arm] - max(2, units * share)) < 1 + 1e-6


def test_the_sample_of_a_spec_is_what_the_generated_program_computes(programs: Programs) -> None:
    found = plan_of("traffic: 10%, for: 7d, metric: accuracy, improves_by: 1%, effect: 4%, looks: 3")
    test = found.experiment
    plan = programs["ab_power"].Plan(
        test.kind, 0.8, test.margin, test.effect, test.better, test.alpha, test.power, test.share, test.looks
    )
    assert test.sample == programs["ab_power"].needed(plan)
    assert found.power() == pytest.approx(programs["ab_power"].power(plan, found.ids()), **CLOSE)


def test_a_sample_of_more_looks_than_are_counted_is_nearly_the_same() -> None:
    few = sequential.needed(0.8, sequential.MOST, 0.05)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequential, "MOST", 40)
        many = sequential.needed.__wrapped__(0.8, 40, 0.05)
    assert few < many < 1.003 * few
