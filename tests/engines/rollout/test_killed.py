"""A controller that dies at any call is followed by one that goes on from there."""

from types import ModuleType
from typing import Any

import pytest

from tests.engines.rollout.cluster import CANARY, CONFIG, STABLE, Cluster
from tests.engines.rollout.faults import Controllers, Faults
from tests.engines.rollout.pods import Kind

# Short, so that every call can be the last one.
SHORT: dict[str, Any] = {
    **CONFIG,
    "steps": [0.1, 0.5],
    "hold_seconds": 60,
    "settle_seconds": 10,
    "check_seconds": 30,
    "drain_seconds": 20,
    "ready_seconds": 60,
    "deadline_seconds": 1200,
    "min_requests": 50,
}
NONE = {**SHORT, "provider": "none", "steps": [1 / 3, 0.5], "pods": [2, 4]}
SHADOW = {**SHORT, "shadow_seconds": 60}
BAD = Kind(errors=0.5)


def calls(rollout: ModuleType, config: dict[str, Any], kind: Kind) -> int:
    cluster = Cluster(config, canary=kind)
    assert Controllers(rollout, cluster).to_the_end() == (3 if kind.errors else 0)
    return cluster.calls


@pytest.mark.parametrize("kind", [Kind(), BAD], ids=["healthy", "bad"])
@pytest.mark.parametrize("config", [SHORT, NONE, SHADOW], ids=["istio", "none", "shadow"])
def test_killed_after_each_call(rollout: ModuleType, config: dict[str, Any], kind: Kind) -> None:
    """Which is also before each call but the first: between two calls nothing reaches the outside."""
    for call in range(1, calls(rollout, config, kind) + 1):
        cluster = Cluster(config, canary=kind)
        Faults(cluster, {call: "kill after"})
        controllers = Controllers(rollout, cluster)
        code = controllers.to_the_end()
        place = f"call {call}"
        assert code == (3 if kind.errors else 0), place
        assert not cluster.broken, place
        assert cluster.images() == {STABLE if kind.errors else CANARY}, place
        assert not cluster.workloads["canary"].pods, place
        assert cluster.weight() == 0 and not cluster.mirrored(), place
        assert cluster.state["phase"] == "ended", place
        if not kind.errors:
            assert not cluster.unanswered, place
            # No step is left out, and none is done twice.
            assert cluster.shares == ([0, 2, 4, 0] if config is NONE else [0, 10, 50, 0]), place
