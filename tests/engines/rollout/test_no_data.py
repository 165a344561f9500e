"""Nothing is promoted of which nothing is known."""

from collections.abc import Callable

import pytest

from tests.engines.rollout.cluster import CANARY, CONFIG, STABLE, Cluster
from tests.engines.rollout.pods import Kind

Lead = Callable[..., int]
WAIT = {**CONFIG, "on_no_data": "wait"}


@pytest.mark.parametrize("data", ["nan", "empty", "gone", "error"])
def test_without_figures_it_is_taken_back_at_the_end_of_the_first_hold(lead: Lead, data: str) -> None:
    cluster = Cluster()
    cluster.prometheus = data
    assert lead(cluster) == 3
    assert cluster.shares == [0, 5, 0]
    held = cluster.weights[2][0] - cluster.weights[1][0]
    assert 600 <= held < 700
    assert "Prometheus does not tell the canary's requests" in cluster.state["reason"]
    assert cluster.images() == {STABLE}


def test_without_traffic_it_is_taken_back(lead: Lead) -> None:
    cluster = Cluster()
    cluster.traffic = 0.0
    assert lead(cluster) == 3
    assert "0 requests, and 200 are needed" in cluster.state["reason"]


def test_one_request_too_few_is_no_data(lead: Lead) -> None:
    # 600 s at 5 %: the settling is not counted.
    few, enough = Cluster(), Cluster()
    few.traffic, enough.traffic = 190 / 600 / 0.05, 210 / 600 / 0.05
    assert lead(few) == 3
    assert lead(enough) == 0


@pytest.mark.parametrize("data", ["nan", "empty", "gone"])
def test_who_waits_goes_on_when_figures_come(lead: Lead, data: str) -> None:
    cluster = Cluster(WAIT)
    cluster.prometheus = data
    cluster.at(1500, lambda: setattr(cluster, "prometheus", ""))
    assert lead(cluster) == 0
    assert cluster.weights[2][0] - cluster.weights[1][0] > 1400
    assert cluster.images() == {CANARY}


def test_who_waits_in_vain_waits_until_the_deadline(lead: Lead) -> None:
    cluster = Cluster(WAIT)
    cluster.prometheus = "gone"
    assert lead(cluster) == 3
    assert cluster.state["reason"] == "the deadline has passed"
    assert cluster.shares == [0, 5, 0]
    # Counted from the first share.
    assert 3600 <= cluster.weights[2][0] - cluster.weights[1][0] < 3600 + 120


def test_a_prometheus_that_is_gone_for_a_while_does_not_matter(lead: Lead) -> None:
    cluster = Cluster()
    cluster.at(100, lambda: setattr(cluster, "prometheus", "gone"))
    cluster.at(400, lambda: setattr(cluster, "prometheus", ""))
    assert lead(cluster) == 0


def test_a_canary_that_dies_while_it_is_held_is_taken_back(lead: Lead) -> None:
    """Its own figures say nothing of requests that reach no pod."""
    cluster = Cluster()
    doomed = Kind(fault="CrashLoopBackOff")
    cluster.at(120, lambda: cluster.kinds.update({CANARY: doomed}))
    cluster.at(120, lambda: cluster.workloads["canary"].kinds.update({CANARY: doomed}))
    assert lead(cluster) == 3
    assert "CrashLoopBackOff" in cluster.state["reason"]
    # At the next look.
    assert cluster.weights[2][0] - cluster.weights[1][0] < 120 + 65
    assert cluster.shares == [0, 5, 0]


def test_a_canary_of_which_one_pod_is_never_well_again_is_taken_back_in_time(lead: Lead) -> None:
    cluster = Cluster()
    canary = cluster.workloads["canary"]
    cluster.at(120, lambda: canary.dead.add(canary.pods[0].name))
    assert lead(cluster) == 3
    assert "1 of 2 pods of churn-canary are ready" in cluster.state["reason"]
    assert 300 < cluster.weights[2][0] - cluster.weights[1][0] < 120 + 300 + 120
