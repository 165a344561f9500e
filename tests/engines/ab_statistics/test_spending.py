"""Looks spend alpha as it was published, and together no more than it."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

# z of Lan-DeMets spending like O'Brien-Fleming at a one-sided 0.025 for equal looks: gsDesign's sfLDOF,
# and Reboussin, DeMets, Kim, Lan (2000), Controlled Clinical Trials 21, 190-207.
PUBLISHED = {
    1: [1.9600],
    2: [2.9626, 1.9686],
    3: [3.7103, 2.5114, 1.9930],
    4: [4.3326, 2.9631, 2.3590, 2.0141],
    5: [4.8769, 3.3569, 2.6803, 2.2898, 2.0310],
}


@pytest.mark.parametrize("looks", PUBLISHED)
def test_boundaries_are_the_published_ones(ops: SimpleNamespace, looks: int) -> None:
    found = stats.norm.isf(ops.spending.boundaries(looks, 0.025))
    assert list(found) == pytest.approx(PUBLISHED[looks], abs=1.5e-4)


def test_one_look_is_at_alpha_itself(ops: SimpleNamespace) -> None:
    assert ops.spending.boundaries(1, 0.05) == pytest.approx([0.05], abs=1e-12)
    assert ops.spending.spent(1.0, 0.05) == pytest.approx(0.05, abs=1e-15)
    # 2 (1 - Phi(z_{alpha/2} / sqrt t)) at half of the information: Lan, DeMets (1983), alpha_1*.
    assert ops.spending.spent(0.5, 0.025) == pytest.approx(2 * stats.norm.sf(2.2414027 / 0.5**0.5), abs=1e-9)


@pytest.mark.parametrize(("looks", "alpha"), [(2, 0.05), (3, 0.1), (5, 0.05), (8, 0.01), (20, 0.05)])
def test_all_looks_together_reject_with_alpha(ops: SimpleNamespace, looks: int, alpha: float) -> None:
    levels = ops.spending.boundaries(looks, alpha)
    assert levels == sorted(levels)
    assert max(levels) < alpha
    assert ops.spending.rejecting(levels, 0.0) == pytest.approx(alpha, abs=1e-9)


def test_the_integration_is_the_multivariate_normal_distribution_of_scipy(ops: SimpleNamespace) -> None:
    levels = ops.spending.boundaries(3, 0.05)
    limits = stats.norm.isf(levels)
    times = np.array([1, 2, 3]) / 3
    correlation = np.sqrt(np.minimum.outer(times, times) / np.maximum.outer(times, times))
    for drift in (0.0, 1.0, 2.5):
        means = drift * np.sqrt(times)
        below = stats.multivariate_normal.cdf(limits, means, correlation, abseps=1e-8, rng=1)
        assert ops.spending.rejecting(levels, drift) == pytest.approx(1 - below, abs=2e-6)


def test_looks_that_are_not_equally_spaced_spend_alpha_too(ops: SimpleNamespace) -> None:
    information = [0.1, 0.45, 1.0]
    limits = stats.norm.isf(ops.spending.levels(information, 0.05))
    steps = np.random.default_rng(1).normal(size=(400_000, 3)) * np.sqrt(np.diff([0, *information]))
    crossed = (steps.cumsum(axis=1) / np.sqrt(information) >= limits).any(axis=1).mean()
    assert crossed == pytest.approx(0.05, abs=3 * (0.05 * 0.95 / 400_000) ** 0.5)


def test_ids_that_come_earlier_than_planned_do_not_add_to_the_error(ops: SimpleNamespace) -> None:
    """Levels of equally spaced looks, where most ids come before the first of them."""
    limits = stats.norm.isf(ops.spending.boundaries(3, 0.05))
    information = [0.6, 0.85, 1.0]
    steps = np.random.default_rng(2).normal(size=(400_000, 3)) * np.sqrt(np.diff([0, *information]))
    crossed = (steps.cumsum(axis=1) / np.sqrt(information) >= limits).any(axis=1).mean()
    assert crossed < 0.05


def test_a_look_with_nothing_to_spend_rejects_nothing_that_is_seen(ops: SimpleNamespace) -> None:
    first = ops.spending.boundaries(60, 0.025)[0]
    assert 0 <= first < 1e-30


@pytest.mark.parametrize("looks", [0, -1, 1.5])
def test_looks_are_counted(ops: SimpleNamespace, looks: float) -> None:
    with pytest.raises(ValueError, match="looked at once or more often"):
        ops.spending.boundaries(looks, 0.05)


@pytest.mark.parametrize("alpha", [0, 0.5, -0.1, 1, float("nan")])
def test_alpha_is_a_level(ops: SimpleNamespace, alpha: float) -> None:
    with pytest.raises(ValueError, match=r"alpha is above 0 and below 0\.5"):
        ops.spending.boundaries(3, alpha)


@pytest.mark.parametrize("shares", [[], [0.0, 1.0], [0.5, 0.5, 1.0], [0.6, 0.4, 1.0], [0.5, 0.9]])
def test_information_rises_to_all_of_it(ops: SimpleNamespace, shares: list[float]) -> None:
    with pytest.raises(ValueError, match=r"looks are at shares|the last look"):
        ops.spending.levels(shares, 0.05)
