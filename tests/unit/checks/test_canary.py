"""The chances of a canary beside sums by scipy, beside what happens, and in words."""

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from mlopsc.checks.statistics.canary import Canary
from mlopsc.checks.statistics.facts import across
from mlopsc.checks.statistics.requests import at_least, passing
from mlopsc.checks.statistics.written import chance
from mlopsc.resolve import views_of
from mlopsc.spec.walk import dotted
from scipy import stats

from tests.unit.checks.saying import document

RUNS = 10_000
# Fixed numbers of one seed, compared with a bound that chance breaks once in two thousand.
BOUND = 3.5
CHURN = Canary((0.05, 0.25, 0.5), (600,) * 3, 20, 500, 0.01)
CANARIES = {
    "churn": CHURN,
    "demand": Canary((0.2,), (900,), 5, 300, 0.01),
    "few": Canary(
        (0.1, 0.5),
        (
            600,
            600,
        ),
        1,
        50,
        0.05,
    ),
    "just": Canary((0.05,), (600,), 1, 30, 0.05),
    "waits": Canary((0.05,), (600,), 1, 30, 0.05, 60, 600),
    "waits long": Canary(
        (0.1, 0.2),
        (
            1000,
            1000,
        ),
        1,
        150,
        0.02,
        60,
        2000,
    ),
    "gives up": Canary((0.1,), (600,), 1, 100, 0.05, 60, 420),
    "looks often": Canary((0.3,), (60,), 3, 60, 0.1, 10, 60),
    "strict": Canary((0.5,), (900,), 100, 45_000, 0.0001, 60, 900),
}


