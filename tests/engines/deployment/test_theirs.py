"""A version that Argo Rollouts or Flagger gives its traffic: asked for, followed, finished, taken back."""

import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from tests.engines.deployment.stepwise import HERE, compile_canary
from tests.engines.deployment.test_stepwise import aliases, tags
from tests.engines.deployment.world import IMAGE, Service, World

PROVIDERS = ("argo-rollouts", "flagger")
# The object whose image is changed.
ASKED = {"argo-rollouts": "Rollout/churn", "flagger": "Deployment/churn"}


def of(number: str) -> str:
    """Return the image of a version."""
    return f"{IMAGE}:churn-v{number}"


def fares(world: World, **how: Any) -> None:
    """Say how their controller fares."""
    world.change("kubectl", theirs={"folder": str(Path(__file__).parent), **how})


def provider(world: World) -> str:
    """Return whose controller it is."""
    return "flagger" if "Canary/churn" in world.objects() else "argo-rollouts"


def asked(world: World) -> str:
    """Return the version that is asked for."""
    pod = world.objects()[ASKED[provider(world)]]["spec"]["template"]["spec"]
    return str(pod["containers"][0]["image"]).removeprefix(of(""))


def calls(world: World, *words: str) -> list[list[str]]:
    """Return the calls that begin so."""
    return [each for each in world.state("kubectl")["calls"] if each[: len(words)] == list(words)]


def route(world: World) -> list[int]:
    """Return the weights of stable and canary, whoever made the route."""
    return [each["weight"] for each in world.objects()["VirtualService/churn"]["spec"]["http"][0]["route"]]


