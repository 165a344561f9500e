"""The A/B test after the last step: how it begins, what ends it, and what never does."""

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from tests.engines.rollout.cluster import CANARY, CONFIG, DEPLOYMENTS, STABLE, Answer, Cluster
from tests.engines.rollout.faults import Controllers, Faults
from tests.engines.rollout.pods import Kind
from tests.engines.rollout.test_killed import SHORT

Lead = Callable[..., int]
TEST: dict[str, Any] = {
    "share": 0.1,
    "seconds": 7200,
    "slack_seconds": 3600,
    "guardrails": {"error_rate": 0.02},
    "header": "x-mlops-arm",
}
# So short that every call may be the last.
BRIEF = {**SHORT, "steps": [0.5], "ab_test": {**TEST, "seconds": 200, "slack_seconds": 200}}
WAIT = 240.0


def world(provider: str = "istio", **kinds: Kind) -> Cluster:
    return Cluster({**CONFIG, "provider": provider, "steps": [0.05, 0.5], "ab_test": TEST}, **kinds)


def during(cluster: Cluster, act: Callable[[], Any], after: float = WAIT) -> None:
    """Let something happen so many seconds after the traffic of the test is in place."""
    done: list[bool] = []

    def heard(method: str, path: str, answer: Answer) -> Answer:
        if not done and cluster.state["phase"] == "testing" and cluster.state["since"]:
            done.append(True)
            cluster.at(after, act)
        return answer

    cluster.after = heard


def ended(cluster: Cluster, image: str) -> None:
    """Hold what is true after every end."""
    assert not cluster.broken
    assert not cluster.unanswered
    assert cluster.images() == {image}
    assert cluster.weight() == 0 and not cluster.tested()
    assert not cluster.workloads["canary"].pods
    assert [each["name"] for each in cluster.route.all(cluster.objects)] == ["inner", "weighted"]
    assert "mlops/ab-test" not in cluster.lease["metadata"]["annotations"]


@pytest.mark.parametrize("provider", ["istio", "gateway-api"])
def test_what_is_better_is_promoted(lead: Lead, provider: str) -> None:
    cluster = world(provider)
    during(cluster, lambda: cluster.decide("promote"), 7200)
    assert lead(cluster) == 0
    ended(cluster, CANARY)
    assert cluster.shares == [0, 5, 50, 0]
    # With the weights of the last step goes the rule in, and out before the canary's pods go.
    assert [tested for _, tested in cluster.tests] == [False, True, False]
    assert cluster.tests[1][0] == cluster.weights[-1][0]
    (line,) = [each for each in cluster.state["decisions"] if "says promote" in each["line"]]
    assert "as seen" in line["line"] and "requests within all limits" in line["line"]


@pytest.mark.parametrize(("verdict", "code", "end"), [("keep", 0, "keep"), ("undecided", 3, "rolled back")])
@pytest.mark.parametrize("provider", ["istio", "gateway-api"])
def test_what_is_not_better_is_taken_back(
    lead: Lead, provider: str, verdict: str, code: int, end: str
) -> None:
    """What a test has answered is no failure of the Job."""
    cluster = world(provider)
    during(cluster, lambda: cluster.decide(verdict))
    assert lead(cluster) == code
    ended(cluster, STABLE)
    assert cluster.state["verdict"] == cluster.state["decisions"][-1]["verdict"] == end
    assert cluster.state["reason"] == f"the A/B test says {verdict}: as seen"
    assert cluster.state["decisions"][-2]["verdict"] == verdict


def test_the_rule_is_one_patch_that_stands_before_the_weights(lead: Lead) -> None:
    cluster = world()
    during(cluster, lambda: cluster.decide("promote"))
    seen: list[Any] = []
    known = cluster.after

    def after(method: str, path: str, answer: Answer) -> Answer:
        if path == cluster.route.path and method == "PATCH":
            seen.append(json.loads(answer[1])["spec"]["http"])
        return known(method, path, answer)

    cluster.after = after
    assert lead(cluster) == 0
    inner, test, weighted = seen[2]
    assert (inner["name"], weighted["name"]) == ("inner", "weighted")
    assert [each["weight"] for each in weighted["route"]] == [100, 0]
    assert test == {
        "name": "ab-test",
        "match": [{"headers": {"x-mlops-arm": {"exact": "treatment"}}}],
        "route": [{"destination": {"host": "churn", "subset": "canary"}, "weight": 100}],
        "timeout": "30s",
    }
    assert [each["name"] for each in seen[3]] == ["inner", "weighted"]


