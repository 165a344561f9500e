"""Simulated tests with looks, many at a time."""

import zlib
from types import SimpleNamespace
from typing import Any

import numpy as np

TESTS = 2_000


def seeded(*of: Any) -> np.random.Generator:
    """Return chances that are the same whenever a case is run, and others for each case."""
    return np.random.default_rng(zlib.crc32(repr(of).encode()))


def most(alpha: float, tests: int = TESTS) -> float:
    """Return what a rate of alpha may look like in so many tests: three standard errors more."""
    return float(alpha + 3 * np.sqrt(alpha * (1 - alpha) / tests))


def edge_of(margin: dict[str, float], better: str, control: float) -> float:
    """Return treatment's figure where it is better by just the margin."""
    by = margin.get("absolute", 0.0) + margin.get("relative", 0.0) * control
    return control + by if better == "higher" else control - by


def parts(n: int, looks: int) -> Any:
    """Return how many of n units come before each of so many equally spaced looks, after the one before."""
    return np.diff([n * step // looks for step in range(looks + 1)])


def looked(values: Any, looks: int) -> tuple[Any, Any, Any]:
    """Return mean, variance and number of the values (test, unit) that each look sees, as (test, look)."""
    ends = parts(values.shape[1], looks).cumsum()
    sums, squares = (np.cumsum(each, axis=1)[:, ends - 1] for each in (values, values**2))
    return sums / ends, (squares - sums**2 / ends) / (ends - 1), ends


def crossed(ops: SimpleNamespace, p_values: Any, looks: int, alpha: float) -> Any:
    """Return which tests (rows) one of their looks promotes."""
    return (p_values <= np.array(ops.spending.boundaries(looks, alpha))).any(axis=1)
