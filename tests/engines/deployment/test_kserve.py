"""A version gets its traffic in steps by KServe, in both modes: prepared, followed and taken back."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from tests.engines.deployment.stepwise import HERE, change, compile_canary, job, state
from tests.engines.deployment.world import IMAGE, Service, World

MODES = ("standard", "knative")
SERVICE = "InferenceService/churn"


@pytest.fixture(scope="session", params=MODES)
def with_kserve(
    request: pytest.FixtureRequest, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return a copy of the repository in which version 1 serves, as an InferenceService."""
    world = World(tmp_path_factory.mktemp("kserve") / "churn", "")
    shutil.copytree(repository, world.root, symlinks=True)
    world.begin()
    compile_canary(world, f"kserve, mode: {request.param}")
    world.change("kubectl", contexts={"prd-eu": {}})
    report = world.step("deploy", "1", HERE)
    assert report["verdict"] == "done", report
    assert world.step("promote", "1", HERE)["verdict"] == "promoted"
    return world.root


@pytest.fixture
def kserve(with_kserve: Path, tmp_path: Path, service: Service) -> World:
    """Return a copy of that repository."""
    world = World(tmp_path / "churn", service.socket)
    shutil.copytree(with_kserve, world.root, symlinks=True)
    job(world)
    return world


def mode(world: World) -> str:
    """Return KServe's mode."""
    return str(json.loads((world.root / f"config/{HERE}.json").read_text())["rollout"]["mode"])


def asked(world: World) -> tuple[str, int | None]:
    """Return the image of what is asked for as stable, and the percent of what is on trial; None without."""
    found = world.objects()[SERVICE]
    predictor = found["spec"]["predictor"]
    runs, percent = predictor["containers"][0]["image"], predictor.get("canaryTrafficPercent")
    if percent is not None:
        runs = found["metadata"]["annotations"]["mlops/before"]
    for each in found["spec"].get("canary", []):
        percent = each["trafficPercent"]
    return str(runs).removeprefix(f"{IMAGE}:"), percent


def before(world: World) -> str | None:
    """Return the image that ran before, as it stands beside the service."""
    found: str | None = world.objects()[SERVICE]["metadata"].get("annotations", {}).get("mlops/before")
    return found


def test_the_first_version_comes_at_once(kserve: World) -> None:
    assert (asked(kserve), before(kserve)) == (("churn-v1", None), None)
    assert "Lease/churn-rollout" not in kserve.objects()
    assert not [key for key in kserve.objects() if key.startswith(("Job/", "Deployment/"))]
    assert kserve.step("verify", "1", HERE)["verdict"] == "done"


def test_a_sound_version_gets_all_of_the_traffic_and_may_be_taken_back(
    kserve: World, service: Service
) -> None:
    report = kserve.step("deploy", "2", HERE)
    assert (report["verdict"], asked(kserve)) == ("done", ("churn-v2", None)), report
    said = (kserve.root / "said.txt").read_text()
    assert said.index("5 % of the traffic") < said.index("25 % of the traffic") < said.index("50 %")
    (run,) = kserve.objects()["Job/churn-rollout-v2"]["spec"]["template"]["spec"]["containers"]
    assert run["image"] == f"{IMAGE}:churn-v1", "the image of what serves"
    assert kserve.step("verify", "2", HERE)["verdict"] == "done"
    service.fails_every = 2
    assert kserve.step("verify", "2", HERE)["verdict"] == "refused"
    report = kserve.step("back-out", "2", HERE)
    assert (report["figures"], asked(kserve)) == ({"version": 1}, ("churn-v1", None)), report
    assert "nothing to take back" in kserve.step("back-out", "2", HERE)["reasons"][0]


def test_a_bad_version_is_taken_back_by_itself(kserve: World) -> None:
    job(kserve, errors=0.5)
    report = kserve.step("deploy", "2", HERE)
    assert (report["verdict"], asked(kserve)) == ("rolled back", ("churn-v1", None)), report
    assert kserve.step("verify", "2", HERE)["verdict"] == "refused"


def test_rollback_takes_the_traffic_within_five_seconds(kserve: World) -> None:
    job(kserve, pace=60)
    kserve.step("deploy", "2", HERE, FOLLOW="0s")
    assert asked(kserve) == ("churn-v1", 5)
    assert kserve.step("verify", "2", HERE)["verdict"] == "refused"
    refused = kserve.step("deploy", "4", HERE)
    assert "version 2 has 5 % of the traffic (step)" in refused["reasons"][0]
    assert (asked(kserve), state(kserve)["version"]) == (("churn-v1", 5), "2")
    job(kserve, dead=True)
    began = time.monotonic()
    report = kserve.step("rollback", "", HERE)
    assert time.monotonic() - began < 5
    assert (report["verdict"], report["figures"]) == ("rolled back", {"version": 1})
    assert asked(kserve) == ("churn-v1", 0)
    # The controller hears of it, and ends what is left.
    job(kserve)
    assert kserve.step("deploy", "2", HERE)["verdict"] == "rolled back"
    assert (state(kserve)["phase"], asked(kserve)) == ("ended", ("churn-v1", None))