def test_the_rule_asks_for_all_that_the_weights_ask_for(lead: Lead) -> None:
    """A route that its users have narrowed stays narrow; what the server fills in is no change."""
    cluster = world("gateway-api")
    path = {"path": {"type": "PathPrefix", "value": "/"}}

    def narrow(found: Any) -> None:
        found["spec"]["rules"][1]["matches"] = [path]

    cluster.change(cluster.route.path, narrow)
    rules: list[Any] = []

    def look() -> None:
        rules.extend(cluster.route.all(cluster.objects))
        cluster.decide("promote")

    during(cluster, look)
    assert lead(cluster) == 0
    header = {"type": "Exact", "name": "x-mlops-arm", "value": "treatment"}
    assert rules[1]["matches"] == [{**path, "headers": [header]}]
    assert rules[1]["filters"] == rules[2]["filters"]


def test_nobody_looks(lead: Lead) -> None:
    cluster = world()
    begun: list[float] = []
    during(cluster, lambda: begun.append(cluster.now), 0)
    assert lead(cluster) == 3
    ended(cluster, STABLE)
    assert cluster.state["reason"].startswith("nobody has looked at the A/B test in time")
    assert 0 <= cluster.tests[-1][0] - begun[0] - 7200 - 3600 < 120
    assert max(cluster.shares) == 50


@pytest.mark.parametrize("errors", [0.5, 0.03])
def test_a_broken_guardrail_ends_it(lead: Lead, errors: float) -> None:
    """At once where most fail, and by the sum of hours where few more fail than may."""
    cluster = world()
    bad = Kind(errors=errors)
    during(cluster, lambda: cluster.workloads["canary"].kinds.update({CANARY: bad}), 3700)
    assert lead(cluster) == 3
    ended(cluster, STABLE)
    assert "a guardrail, by the last" in cluster.state["reason"]
    assert "requests failed, 2 % may" in cluster.state["reason"]
    lasted = cluster.tests[-1][0] - cluster.tests[1][0] - 3700
    assert lasted < (240 if errors == 0.5 else 7200)


def test_a_guardrail_has_the_last_word(lead: Lead) -> None:
    """What is a little over its limit, too little to be clear, is not promoted."""
    cluster = world(canary=Kind(errors=0.009))
    cluster.config = {**cluster.config, "ab_test": {**TEST, "guardrails": {"error_rate": 0.008}}}
    during(cluster, lambda: cluster.decide("promote"))
    assert lead(cluster) == 3
    ended(cluster, STABLE)
    assert "says promote, and a guardrail does not" in cluster.state["reason"]


def test_without_guardrails_only_the_test_decides(lead: Lead) -> None:
    cluster = world()
    cluster.config = {**cluster.config, "ab_test": {**TEST, "guardrails": {}}}
    asked: list[str] = []
    during(cluster, lambda: cluster.decide("promote"))
    cluster.before = lambda method, path: (
        asked.append(cluster.state["phase"]) if "api/v1/query" in path else None
    )
    assert lead(cluster) == 0
    ended(cluster, CANARY)
    assert "testing" not in asked


@pytest.mark.parametrize("data", ["gone", "nan", "empty"])
def test_no_data_promotes_nothing_and_ends_no_test(lead: Lead, data: str) -> None:
    cluster = world()

    def away() -> None:
        cluster.prometheus = data
        cluster.at(1000, lambda: cluster.decide("promote"))
        cluster.at(2000, lambda: setattr(cluster, "prometheus", ""))

    during(cluster, away, 0)
    assert lead(cluster) == 0
    ended(cluster, CANARY)
    assert 2000 < cluster.tests[-1][0] - cluster.tests[1][0] < 2400


