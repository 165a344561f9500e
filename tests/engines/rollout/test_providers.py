"""A rollout by each provider, from the request to the end."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.engines.rollout.cluster import CANARY, CONFIG, STABLE, Cluster
from tests.engines.rollout.pods import Kind

Lead = Callable[..., int]
NONE = {"provider": "none", "steps": [1 / 3, 0.5], "pods": [2, 4]}
PROVIDERS: dict[str, dict[str, Any]] = {
    "istio": {},
    "gateway-api": {"provider": "gateway-api"},
    "none": NONE,
}
BAD = {
    "5 % errors": Kind(errors=0.05),
    "slow": Kind(slow=0.2),
    "crash-looping": Kind(fault="CrashLoopBackOff"),
    "never ready": Kind(ready=1e9),
}


def world(provider: str, **kinds: Kind) -> Cluster:
    return Cluster({**CONFIG, **PROVIDERS[provider]}, **kinds)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_healthy_version_is_promoted(lead: Lead, provider: str) -> None:
    cluster = world(provider)
    assert lead(cluster) == 0
    assert cluster.state["verdict"] == "promoted"
    assert cluster.images() == {CANARY}
    assert cluster.shares == ([0, 2, 4, 0] if provider == "none" else [0, 5, 25, 50, 0])
    assert not cluster.broken
    assert not cluster.unanswered
    assert not cluster.workloads["canary"].pods
    assert cluster.deployment("stable")["metadata"]["annotations"]["mlops/before"] == STABLE
    assert cluster.deployment("stable")["spec"]["replicas"] == 4


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("kind", BAD)
def test_a_bad_version_is_taken_back(lead: Lead, provider: str, kind: str) -> None:
    cluster = world(provider, canary=BAD[kind])
    assert lead(cluster) == 3
    assert cluster.state["verdict"] == "rolled back"
    assert cluster.images() == {STABLE}
    assert set(cluster.shares) <= ({0, 2} if provider == "none" else {0, 5})
    assert not cluster.broken
    assert not cluster.workloads["canary"].pods
    assert cluster.weight() == 0


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_fails_at_once_is_gone_after_some_twenty_errors(lead: Lead, provider: str) -> None:
    cluster = world(provider, canary=Kind(errors=1.0))
    assert lead(cluster) == 3
    begun = next(at for at, weight in cluster.weights if weight)
    held = cluster.weights[-1][0] - begun
    # A new pod where pods are the share, the settling, and the first look.
    assert held < 30 + 60 + 20


@pytest.mark.parametrize(
    "fault, told", [("CrashLoopBackOff", "CrashLoopBackOff"), ("ErrImagePull", "ErrImagePull")]
)
def test_the_reason_says_why_pods_are_not_ready(lead: Lead, fault: str, told: str) -> None:
    cluster = world("istio", canary=Kind(fault=fault))
    assert lead(cluster) == 3
    assert told in cluster.state["reason"]
    assert "0 of 2 pods of churn-canary are ready" in cluster.state["reason"]
    # No request ever went there.
    assert cluster.shares == [0]


def test_the_canary_has_pods_for_its_share_before_it_gets_it(lead: Lead) -> None:
    cluster = world("istio")
    cluster.change(
        "/apis/apps/v1/namespaces/ml/deployments/churn-stable",
        lambda found: found["spec"].update(replicas=12),
    )
    cluster.broken.clear()
    ready: list[tuple[int, int]] = []

    def after(method: str, path: str, answer: Any) -> Any:
        if method == "PATCH" and "virtualservices" in path and cluster.weight():
            ready.append((cluster.weight(), len(cluster.workloads["canary"].ready(cluster.now))))
        return answer

    cluster.after = after
    cluster.sleep(60)
    cluster.broken.clear()
    assert lead(cluster) == 0
    assert ready == [(5, 2), (25, 3), (50, 6)]
    assert not cluster.broken


@pytest.mark.parametrize("provider", ["istio", "gateway-api"])
def test_a_shadow_sees_copies_and_no_share(lead: Lead, provider: str) -> None:
    cluster = Cluster({**CONFIG, "provider": provider, "shadow_seconds": 600})
    seen: list[tuple[bool, int]] = []

    def after(method: str, path: str, answer: Any) -> Any:
        if not seen or seen[-1] != (cluster.mirrored(), cluster.weight()):
            seen.append((cluster.mirrored(), cluster.weight()))
        return answer

    cluster.after = after
    assert lead(cluster) == 0
    assert seen == [(False, 0), (True, 0), (False, 0), (False, 5), (False, 25), (False, 50), (False, 0)]
    assert not cluster.broken
    assert not cluster.unanswered


@pytest.mark.parametrize("provider", ["istio", "gateway-api"])
def test_a_shadow_that_fails_never_meets_a_caller(lead: Lead, provider: str) -> None:
    cluster = Cluster({**CONFIG, "provider": provider, "shadow_seconds": 600}, canary=Kind(errors=0.05))
    assert lead(cluster) == 3
    assert cluster.shares == [0]
    assert not cluster.mirrored()
    assert not cluster.broken


def test_a_shadow_alone_promotes(lead: Lead) -> None:
    cluster = Cluster({**CONFIG, "steps": [], "shadow_seconds": 600})
    assert lead(cluster) == 0
    assert cluster.shares == [0]
    assert not cluster.mirrored()
    assert cluster.images() == {CANARY}


def test_figures_are_the_canarys_alone(lead: Lead) -> None:
    broken_stable, broken_canary = Kind(errors=0.5, slow=0.5), Kind(errors=0.05)
    sound = world("istio", stable=broken_stable)
    assert lead(sound) == 0
    assert lead(world("istio", canary=broken_canary)) == 3


def test_each_decision_is_told_everywhere(lead: Lead) -> None:
    cluster, said = world("istio"), []
    assert lead(cluster, said=said) == 0
    decisions = cluster.state["decisions"]
    shares = [each["share"] for each in decisions if "of the traffic" in each["line"]]
    assert shares == [0.05, 0.25, 0.5]
    good = [each for each in decisions if "requests within all limits" in each["line"]]
    assert len(good) == 3
    assert all(each["figures"]["requests"] >= 200 for each in good)
    assert [each for each in said if each in decisions] == decisions
    assert said[-1]["report"]["verdict"] == "promoted"
    events = [each for path, each in cluster.objects.stored.items() if "/events/" in path]
    assert [each["message"].partition(": ")[2] for each in events] == [each["line"] for each in decisions]
    assert all(each["involvedObject"]["name"] == "churn-stable" for each in events)
    assert json.dumps(decisions)