def test_rollback_of_what_was_just_promoted_brings_stables_image_back(kserve: World) -> None:
    job(kserve, pace=60)
    kserve.step("deploy", "2", HERE, FOLLOW="0s")
    found, lease = (kserve.objects()[key] for key in (SERVICE, "Lease/churn-rollout"))
    found["spec"].pop("canary", None)
    found["spec"]["predictor"].pop("canaryTrafficPercent", None)
    found["spec"]["predictor"]["containers"][0]["image"] = f"{IMAGE}:churn-v2"
    annotations = lease["metadata"]["annotations"]
    annotations["mlops/rollout"] = json.dumps(state(kserve) | {"phase": "draining"})
    change(kserve, **{SERVICE: found, "Lease/churn-rollout": lease})
    job(kserve, dead=True)
    assert kserve.step("rollback", "", HERE)["figures"] == {"version": 1}
    assert asked(kserve) == ("churn-v1", None)


def test_called_again_it_follows_and_applies_nothing(kserve: World) -> None:
    job(kserve, pace=60)
    kserve.step("deploy", "2", HERE, FOLLOW="0s")
    applied = [call for call in kserve.state("kubectl")["calls"] if call[0] == "apply"]
    job(kserve)
    assert kserve.step("deploy", "2", HERE)["verdict"] == "done"
    assert [call for call in kserve.state("kubectl")["calls"] if call[0] == "apply"] == applied
    assert (asked(kserve), before(kserve)) == (("churn-v2", None), f"{IMAGE}:churn-v1")


STUCK = [{"status": {"containerStatuses": [{"state": {"waiting": {"reason": "ImagePullBackOff"}}}]}}]


def test_a_controller_that_cannot_start_ends_the_rollout(kserve: World) -> None:
    job(kserve, dead=True)
    kserve.change("kubectl", shown={"pods": STUCK})
    report = kserve.step("deploy", "2", HERE)
    assert report["verdict"] == "rolled back" and "ImagePullBackOff" in report["reasons"][0]
    assert (state(kserve)["phase"], asked(kserve)) == ("ended", ("churn-v1", None))


def test_at_once_what_does_not_come_up_gives_way(kserve: World) -> None:
    kserve.step("deploy", "2", HERE)
    kserve.configure(HERE, rollout=shortened(kserve))
    kserve.change("kubectl", sick=[f"{IMAGE}:churn-v1"])
    report = kserve.step("deploy", "1", HERE, AT_ONCE="1")
    assert "version 1 did not come up, and what ran before it is asked for again" in report["reasons"][0]
    assert (asked(kserve), before(kserve)) == (("churn-v2", None), f"{IMAGE}:churn-v1")
    kserve.change("kubectl", sick=[])
    assert kserve.step("deploy", "1", HERE, AT_ONCE="1")["verdict"] == "done"
    assert (asked(kserve), before(kserve)) == (("churn-v1", None), f"{IMAGE}:churn-v2")


def test_shares_that_no_rollout_gives_are_refused(kserve: World) -> None:
    found = kserve.objects()[SERVICE]
    trial = {"name": "own", "containers": found["spec"]["predictor"]["containers"]}
    if mode(kserve) == "standard":
        found["spec"]["canary"] = [{"trafficPercent": 20, "predictor": trial}]
    else:
        found["spec"]["predictor"]["canaryTrafficPercent"] = 20
        found["metadata"]["annotations"]["mlops/before"] = f"{IMAGE}:churn-v1"
    change(kserve, **{SERVICE: found})
    report = kserve.step("deploy", "2", HERE)
    assert "has 20 % of the traffic, and no rollout gives it" in report["reasons"][0]
    assert "Lease/churn-rollout" not in kserve.objects()
    assert kserve.step("deploy", "1", HERE)["verdict"] == "done"
    assert asked(kserve) == ("churn-v1", None)


def test_a_service_of_another_environment_is_left_alone(kserve: World) -> None:
    found = kserve.objects()[SERVICE]
    found["metadata"]["labels"]["mlops/environment"] = "staging"
    change(kserve, **{SERVICE: found})
    report = kserve.step("deploy", "2", HERE)
    assert "InferenceService churn in prd-eu" in report["reasons"][0]
    assert "belongs to the environment staging" in report["reasons"][0]


def shortened(world: World) -> dict[str, Any]:
    """Return the settings of the rollout, with little time for pods to come up."""
    found: dict[str, Any] = json.loads((world.root / f"config/{HERE}.json").read_text())["rollout"]
    return found | {"ready_seconds": 5}