def test_no_data_until_the_deadline_is_taken_back(lead: Lead) -> None:
    cluster = world()

    def away() -> None:
        cluster.prometheus = "gone"
        cluster.decide("promote")

    during(cluster, away)
    assert lead(cluster) == 3
    ended(cluster, STABLE)
    assert "a guardrail nothing yet: Prometheus does not tell" in cluster.state["reason"]


def test_an_abort_takes_back_within_seconds(lead: Lead) -> None:
    cluster = world()
    asked: list[float] = []

    def abort() -> None:
        asked.append(cluster.now)
        cluster.abort()

    during(cluster, abort)
    assert lead(cluster) == 3
    ended(cluster, STABLE)
    assert cluster.tests[-1][0] - asked[0] < 5.5
    assert cluster.state["reason"] == "asked for: errors seen"


@pytest.mark.parametrize(
    "note",
    [
        {"version": "7", "verdict": "keep", "why": ""},
        {"version": "8", "verdict": "maybe", "why": ""},
        {"verdict": "keep"},
        {"version": "8"},
        ["8", "keep"],
        "keep",
        None,
    ],
    ids=str,
)
def test_what_is_no_verdict_on_this_version_is_none(lead: Lead, note: Any) -> None:
    cluster, said = world(), []

    def write() -> None:
        cluster.note(ab_test=json.dumps(note) if note else "{half of ")
        cluster.at(600, lambda: cluster.decide("promote"))

    during(cluster, write)
    assert lead(cluster, said=said) == 0
    ended(cluster, CANARY)
    assert sum("no verdict on this version" in each.get("line", "") for each in said) == 1


def test_a_verdict_before_its_test_is_about_another_one(lead: Lead) -> None:
    cluster = world()
    cluster.at(30, lambda: cluster.decide("promote"))
    cluster.at(800, lambda: cluster.decide("keep"))
    begun: list[float] = []
    during(cluster, lambda: begun.append(cluster.now), 0)
    assert lead(cluster) == 3
    assert "nobody has looked" in cluster.state["reason"]
    assert cluster.tests[-1][0] - begun[0] > 7200


def test_a_rule_that_somebody_removes_ends_it(lead: Lead) -> None:
    cluster = world()

    def remove(found: Any) -> None:
        del found["spec"]["http"][1]

    def act() -> None:
        cluster.change(cluster.route.path, remove)
        cluster.tests.append((cluster.now, False))

    during(cluster, act)
    assert lead(cluster) == 3
    ended(cluster, STABLE)
    assert cluster.state["reason"] == "somebody else has removed the route's rule ab-test"


@pytest.mark.parametrize("change", ["weights", "match", "target", "order", "twice"])
def test_a_route_that_somebody_changes_ends_it(lead: Lead, change: str) -> None:
    cluster = world()
    cluster.foreign = True

    def write(found: Any) -> None:
        inner, test, weighted = found["spec"]["http"]
        if change == "weights":
            weighted["route"][0]["weight"], weighted["route"][1]["weight"] = 70, 30
        elif change == "match":
            test["match"][0]["headers"]["x-mlops-arm"] = {"prefix": "t"}
        elif change == "target":
            test["route"].append({"destination": {"host": "churn", "subset": "stable"}, "weight": 0})
        elif change == "order":
            found["spec"]["http"] = [inner, weighted, test]
        else:
            found["spec"]["http"].insert(0, {**test, "match": [{"uri": {"prefix": "/x"}}]})

    def act() -> None:
        # What the mesh does with a rule of somebody else's is not ours to know.
        cluster.change(cluster.route.path, write)
        kept, cluster.tested = cluster.tested, lambda: False  # type: ignore[method-assign]
        cluster.at(61, lambda: setattr(cluster, "tested", kept))

    during(cluster, act)
    assert lead(cluster) == 3
    cluster.broken.clear()
    ended(cluster, STABLE)
    assert "somebody else has changed" in cluster.state["reason"]


