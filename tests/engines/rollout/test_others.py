"""Others at work: a second controller, one that stood still, somebody who wants it back, GitOps."""

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from tests.engines.rollout.cluster import CANARY, CONFIG, DEPLOYMENTS, LEASE, STABLE, Answer, Cluster
from tests.engines.rollout.faults import Controllers, Faults
from tests.engines.rollout.pods import Kind
from tests.engines.rollout.test_killed import SHORT

Lead = Callable[..., int]
PHASES = ("requested", "starting", "shadow", "step", "promoting", "draining")


def held(cluster: Cluster, every: float) -> None:
    """Let another controller hold the Lease, and renew it."""

    def renew() -> None:
        spec = {"holderIdentity": "other", "leaseDurationSeconds": 30, "renewTime": str(cluster.now)}
        cluster.change(LEASE, lambda found: found["spec"].update(spec))
        if every:
            cluster.at(every, renew)

    renew()


def test_a_second_controller_refuses(lead: Lead) -> None:
    cluster, said = Cluster(), []
    held(cluster, 10)
    before = json.dumps(cluster.objects.get(cluster.route.path))
    started = cluster.now
    assert lead(cluster, said=said) == 2
    assert said[-1]["line"] == "error: held by other"
    assert cluster.now - started < 15
    assert json.dumps(cluster.objects.get(cluster.route.path)) == before
    assert cluster.lease["spec"]["holderIdentity"] == "other"


@pytest.mark.parametrize("skew", [-7200.0, 0.0, 7200.0])
def test_a_lease_that_nobody_renews_is_taken_whatever_the_clocks_say(lead: Lead, skew: float) -> None:
    cluster = Cluster()
    held(cluster, 0)
    cluster.skew = skew
    started = cluster.now
    seen: list[float] = []

    def after(method: str, path: str, answer: Answer) -> Answer:
        if method != "GET":
            seen.append(cluster.now - started)
        return answer

    cluster.after = after
    assert lead(cluster) == 0
    assert seen[0] >= 30
    assert not cluster.broken


def test_who_has_lost_the_lease_writes_nothing_more(lead: Lead) -> None:
    cluster, said = Cluster(), []
    writes: list[str] = []
    cluster.at(200, lambda: held(cluster, 0))

    def after(method: str, path: str, answer: Answer) -> Answer:
        if cluster.lease["spec"].get("holderIdentity") == "other" and method != "GET" and answer[0] == 200:
            writes.append(path)
        return answer

    cluster.after = after
    assert lead(cluster, said=said) == 2
    assert said[-1]["line"] == "error: the Lease is no longer ours"
    assert not writes


@pytest.mark.parametrize("kind", [Kind(), Kind(errors=0.5)], ids=["healthy", "bad"])
@pytest.mark.parametrize("provider", ["istio", "none"])
def test_standing_still_at_any_call(rollout: ModuleType, kind: Kind, provider: str) -> None:
    """Another leads to the end meanwhile; what the first one had prepared is refused when it wakes."""
    config = {**SHORT, "provider": provider}
    if provider == "none":
        config |= {"steps": [1 / 3, 0.5], "pods": [2, 4]}
    sample = Cluster(config, canary=kind)
    Controllers(rollout, sample).to_the_end()
    for call in range(1, sample.calls + 1):
        cluster = Cluster(config, canary=kind)
        controllers = Controllers(rollout, cluster)
        Faults(cluster, {call: "frozen"}, controllers.once)
        controllers.to_the_end()
        assert not cluster.broken, call
        assert cluster.images() == {STABLE if kind.errors else CANARY}, call
        assert cluster.weight() == 0 and not cluster.workloads["canary"].pods, call


def test_a_fence_that_met_a_silent_server_is_put_up_again(rollout: ModuleType) -> None:
    cluster = Cluster(SHORT)
    held(cluster, 0)
    marked: list[str] = []

    def before(method: str, path: str) -> Answer | None:
        if method == "PATCH" and len(marked) < 6:
            marked.append(path)
            return 503, b"{}"
        return None

    cluster.before = before
    assert Controllers(rollout, cluster).once() == 0
    annotations = [cluster.deployment(track)["metadata"]["annotations"] for track in ("stable", "canary")]
    assert [each.get("mlops/rollout-holder") for each in annotations] == ["pod-1", "pod-1"]


def test_what_stood_still_before_a_promotion_does_not_promote_what_was_taken_back(
    rollout: ModuleType,
) -> None:
    """Who takes the version back has no reason to touch stable: it is marked, so that the late patch fails."""
    cluster = Cluster(SHORT)
    controllers = Controllers(rollout, cluster)

    def before(method: str, path: str) -> None:
        if method == "PATCH" and path.endswith("churn-stable"):
            cluster.before = lambda method, path: None
            cluster.abort()
            assert controllers.once() == 3

    cluster.before = before  # type: ignore[assignment]
    assert controllers.to_the_end() == 3
    assert cluster.images() == {STABLE}
    assert not cluster.broken


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("shadow", [0, 60])
def test_an_abort_takes_back_from_every_phase(lead: Lead, phase: str, shadow: int) -> None:
    cluster = Cluster({**SHORT, "shadow_seconds": shadow})
    if phase == "shadow" and not shadow:
        cluster.config["shadow_seconds"] = 60
    asked: list[float] = []

    def after(method: str, path: str, answer: Answer) -> Answer:
        if not asked and cluster.state["phase"] == phase:
            asked.append(cluster.now)
            cluster.at(2, cluster.abort)
        return answer

    cluster.after = after
    assert lead(cluster) == 3
    assert cluster.state["reason"] == "asked for: errors seen"
    assert cluster.images() == {STABLE}
    assert not cluster.workloads["canary"].pods
    assert not cluster.broken
    assert cluster.weights[-1][1] == 0
    # Seen at the next renewal.
    assert cluster.weights[-1][0] - asked[0] < 2 + 6 or cluster.weights[-1][0] < asked[0]
    assert "mlops/abort" not in cluster.lease["metadata"]["annotations"]
    assert cluster.lease["spec"]["holderIdentity"] == ""