@pytest.fixture(scope="session", params=PROVIDERS)
def with_theirs(
    request: pytest.FixtureRequest, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return a copy of the repository, and a cluster in which the first version serves, and is the champion."""
    world = World(tmp_path_factory.mktemp("theirs") / "churn", "")
    shutil.copytree(repository, world.root, symlinks=True)
    world.begin()
    compile_canary(world, request.param)
    world.change("kubectl", contexts={"prd-eu": {}})
    fares(world)
    report = world.step("deploy", "1", HERE)
    assert report["verdict"] == "done", report
    assert world.step("promote", "1", HERE)["verdict"] == "promoted"
    return world.root


@pytest.fixture
def theirs(with_theirs: Path, tmp_path: Path, service: Service) -> World:
    """Return a copy in which version 1 serves, and their controller brings what is asked for."""
    world = World(tmp_path / "churn", service.socket)
    shutil.copytree(with_theirs, world.root, symlinks=True)
    return world


def test_the_first_version_comes_at_once(theirs: World) -> None:
    assert (asked(theirs), route(theirs), aliases(theirs)["champion"]) == ("1", [100, 0], "1")
    assert tags(theirs, "1") == {}
    assert theirs.step("verify", "1", HERE)["verdict"] == "done"
    assert not any(key.startswith(("Job/", "Lease/")) for key in theirs.objects())


def test_a_sound_version_is_promoted(theirs: World) -> None:
    output = theirs.root / "output.txt"
    report = theirs.step("deploy", "2", HERE, GITHUB_OUTPUT=str(output))
    assert (report["verdict"], report["figures"]) == ("done", {"version": 2}), report
    said = (theirs.root / "said.txt").read_text()
    assert "50 % of the traffic" in said
    assert "changed=true" in output.read_text() and route(theirs) == [100, 0]
    assert theirs.step("verify", "2", HERE)["verdict"] == "done"
    assert theirs.step("promote", "2", HERE)["verdict"] == "promoted"
    assert tags(theirs, "2") == {}


def test_what_serves_is_what_is_stable(theirs: World) -> None:
    fares(theirs, held=True)
    report = theirs.step("deploy", "2", HERE, FOLLOW="0s")
    assert report["verdict"] == "running", report
    theirs.step("finish-rollout", "", HERE)
    theirs.step("finish-rollout", "", HERE)
    assert (asked(theirs), route(theirs)) == ("2", [95, 5])
    refused = theirs.step("verify", "2", HERE)
    assert refused["reasons"] == ["version 2 does not serve: version 1 is in service"]
    assert theirs.step("verify", "1", HERE)["verdict"] == "done"
    selector = calls(theirs, "get", "pods")[-1][2]
    if provider(theirs) == "flagger":
        assert selector == "--selector=app.kubernetes.io/name=churn-primary"
    else:
        stable = theirs.objects()["Rollout/churn"]["status"]["stableRS"]
        found = theirs.objects()[f"ReplicaSet/churn-{stable}"]["spec"]["template"]["spec"]
        assert found["containers"][0]["image"] == of("1")
        assert selector.endswith(f",rollouts-pod-template-hash={stable}")


def test_a_bad_version_is_taken_back(theirs: World) -> None:
    output = theirs.root / "output.txt"
    fares(theirs, bad=[of("2")])
    report = theirs.step("deploy", "2", HERE, GITHUB_OUTPUT=str(output))
    assert report["verdict"] == "rolled back", report
    assert "version 2: rolled back: " in report["reasons"][0] and "failed" in report["reasons"][0].lower()
    assert (route(theirs), aliases(theirs)["champion"], tags(theirs, "2")) == ([100, 0], "1", {})
    # The workflow has nothing to take back.
    assert not output.exists() or "changed" not in output.read_text()
    assert theirs.step("back-out", "2", HERE)["reasons"] == [f"{of('1')} is in service: nothing to take back"]
    if provider(theirs) == "argo-rollouts":
        assert asked(theirs) == "1", "else the next apply by hand would bring it again"
    assert theirs.step("verify", "1", HERE)["verdict"] == "done"


@pytest.mark.parametrize("number", ["2", "4"])
def test_after_a_bad_version_the_next_one_has_its_own_rollout(theirs: World, number: str) -> None:
    """It does not get the verdict of the one before, be it the same version once more."""
    fares(theirs, bad=[of("2")])
    assert theirs.step("deploy", "2", HERE)["verdict"] == "rolled back"
    fares(theirs, away=True)
    if provider(theirs) == "flagger":
        assert theirs.step("deploy", number, HERE, FOLLOW="0s")["verdict"] == "running"
    fares(theirs)
    report = theirs.step("deploy", number, HERE)
    assert report["verdict"] == "done", report
    assert "50 % of the traffic" in (theirs.root / "said.txt").read_text()


@pytest.mark.parametrize("bad", [[], [of("2")]])
def test_what_ended_by_itself_is_finished(theirs: World, bad: list[str]) -> None:
    fares(theirs, held=True)
    report = theirs.step("deploy", "2", HERE, FOLLOW="0s")
    assert report["verdict"] == "running" and tags(theirs, "2")
    assert theirs.step("finish-rollout", "", HERE)["verdict"] == "running"
    fares(theirs, bad=bad)
    for _ in range(20):
        report = theirs.step("finish-rollout", "", HERE)
        if report["verdict"] != "running":
            break
    wanted = ("rolled back", "1") if bad else ("promoted", "2")
    assert (report["verdict"], aliases(theirs)["champion"]) == wanted, report
    assert (tags(theirs, "2"), route(theirs)) == ({}, [100, 0])
    assert theirs.step("finish-rollout", "", HERE)["verdict"] == "skipped"


def at_five_percent(world: World) -> None:
    """Let version 2 have its first share, and stay there."""
    fares(world, held=True)
    world.step("deploy", "2", HERE, FOLLOW="0s")
    while route(world) == [100, 0]:
        world.step("finish-rollout", "", HERE)


def test_rollback_takes_the_traffic_within_five_seconds(theirs: World) -> None:
    """Also while their controller is away; it ends the rollout when it is back."""
    at_five_percent(theirs)
    fares(theirs, away=True)
    began = time.monotonic()
    report = theirs.step("rollback", "", HERE, REASON="Errors 1764122")
    assert time.monotonic() - began < 5
    assert (report["verdict"], report["figures"]) == ("rolled back", {"version": 1}), report
    assert (route(theirs), aliases(theirs)["champion"]) == ([100, 0], "1")
    (patch,) = [each for each in calls(theirs, "patch") if "--subresource=status" in each]
    assert "abort" in str(patch) or "failedChecks" in str(patch)
    fares(theirs)
    assert theirs.step("deploy", "2", HERE)["verdict"] == "rolled back"
    assert (route(theirs), tags(theirs, "2")) == ([100, 0], {})
    # Asked again for the same reason, it does not mean the champion.
    again = theirs.step("rollback", "", HERE, REASON="Errors 1764122")
    assert (again["verdict"], again["results"]) == ("rolled back", [{"rollout": "2"}])
    assert aliases(theirs)["champion"] == "1"


def test_rollback_of_what_nobody_has_looked_at_yet(theirs: World) -> None:
    """Their controllers forget an abort when they meet a new version: it is not asked for any more."""
    fares(theirs, away=True)
    theirs.step("deploy", "2", HERE, FOLLOW="0s")
    assert theirs.step("rollback", "", HERE)["verdict"] == "rolled back"
    fares(theirs)
    assert theirs.step("finish-rollout", "", HERE)["verdict"] == "rolled back"
    assert (asked(theirs), route(theirs), tags(theirs, "2")) == ("1", [100, 0], {})
    assert theirs.step("verify", "1", HERE)["verdict"] == "done"


def test_another_version_is_refused_while_one_runs(theirs: World) -> None:
    at_five_percent(theirs)
    report = theirs.step("deploy", "4", HERE)
    assert report["verdict"] == "error" and "version 2 has 5 % of the traffic" in report["reasons"][0]
    assert "make rollback" in report["reasons"][0]
    assert (asked(theirs), route(theirs)) == ("2", [95, 5])
    applied = len(calls(theirs, "apply"))
    assert theirs.step("deploy", "2", HERE, FOLLOW="0s")["verdict"] == "running"
    assert len(calls(theirs, "apply")) == applied, "nothing is applied under a rollout"


def test_at_once_back_to_what_was_the_champion(theirs: World) -> None:
    assert "never been the champion" in theirs.step("deploy", "2", HERE, AT_ONCE="1")["reasons"][0]
    assert theirs.step("deploy", "2", HERE)["verdict"] == "done"
    report = theirs.step("deploy", "1", HERE, AT_ONCE="1")
    assert report["verdict"] == "done", report
    assert "50 % of the traffic" not in (theirs.root / "said.txt").read_text()
    assert (asked(theirs), theirs.step("verify", "1", HERE)["verdict"]) == ("1", "done")
    found = theirs.objects()
    if provider(theirs) == "flagger":
        assert found["Canary/churn"]["spec"]["skipAnalysis"] is False
    else:
        assert found["Rollout/churn"]["status"]["promoteFull"] is False
    # The next one has its steps.
    assert theirs.step("deploy", "4", HERE)["verdict"] == "done"
    assert "50 % of the traffic" in (theirs.root / "said.txt").read_text()


def test_a_version_that_turns_out_bad_later_is_taken_back(theirs: World, service: Service) -> None:
    assert theirs.step("deploy", "2", HERE)["verdict"] == "done"
    # Once more: what ran before it is still known.
    assert theirs.step("deploy", "2", HERE)["verdict"] == "done"
    service.fails_every = 2
    assert theirs.step("verify", "2", HERE)["verdict"] == "refused"
    report = theirs.step("back-out", "2", HERE)
    assert (report["figures"], asked(theirs), route(theirs)) == ({"version": 1}, "1", [100, 0])
