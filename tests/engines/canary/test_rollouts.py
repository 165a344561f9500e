"""Rollouts on real engines: the generated controller, service and objects, Prometheus, a mesh, and real load.

In each of them whoever is served by stable sees no failed request, and the end is promoted or rolled back.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.conftest_engines import engine
from tests.engines.canary import given
from tests.engines.canary.kinds import EVENT
from tests.engines.canary.scenarios import SCENARIOS, Performance, Played
from tests.engines.canary.stage import SHORT, theatre
from tests.engines.canary.stage import played as named
from tests.engines.rollout.cluster import CONFIG, Cluster
from tests.engines.rollout.pods import Kind

Player = Callable[[str], Played]
T = TypeVar("T", bound=Callable[..., Any])
PLAYS: dict[str, tuple[str, ...]] = {}
PROMOTED = [
    "healthy", "healthy_gateway", "healthy_pods", "stable_broken", "prometheus_back", "api_gone", "api_ill",
    "killed", "replaced", "second", "shadowed", "tested",
]  # fmt: skip
ROLLED_BACK = [
    "errors", "errors_gateway", "errors_pods", "slow", "crashing", "falling", "never_ready", "no_traffic", "nan",
    "empty", "prometheus_gone", "killed_errors", "aborted", "put_back", "changed", "shadowed_errors",
    "tested_gateway",
]  # fmt: skip
# Where an A/B test ends it, which is an answer and no failure.
KEPT = ("tested_gateway",)
# Where the canary's own pods go away while they have traffic.
CUT = ("falling",)
GRANTED = {
    "istio": ("healthy", "crashing"),
    "gateway-api": ("healthy_gateway", "crashing_gateway"),
    "none": ("healthy_pods", "crashing_pods"),
}


def plays(*names: str) -> Callable[[T], T]:
    """Say which scenarios a test looks at, so that no others are played for it."""

    def told(test: T) -> T:
        PLAYS[test.__name__] = names
        return test

    return told


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Player]:
    """Return what plays the scenarios that the chosen tests look at: all at the same time."""
    for name in ("prometheus", "openssl", "uvicorn"):
        engine(name)
    chosen: set[str] = set()
    for item in request.session.items:
        if item.path == Path(__file__):
            words = getattr(item, "callspec", None)
            chosen |= {words.params["name"]} if words and "name" in words.params else set()
            chosen |= (
                set(GRANTED[words.params["provider"]]) if words and "provider" in words.params else set()
            )
            chosen |= set(PLAYS.get(getattr(item, "originalname", ""), ()))
    names = [name for name in SCENARIOS if name in chosen]
    providers = {
        named(each.get("provider", "istio"), each.get("ab_test"))
        for each in (SCENARIOS[name].given for name in names)
    }
    with theatre(tmp_path_factory.mktemp("canary"), names, providers) as found:
        performance = Performance(found, names)
        try:
            yield performance
        finally:
            performance.close()


@pytest.mark.parametrize("name", PROMOTED)
def test_what_is_sound_is_promoted(played: Player, name: str) -> None:
    found = played(name)
    stage = found.stage
    assert found.noted["code"] == 0, stage.said()
    state = stage.state()
    assert (state["phase"], state["verdict"]) == ("ended", "promoted")
    assert stage.image_of("stable") == stage.image("8")
    assert stage.deployment("stable")["metadata"]["annotations"]["mlops/before"] == stage.image("7")
    _at_rest(found)
    # Shares rise as they were asked for, and in the end everybody is served by the new version.
    if stage.config["provider"] != "none":
        shares = [each["canary"] for _, each in stage.mesh.history]
        assert shares == [0, *(round(100 * each) for each in stage.config["steps"]), 0]
    assert {each.version for each in stage.mesh.seen[-10:]} == {"8"}


@pytest.mark.parametrize("name", ROLLED_BACK)
def test_what_is_not_is_taken_back(played: Player, name: str) -> None:
    found = played(name)
    stage = found.stage
    code, verdict = (0, "keep") if name in KEPT else (3, "rolled back")
    assert found.noted["code"] == code, stage.said()
    state = stage.state()
    assert (state["phase"], state["verdict"]) == ("ended", verdict)
    assert state["reason"]
    assert stage.image_of("stable") == stage.image("7")
    _at_rest(found)
    assert {each.version for each in stage.mesh.seen[-10:]} <= {"7"}


def _at_rest(found: Played) -> None:
    """The end leaves stable alone with all traffic and no canary, and nobody was hurt by the way there."""
    stage = found.stage
    assert stage.weights()["canary"] == 0
    assert stage.deployment("canary")["spec"]["replicas"] == 0
    if stage.name != "stable_broken":
        assert not stage.failed("stable")
    # Codes that no pod has given are the mesh's own: no pod, no connection, or one that was cut.
    own = {each.track for each in stage.mesh.seen if each.why}
    assert own <= ({"canary"} if stage.name in CUT else set())
    assert stage.api.roles.refused == []


@plays("errors", "killed_errors")
@pytest.mark.parametrize("name", ["errors", "killed_errors"])
def test_errors_of_the_canary_are_counted_and_told(played: Player, name: str) -> None:
    stage = played(name).stage
    bad = next(each for each in stage.state()["decisions"] if each["verdict"] == "bad")
    failed, all_of = len(stage.failed("canary")), sum(each.track == "canary" for each in stage.mesh.seen)
    assert 0.28 < failed / all_of < 0.4
    figures = bad["figures"]
    assert 0.2 < figures["error_rate"] / figures["requests"] < 0.45
    # Prometheus saw no more than there was, but for what `increase` adds at the edges of a window.
    assert figures["requests"] <= 1.3 * all_of
    assert "requests failed, 5 % may" in bad["line"]


@plays("stable_broken")
def test_a_broken_stable_does_not_count_against_a_sound_canary(played: Player) -> None:
    stage = played("stable_broken").stage
    assert len(stage.failed("stable")) > 20
    assert not stage.failed("canary")
    figures = [each["figures"] for each in stage.state()["decisions"] if each["figures"]]
    assert len(figures) == len(stage.config["steps"])
    assert all(each["error_rate"] == 0 and each["requests"] >= 6 for each in figures)


@plays("errors", "slow", "crashing", "never_ready", "falling")
def test_the_reason_is_in_the_words_of_what_failed(played: Player) -> None:
    reasons = {
        name: played(name).stage.state()["reason"]
        for name in PLAYS["test_the_reason_is_in_the_words_of_what_failed"]
    }
    assert "requests failed" in reasons["errors"]
    assert "took longer than 1 s" in reasons["slow"]
    assert "CrashLoopBackOff" in reasons["crashing"] and "exit code 1" in reasons["crashing"]
    assert "0 of 2 pods of churn-canary are ready" in reasons["never_ready"]
    assert "of 2 pods of churn-canary are ready" in reasons["falling"]
    assert "exit code 9" in reasons["falling"]


@plays("no_traffic", "nan", "empty", "prometheus_gone")
@pytest.mark.parametrize("name", ["no_traffic", "nan", "empty", "prometheus_gone"])
def test_no_data_is_a_verdict_of_its_own(played: Player, name: str) -> None:
    verdicts = Counter(each["verdict"] for each in played(name).stage.state()["decisions"])
    assert verdicts["no data"] == 1
    assert not verdicts["bad"]


@plays("crashing", "never_ready")
def test_who_is_never_ready_never_gets_a_request(played: Player) -> None:
    for name in ("crashing", "never_ready"):
        assert {each.track for each in played(name).stage.mesh.seen} == {"stable"}


@plays("falling")
def test_pods_that_fall_are_noticed_though_they_count_no_errors(played: Player) -> None:
    """Who is sent to no pod gets a 503 of the mesh: the pods themselves tell, before stable has any of it."""
    stage = played("falling").stage
    bad = next(each for each in stage.state()["decisions"] if each["verdict"] == "bad")
    assert "of 2 pods of churn-canary are ready" in bad["line"]
    assert bad["share"] > 0


@plays("prometheus_back")
def test_who_waits_for_data_goes_on_when_it_is_there(played: Player) -> None:
    late = played("prometheus_back").noted["late"]
    assert (late["phase"], late["step"], late["verdict"]) == ("step", 1, "")


@plays("api_gone")
def test_without_the_api_server_traffic_stays_as_it_is(played: Player) -> None:
    noted = played("api_gone").noted
    assert noted["before"] == noted["after"] == {"stable": 70, "canary": 30}


@plays("killed", "killed_errors")
def test_it_was_killed_before_and_after_each_change_in_each_phase(played: Player) -> None:
    good, bad = played("killed").noted, played("killed_errors").noted
    assert good["kills"] == len(good["calls"]) and bad["kills"] == len(bad["calls"])
    for noted, route in ((good, 1), (bad, 1)):
        phases = {(phase, when) for when, _, _, _, phase, _ in noted["calls"]}
        kept = (
            {"requested", "starting", "step", "promoting", "draining"}
            if noted is good
            else {"requested", "starting", "step", "reverting"}
        )
        assert phases >= {(phase, when) for phase in kept for when in ("before", "after")}
        resources = Counter(resource for _, _, resource, _, _, _ in noted["calls"])
        assert resources["virtualservices"] >= 4 * route
        assert resources["deployments"] >= 4
        assert resources["leases"] >= 8


@plays("second")
def test_a_second_controller_refuses(played: Player) -> None:
    found = played("second")
    assert found.noted["second"] == 2
    assert "held by x-rollout-0" in found.stage.controllers[1].log.read_text()


@plays("replaced")
def test_another_pod_goes_on_where_the_first_was(played: Player) -> None:
    lines = [each["line"] for each in played("replaced").stage.state()["decisions"]]
    assert lines.count("the canary is ready") == 1


@plays("aborted", "put_back")
def test_who_asks_for_it_has_all_traffic_back_within_five_seconds(played: Player) -> None:
    aborted, back = played("aborted"), played("put_back")
    assert aborted.noted["waited"] < 5
    assert "make rollback" in aborted.stage.state()["reason"]
    # What `make rollback` has written is not written over.
    assert [each["canary"] for _, each in back.stage.mesh.history] == [0, 30, 0]


@plays("changed")
def test_weights_that_somebody_else_has_written_end_it(played: Player) -> None:
    state = played("changed").stage.state()
    assert "somebody else has changed the weights" in state["reason"]
    assert state["step"] == 1, "at once, and not when the next step finds them"


@plays("shadowed", "shadowed_errors")
def test_a_shadow_gets_copies_and_answers_nobody(played: Player) -> None:
    noted = played("shadowed").noted
    assert noted["answered"] == 0
    assert noted["mirrored"] > 40
    bad = played("shadowed_errors").stage
    assert {each.track for each in bad.mesh.seen} == {"stable"}
    assert bad.state()["step"] == 0


@plays("healthy")
def test_each_decision_is_told_in_every_place(played: Player) -> None:
    stage = played("healthy").stage
    decisions = stage.state()["decisions"]
    lines = [json.loads(line) for line in stage.said().splitlines()]
    assert [each for each in lines if each in decisions] == decisions
    assert lines[-1]["report"] == stage.state()
    told = [each["message"] for each in stage.api.store.all(EVENT, given.NAMESPACE)]
    assert len(told) == len(decisions)
    assert all(any(each["line"] in message for message in told) for each in decisions)
    shares = stage.asked('max_over_time(model_rollout_share{environment="healthy",version="8"}[10m])')
    assert [float(each["value"][1]) for each in shares] == [0.6]


@pytest.mark.parametrize("provider", GRANTED)
def test_its_role_grants_what_it_uses_and_no_more(played: Player, provider: str) -> None:
    stages = [played(name).stage for name in GRANTED[provider]]
    used = {each for stage in stages for each in stage.api.roles.used}
    assert used == stages[0].api.roles.each_grant()
    assert not [stage.api.roles.refused for stage in stages if stage.api.roles.refused]


# What the pods are like, to the cluster on a clock of its own.
VIRTUAL: dict[str, dict[str, Kind]] = {
    "healthy": {},
    "errors": {"canary": Kind(errors=1 / 3)},
    "slow": {"canary": Kind(slow=1.0)},
    "crashing": {"canary": Kind(fault="CrashLoopBackOff")},
    "never_ready": {"canary": Kind(ready=1e9)},
    "stable_broken": {"stable": Kind(errors=1 / 3)},
    "shadowed": {},
    "healthy_gateway": {},
}


@pytest.mark.parametrize("name", VIRTUAL)
def test_both_clocks_agree(played: Player, lead: Callable[..., int], name: str) -> None:
    """The same controller on a virtual clock ends the same way, through the same decisions."""
    found = played(name)
    own = {key: value for key, value in SCENARIOS[name].given.items() if key in ("provider", "steps")}
    shadow = 100 * found.stage.config["shadow_seconds"]
    limits = {"error_rate": 0.05, "latency_p95": 0.2}
    given = {"steps": SHORT["steps"], "limits": limits, "shadow_seconds": shadow}
    virtual = Cluster({**CONFIG, **given, **own}, **VIRTUAL[name])
    assert lead(virtual) == found.noted["code"]

    def course(state: dict[str, Any]) -> list[tuple[Any, ...]]:
        return [(each["step"], each["share"], each["verdict"]) for each in state["decisions"]]

    assert course(virtual.state) == course(found.stage.state())
    assert virtual.state["phase"] == found.stage.state()["phase"] == "ended"
    assert virtual.shares == [each["canary"] for _, each in found.stage.mesh.history]


@plays("tested", "tested_gateway")
@pytest.mark.parametrize("name", ["tested", "tested_gateway"])
def test_each_id_has_its_version_and_nobody_sees_a_fault(played: Player, name: str) -> None:
    """By the header that a pod of stable writes, the mesh's rule, and the canary that answers."""
    found = played(name)
    stage = found.stage
    callers = [each for each in stage.mesh.seen if not each.inner]
    assert {each.code for each in callers} == {200}
    begun, ended = found.noted["begun"], found.noted["ended"]
    seen: dict[str, set[str]] = {}
    for each in callers:
        if begun < each.at < ended:
            seen.setdefault(each.entity, set()).add(each.version)
    arms = {entity for entity, versions in seen.items() if versions == {"8"}}
    assert all(len(versions) == 1 for versions in seen.values()), "nobody sees two versions"
    assert arms == found.noted["treatment"] and 3 < len(arms) < len(seen) > 30
    # Not one by its weight: what a canary answers has come from a pod, and by the rule.
    inner = [each for each in stage.mesh.seen if each.inner and begun < each.at < ended]
    assert {(each.track, each.code) for each in inner} == {("canary", 200)}
    assert "ab-test" not in json.dumps(stage.route()["spec"])