def test_an_abort_during_the_first_share_is_seen_at_once(lead: Lead) -> None:
    """Between what allows the weights to change and the change itself: the share lasts one more call."""
    cluster = Cluster(SHORT)

    def before(method: str, path: str) -> None:
        if method == "PATCH" and "virtualservices" in path and "mlops/abort" not in str(cluster.lease):
            cluster.abort()

    cluster.before = before  # type: ignore[assignment]
    assert lead(cluster) == 3
    assert cluster.shares == [0, 10, 0]
    assert cluster.weights[2][0] - cluster.weights[1][0] < 0.1


def test_an_abort_that_marks_the_route_stops_even_a_share_under_way(lead: Lead) -> None:
    cluster = Cluster(SHORT)

    def before(method: str, path: str) -> None:
        if method == "PATCH" and "virtualservices" in path and "mlops/abort" not in str(cluster.lease):
            cluster.abort()
            mark = {"mlops/abort": "now"}
            cluster.change(cluster.route.path, lambda found: found["metadata"].update(annotations=mark))

    cluster.before = before  # type: ignore[assignment]
    assert lead(cluster) == 3
    assert cluster.shares == [0]


@pytest.mark.parametrize("weights", [(100, 0), (50, 50), (60, 60)])
def test_weights_that_somebody_else_has_changed_end_it(lead: Lead, weights: tuple[int, int]) -> None:
    cluster = Cluster()
    cluster.foreign = True
    cluster.at(300, lambda: cluster.set_weights(*weights))
    started = cluster.now
    assert lead(cluster) == 3
    # At the next look, and then the drain.
    assert cluster.now - started < 300 + 65 + 70
    assert "somebody else has changed the weights" in cluster.state["reason"]
    assert cluster.route.weights(cluster.objects) == [100, 0]
    assert cluster.images() == {STABLE}


def test_a_canary_that_gets_traffic_while_it_drains_drains_again(lead: Lead) -> None:
    cluster = Cluster(canary=Kind(errors=0.5))
    done: list[float] = []

    def after(method: str, path: str, answer: Answer) -> Answer:
        if not done and cluster.state["phase"] == "reverting" and len(cluster.weights) == 3:
            done.append(cluster.now)
            cluster.at(50, lambda: cluster.set_weights(90, 10))
        return answer

    cluster.after = after
    assert lead(cluster) == 3
    assert cluster.shares == [0, 5, 0, 10, 0]
    assert not cluster.broken


def test_another_image_in_stable_is_left_alone(lead: Lead) -> None:
    cluster = Cluster()
    path = f"{DEPLOYMENTS}/churn-stable"

    def other(found: Any) -> None:
        found["spec"]["template"]["spec"]["containers"][0]["image"] = "registry/churn:hotfix"

    cluster.at(900, lambda: cluster.change(path, other))
    assert lead(cluster) == 3
    assert "somebody else has let stable run registry/churn:hotfix" in cluster.state["reason"]
    assert cluster.images() == {"registry/churn:hotfix"}


def test_a_version_that_does_not_come_up_as_stable_is_taken_back(lead: Lead) -> None:
    cluster = Cluster(promoted=Kind(fault="CrashLoopBackOff"))
    assert lead(cluster) == 3
    assert "churn-stable" in cluster.state["reason"]
    assert "CrashLoopBackOff" in cluster.state["reason"]
    assert cluster.images() == {STABLE}
    assert not cluster.broken
    assert not cluster.unanswered
    assert "mlops/before" not in cluster.deployment("stable")["metadata"]["annotations"]
    assert cluster.shares == [0, 5, 25, 50, 0]


def test_what_stable_runs_already_is_done(lead: Lead) -> None:
    cluster = Cluster()
    cluster.change(
        LEASE,
        lambda found: found["metadata"]["annotations"].update(
            {"mlops/rollout": json.dumps({"version": 7, "image": STABLE, "phase": "requested"})}
        ),
    )
    assert lead(cluster) == 0
    assert cluster.shares == [0]


def test_what_has_ended_is_told_again_and_nothing_is_written(lead: Lead) -> None:
    for cluster, code in ((Cluster(), 0), (Cluster(canary=Kind(errors=0.5)), 3)):
        assert lead(cluster) == code
        version = cluster.objects.version
        assert lead(cluster, "two") == code
        assert cluster.objects.version == version


@pytest.mark.parametrize(
    "text", ["", "no JSON", "[]", '{"phase": "dancing", "image": "x"}', '{"phase": "requested"}']
)
def test_a_lease_that_asks_for_nothing_is_an_error(lead: Lead, text: str) -> None:
    cluster, said = Cluster(), []
    cluster.change(LEASE, lambda found: found["metadata"].update(annotations={"mlops/rollout": text}))
    assert lead(cluster, said=said) == 2
    assert "does not tell which rollout" in said[-1]["line"]


def test_a_config_of_other_limits_is_that_of_the_rollout(lead: Lead) -> None:
    assert lead(Cluster({**CONFIG, "limits": {"error_rate": 0.2}}, canary=Kind(errors=0.05))) == 0