def allowed(limit: float, requests: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Return how many may be bad; what is exactly at the limit is good, also in floating point."""
    return np.floor(limit * requests + 1e-6 * (1 + limit * requests))


def simulated(canary: Canary, bad: float, seed: int) -> float:
    """Return the share of canaries that were promoted, counted request by request."""
    chance = np.random.default_rng(seed)
    alive = np.ones(RUNS, bool)
    for share, hold in zip(canary.shares, canary.holds, strict=True):
        requests = chance.poisson(canary.traffic * share * hold, RUNS)
        for _ in range(int(canary.slack // canary.look)):
            more = chance.poisson(canary.traffic * share * canary.look, RUNS)
            requests = np.where(requests < canary.least, requests + more, requests)
        alive &= (requests >= canary.least) & (
            chance.binomial(requests, bad) <= allowed(canary.limit, requests)
        )
    return float(alive.mean())


@pytest.mark.parametrize("name", CANARIES)
@pytest.mark.parametrize("times", [0.5, 1.0, 2.0])
def test_ten_thousand_canaries_agree(name: str, times: float) -> None:
    canary = CANARIES[name]
    expected = canary.promoted(canary.limit * times)
    error = (expected * (1 - expected) / RUNS) ** 0.5
    assert abs(simulated(canary, canary.limit * times, seed=7) - expected) <= BOUND * error + 1e-9


@pytest.mark.parametrize("mean", [0.5, 30.0, 600.0, 6000.0, 19_999.0, 60_000.0, 300_000.0])
@pytest.mark.parametrize(
    ("bad", "limit"), [(0.02, 0.01), (0.005, 0.01), (0.011, 0.01), (0.0002, 0.0001), (0.4, 0.29)]
)
@pytest.mark.parametrize("enough", [0.0, 0.9, 1.0, 1.01])
def test_a_step_is_the_sum_that_scipy_finds(mean: float, bad: float, limit: float, enough: float) -> None:
    least = int(mean * enough)
    counts = np.arange(max(0, int(mean - 9 * mean**0.5 - 80)), int(mean + 9 * mean**0.5 + 80))
    good = stats.binom.cdf(allowed(limit, counts), counts, bad)
    expected = float((stats.poisson.pmf(counts, mean) * good)[counts >= least].sum())
    assert passing(mean, least, bad, limit) == pytest.approx(expected, rel=1e-5, abs=2e-6)


@pytest.mark.parametrize("mean", [0.0, 0.5, 30.0, 6000.0, 60_000.0])
@pytest.mark.parametrize("count", [0, 1, 29, 6100, 60_300])
def test_at_least(mean: float, count: int) -> None:
    assert at_least(count, mean) == pytest.approx(stats.poisson.sf(count - 1, mean), abs=1e-5)


def test_what_cannot_fail_or_pass() -> None:
    assert passing(100, 10, 0.0, 0.01) == pytest.approx(1)
    assert passing(100, 10, 0.9, 1.0) == pytest.approx(1)
    assert passing(100, 10, 1.0, 0.9) == 0
    assert passing(0, 1, 0.1, 0.2) == 0


def test_exactly_the_limit_is_good() -> None:
    # Of 100 requests, of which there are always at least as many, one may fail: not two.
    canary = Canary((1.0,), (1,), 1e9, 100, 0.01)
    assert canary.promoted(0.0099) == pytest.approx(1)
    two_fewer = passing(100, 100, 0.01, 0.0199)
    assert passing(100, 100, 0.01, 0.01) <= two_fewer < passing(100, 100, 0.01, 0.02)


@pytest.mark.parametrize("name", CANARIES)
def test_it_takes_no_time(name: str) -> None:
    canary, took = CANARIES[name], []
    for _ in range(3):
        began = time.process_time()
        canary.promoted(2 * canary.limit)
        canary.promoted(canary.limit / 2)
        took.append(time.process_time() - began)
    assert min(took) < 0.02


def test_what_is_left_of_the_deadline_is_shared() -> None:
    one = Canary((0.1,), (600,), 1, 90, 0.05, 60, 600)
    two = replace(one, shares=(0.1, 0.2), holds=(600, 600))
    assert one.reached(0) == two.reached(0) > 0.99
    # Both wait for five minutes, so that none is left for chance.
    assert replace(two, shares=(0.1, 0.1)).reached(0) < one.reached(0)


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (1e-9, "less than 0.000001%"),
        (5.2e-7, "0.000052%"),
        (0.0104, "1%"),
        (0.034, "3.4%"),
        (0.2, "20%"),
        (0.973, "97%"),
        (0.9999, "more than 99.9%"),
    ],
)
def test_a_chance_in_words(probability: float, text: str) -> None:
    assert chance(probability) == text


SPEC = """
serving: {{image: acme/c, inputs: {{a: number}}, replicas: 8, {serving}}}
environments: {{{environments}}}
deployment: {{strategy: canary, provider: {provider}, steps: [{steps}], hold: 10m{more}}}
connections: {{prometheus: {{url: 'http://prometheus:9090'}}}}
"""
PRODUCTION = "production: {cluster: {context: p}}"


def meant(serving: str, environments: str = PRODUCTION, **other: str) -> list[str]:
    values = {"provider": "istio", "steps": "5%, 25%", "more": "", **other}
    read = document(SPEC.format(serving=serving, environments=environments, **values))
    return [f"{dotted(fact.path)}: {fact.text}" for fact in across(views_of(read))]


def test_what_is_said_of_a_canary() -> None:
    assert meant("traffic: 20/s, slo: {error_rate: 1%}") == [
        "deployment: a version with twice the allowed errors (2%) is promoted with probability 0.000027%, a sound one "
        "(0.5%) is rolled back with 5.6%: 600 and 3,000 requests of the canary in two steps of 10m (which the bad "
        "one passes with 3.1% and 0.00088%)"
    ]


def test_pods_make_the_share_that_they_are() -> None:
    (said,) = meant(
        "traffic: 5/s, slo: {error_rate: 1%}", provider="none", steps="20%", more=", on_no_data: wait"
    )
    assert said.endswith(": 600 requests of the canary in one step of 10m or longer")


def test_of_latencies_the_one_that_allows_least() -> None:
    (said,) = meant("traffic: 20/s, slo: {latency_p95: 200ms, latency_p99: 1s}")
    assert said.startswith(
        "deployment: a version with twice as many answers beyond `latency_p99` as allowed (2%) is promoted with "
    )


def test_without_a_single_error_there_is_nothing_to_count() -> None:
    (said,) = meant("traffic: 20/s, slo: {error_rate: 0%}")
    assert said == (
        "deployment: a single failed request rolls a version back, at 600 and 3,000 requests of the canary in two "
        "steps of 10m"
    )


def test_without_traffic_nothing_can_be_said() -> None:
    unknown = "deployment: without `serving.traffic` it cannot be said how often the canary errs"
    assert meant("slo: {error_rate: 1%}") == [unknown]


def test_each_environment_has_its_own_figures() -> None:
    places = "a: {cluster: {context: a}, deployment: {strategy: rolling}}, b: {cluster: {context: b}}, "
    places += "c: {cluster: {context: c}, serving: {traffic: 40/s}}"
    first, second = meant("traffic: 20/s, slo: {error_rate: 1%}", places)
    assert "600 and 3,000 requests" in first and first.endswith(" (in `b`)")
    assert "1,200 and 6,000 requests" in second and second.endswith(" (in `c`)")


def test_a_copy_of_the_traffic_is_judged_first() -> None:
    (said,) = meant("traffic: 20/s, slo: {error_rate: 1%}", more=", shadow_first: 1m")
    assert said.endswith(
        ": 1,200 copied requests in 1m (which the bad one passes with 0.36%), then 600 and 3,000 requests of the canary "
        "in two steps of 10m (3.1% and 0.00088%)"
    )
    # Who leads the rollout with programs of its own judges no copies as we do.
    (said,) = meant("traffic: 20/s, slo: {error_rate: 1%}", more=", shadow_first: 1m", provider="flagger")
    assert "copied" not in said


def test_a_copy_alone_is_judged() -> None:
    spec = "serving: {image: acme/c, inputs: {a: number}, traffic: 20/s, slo: {error_rate: 1%}}\n"
    spec += "environments: {production: {cluster: {context: p}}}\n"
    spec += "deployment: {strategy: shadow, provider: istio, shadow_first: 10m}"
    (fact,) = across(views_of(document(spec)))
    assert fact.text.endswith(": 12,000 copied requests in 10m")
