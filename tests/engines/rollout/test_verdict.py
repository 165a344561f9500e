"""The rules of a verdict, at their limits."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

LIMITS = {"error_rate": 0.01, "latency_p95": 0.2, "latency_p99": 1.0}


@pytest.fixture
def verdict(modules: dict[str, ModuleType]) -> ModuleType:
    return modules["rollout_verdict"]


def judged(verdict: ModuleType, requests: float | None, at_end: bool, **over: float | None) -> str:
    figures = verdict.Figures(requests, {name: over.get(name, 0.0) for name in LIMITS})
    kind: str = verdict.judge(figures, LIMITS, 200, at_end).kind
    return kind


@pytest.mark.parametrize(
    "requests, over, kind",
    [
        (1000.0, {}, "good"),
        (1000.0, {"error_rate": 10.0}, "good"),
        (1000.0, {"error_rate": 10.4}, "bad"),
        (1000.0, {"latency_p95": 50.0}, "good"),
        (1000.0, {"latency_p95": 50.5}, "bad"),
        (1000.0, {"latency_p99": 10.0}, "good"),
        (1000.0, {"latency_p99": 10.5}, "bad"),
        (200.0, {}, "good"),
        (200.0, {"error_rate": 2.0}, "good"),
        (200.0, {"error_rate": 3.0}, "bad"),
        (199.0, {}, "no data"),
        (199.0, {"error_rate": 3.0}, "no data"),
        (0.0, {}, "no data"),
        (None, {}, "no data"),
        (1000.0, {"error_rate": None}, "no data"),
        (1000.0, {"latency_p99": None}, "no data"),
        # As Prometheus extrapolates: the same share, no whole numbers.
        (1034.4827586206898, {"error_rate": 10.344827586206899}, "good"),
        (199.99999999, {}, "good"),
        # Clearly bad: whatever the number of requests is.
        (30.0, {"error_rate": 30.0}, "bad"),
    ],
)
def test_at_the_end_of_a_hold(
    verdict: ModuleType, requests: float | None, over: dict[str, float | None], kind: str
) -> None:
    assert judged(verdict, requests, True, **over) == kind


@pytest.mark.parametrize(
    "requests, errors, kind",
    [
        # Of 200 requests 2 may fail: 2 + 4 * sqrt(2) + 4 is 11.66.
        (12.0, 11.0, "going on"),
        (12.0, 12.0, "bad"),
        (200.0, 11.0, "going on"),
        (200.0, 12.0, "bad"),
        # Of 10,000 it is 100 + 40 + 4.
        (10_000.0, 144.0, "going on"),
        (10_000.0, 145.0, "bad"),
        (10_000.0, 0.0, "going on"),
        (None, 100.0, "going on"),
        (10_000.0, None, "going on"),
    ],
)
def test_before_the_end_only_what_is_clear(
    verdict: ModuleType, requests: float | None, errors: float | None, kind: str
) -> None:
    assert judged(verdict, requests, False, error_rate=errors) == kind


@pytest.mark.parametrize(
    "name, share", [("error_rate", 0.01), ("latency_p50", 0.5), ("latency_p95", 0.05), ("latency_p99", 0.01)]
)
def test_what_a_limit_allows(verdict: ModuleType, name: str, share: float) -> None:
    assert verdict.allowed(name, 0.01) == pytest.approx(share)


def test_the_reason_has_its_figures(verdict: ModuleType) -> None:
    figures = verdict.Figures(1000.0, {"error_rate": 20.0, "latency_p95": 0.0, "latency_p99": 0.0})
    assert verdict.judge(figures, LIMITS, 200, True).why == "20 of 1000 requests failed, 1 % may"
    slow = verdict.Figures(1000.0, {"error_rate": 0.0, "latency_p95": 80.0, "latency_p99": 0.0})
    assert verdict.judge(slow, LIMITS, 200, True).why == "80 of 1000 requests took longer than 0.2 s, 5 % may"


def test_no_rule_is_written_twice() -> None:
    """Whoever judges asks this module: nobody else has a factor of four."""
    programs = (Path(__file__).parents[3] / "templates" / "rollout" / "ops").glob("rollout*.py")
    found = [path.name for path in programs if "math.sqrt" in path.read_text("utf-8")]
    assert found == ["rollout_verdict.py"]


def test_figures_are_told_as_they_are(verdict: ModuleType) -> None:
    plain: dict[str, Any] = verdict.Figures(10.129, {"error_rate": None}).plain()
    assert plain == {"requests": 10.13, "error_rate": None}