def test_a_canary_that_crashes_ends_it(lead: Lead) -> None:
    cluster = world()
    bad = Kind(fault="CrashLoopBackOff")
    during(cluster, lambda: cluster.workloads["canary"].kinds.update({CANARY: bad}))
    assert lead(cluster) == 3
    assert "CrashLoopBackOff" in cluster.state["reason"]
    assert cluster.images() == {STABLE}


@pytest.mark.parametrize("away", [200, 900])
def test_pods_that_are_away_for_a_while_end_no_test(lead: Lead, away: int) -> None:
    cluster = world()
    kinds = cluster.workloads["canary"].kinds

    def drained() -> None:
        kinds[CANARY] = Kind(ready=1e9)
        cluster.at(away, lambda: kinds.update({CANARY: Kind()}))
        cluster.at(3000, lambda: cluster.decide("promote"))

    during(cluster, drained)
    assert lead(cluster) == (0 if away == 200 else 3)
    assert ("0 of 2 pods" in cluster.state["reason"]) == (away == 900)


def test_the_canary_keeps_up_with_stable(lead: Lead) -> None:
    """As many pods as its ids take, whatever an autoscaler makes of stable meanwhile, and never one alone."""
    cluster = world()
    cluster.config = {**cluster.config, "ab_test": {**TEST, "share": 0.25}}
    pods: list[int] = []

    def scaled(count: int) -> None:
        pods.append(cluster.deployment("canary")["spec"]["replicas"])
        cluster.change(f"{DEPLOYMENTS}/churn-stable", lambda found: found["spec"].update(replicas=count))

    def act() -> None:
        scaled(30)
        cluster.at(600, lambda: scaled(12))
        cluster.at(1200, lambda: scaled(2))
        cluster.at(1800, lambda: scaled(4))
        cluster.at(1900, lambda: cluster.decide("promote"))

    during(cluster, act)
    assert lead(cluster) == 0
    # 10 pods have a quarter of the ids beside 30 that have three.
    assert pods == [2, 10, 4, 2]


def test_what_another_test_has_left_goes_before_anything_begins(lead: Lead) -> None:
    cluster = Cluster({**CONFIG, "steps": [0.5]})

    def left(found: Any) -> None:
        rules = found["spec"]["http"]
        rules.insert(0, {**rules[-1], "name": "ab-test", "route": rules[-1]["route"][1:]})

    cluster.change(cluster.route.path, left)
    assert lead(cluster) == 0
    ended(cluster, CANARY)
    assert any("an arm of an A/B test went to" in each["line"] for each in cluster.state["decisions"])


@pytest.mark.parametrize(
    ("fault", "provider", "verdict"),
    [
        ("kill after", "istio", "promote"),
        ("kill after", "gateway-api", "keep"),
        ("frozen", "gateway-api", "promote"),
        ("frozen", "istio", "keep"),
    ],
)
def test_killed_or_frozen_at_each_call(rollout: ModuleType, fault: str, provider: str, verdict: str) -> None:
    began: list[int] = []

    def one(plan: dict[int, str]) -> Cluster:
        cluster = Cluster({**BRIEF, "provider": provider})
        controllers = Controllers(rollout, cluster)
        faults = Faults(cluster, plan, controllers.once)
        during(cluster, lambda: cluster.decide(verdict), 40)
        heard = cluster.after

        def after(method: str, path: str, answer: Answer) -> Answer:
            if cluster.state["phase"] == "testing":
                began.append(cluster.calls)
            return heard(method, path, faults.after(method, path, answer))

        cluster.after = after
        assert controllers.to_the_end() == 0, plan
        assert cluster.state["verdict"] == ("promoted" if verdict == "promote" else verdict), plan
        return cluster

    sample = one({})
    for call in range(began[0], sample.calls + 1):
        cluster = one({call: fault})
        assert not cluster.broken, call
        assert cluster.images() == {CANARY if verdict == "promote" else STABLE}, call
        assert cluster.weight() == 0 and not cluster.tested() and not cluster.workloads["canary"].pods, call
        if fault == "kill after":
            assert [tested for _, tested in cluster.tests] == [False, True, False], call
            assert cluster.shares == [0, 50, 0], call
