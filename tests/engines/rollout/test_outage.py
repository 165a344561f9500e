"""The API server is not there, for a while or for long."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from tests.engines.rollout.cluster import CANARY, PROMETHEUS, STABLE, Answer, Cluster
from tests.engines.rollout.faults import Controllers, Faults
from tests.engines.rollout.pods import Kind
from tests.engines.rollout.test_killed import SHORT

Lead = Callable[..., int]


def outage(cluster: Cluster, begin: float, seconds: float, fault: str) -> None:
    begun = cluster.now + begin

    def before(method: str, path: str) -> Answer | None:
        if not path.startswith(PROMETHEUS) and begun <= cluster.now < begun + seconds:
            if fault == "503":
                return 503, b"{}"
            cluster.sleep(5.0)
            raise TimeoutError("timed out")
        return None

    cluster.before = before


@pytest.mark.parametrize("fault", ["503", "timed out"])
@pytest.mark.parametrize("begin", [0.0, 5.0, 40.0, 100.0, 650.0, 2000.0])
def test_gone_for_two_minutes(lead: Lead, begin: float, fault: str) -> None:
    cluster = Cluster()
    outage(cluster, begin, 120, fault)
    assert lead(cluster) == 0
    assert not cluster.broken
    assert cluster.shares == [0, 5, 25, 50, 0]


def test_gone_past_the_deadline_is_taken_back_when_it_is_there_again(lead: Lead) -> None:
    cluster, said = Cluster(), []
    outage(cluster, 300, 3500, "timed out")
    assert lead(cluster, said=said) == 3
    assert cluster.state["reason"] == "the deadline has passed"
    assert cluster.shares == [0, 5, 0]
    assert any("is not there and is asked again" in each.get("line", "") for each in said)


def test_gone_for_good_is_an_error_and_the_state_stays(lead: Lead, rollout: ModuleType) -> None:
    cluster, said = Cluster(), []
    outage(cluster, 300, 30_000, "503")
    assert lead(cluster, said=said) == 2
    assert cluster.state["phase"] == "step"
    assert cluster.now < 1_800_000_000 + 30_000
    cluster.before = lambda method, path: None
    assert Controllers(rollout, cluster).to_the_end() == 3


def test_what_may_not_be_written_is_taken_back_and_said(lead: Lead) -> None:
    cluster = Cluster()
    patched: list[str] = []

    def before(method: str, path: str) -> Answer | None:
        if method == "PATCH" and path.endswith("churn-stable"):
            patched.append(path)
            return 403, b'{"message": "deployments is forbidden"}'
        return None

    cluster.before = before
    assert lead(cluster) == 3
    assert len(patched) == 1
    assert "403 deployments is forbidden" in cluster.state["reason"]
    assert cluster.shares == [0, 5, 25, 50, 0]


def test_without_a_route_nothing_begins(lead: Lead) -> None:
    cluster, said = Cluster(), []
    cluster.before = lambda method, path: (404, b"{}") if "virtualservices" in path else None
    assert lead(cluster, said=said) == 2
    assert "make deploy" in said[-1]["line"]
    assert not cluster.workloads["canary"].pods


def test_events_that_are_refused_stop_nothing(lead: Lead) -> None:
    cluster = Cluster()
    cluster.before = lambda method, path: (403, b"{}") if path.endswith("/events") else None
    assert lead(cluster) == 0


@pytest.mark.parametrize(
    "fault", ["written by others", "lost answer", "late answer", "500 after", "429", "half an answer"]
)
def test_each_call_may_fail_once(rollout: ModuleType, fault: str) -> None:
    sample = Cluster(SHORT)
    Controllers(rollout, sample).to_the_end()
    for call in range(1, sample.calls + 1, 3):
        cluster = Cluster(SHORT)
        Faults(cluster, {call: fault})
        controllers = Controllers(rollout, cluster)
        assert controllers.once() == 0, call
        assert not cluster.broken, call
        assert cluster.images() == {CANARY}, call
        assert cluster.shares == [0, 10, 50, 0], call


@pytest.mark.parametrize("jump", [-4000.0, -100.0, 100.0])
def test_a_clock_that_jumps_promotes_nothing_unheld(lead: Lead, jump: float) -> None:
    bad, sound = Cluster(canary=Kind(errors=0.05)), Cluster()
    for cluster in (bad, sound):
        cluster.at(200, lambda cluster=cluster: setattr(cluster, "skew", jump))
    assert lead(bad) == 3
    assert bad.images() == {STABLE}
    said: list[Any] = []
    assert lead(sound, said=said) == 0
    assert not sound.broken
