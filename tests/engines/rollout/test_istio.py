"""A rollout behind Istio's weights, from the request to the end."""

from collections.abc import Callable

import pytest

from tests.engines.rollout.cluster import CANARY, STABLE, Cluster
from tests.engines.rollout.pods import Kind

Lead = Callable[..., int]


def test_a_healthy_version_is_promoted(lead: Lead) -> None:
    cluster = Cluster()
    assert lead(cluster) == 0
    assert cluster.state["verdict"] == "promoted"
    assert cluster.workloads["stable"].pods[0].image == CANARY
    assert [weight for _, weight in cluster.weights] == [0, 5, 25, 50, 0]
    assert not cluster.broken
    assert not cluster.workloads["canary"].pods


@pytest.mark.parametrize(
    "kind", [Kind(errors=0.05), Kind(slow=0.2), Kind(fault="CrashLoopBackOff"), Kind(ready=1e9)]
)
def test_a_bad_version_is_taken_back(lead: Lead, kind: Kind) -> None:
    cluster = Cluster(canary=kind)
    assert lead(cluster) == 3
    assert cluster.state["verdict"] == "rolled back"
    assert cluster.workloads["stable"].pods[0].image == STABLE
    assert max(weight for _, weight in cluster.weights) <= 5
    assert not cluster.broken
    assert not cluster.workloads["canary"].pods
