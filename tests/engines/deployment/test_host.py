"""One host: a version replaces another, is looked at, and is taken back; what is good always runs again."""

import json

import pytest

from tests.engines.deployment.world import IMAGE, Service, World


def deployed(world: World, *versions: str, **more: str) -> World:
    """Put versions into service, one after another."""
    for version in versions:
        report = world.step("deploy", version, **more)
        assert report["verdict"] == "done", report
    return world


def test_a_version_comes_into_service(built: World) -> None:
    report = built.step("deploy", "1")
    assert (report["verdict"], report["figures"]) == ("done", {"version": 1})
    assert report["reasons"] == ["version 1 serves at 127.0.0.1:8080"]
    container = built.state("docker")["containers"]["churn-staging-v1"]
    assert container["Config"]["Image"] == f"{IMAGE}:churn-v1"
    assert container["Options"]["--restart"] == ["unless-stopped"]
    # The next one takes over the listening socket, which no published port could hand over.
    assert container["Options"]["--network"] == ["host"]
    assert {"LISTEN=127.0.0.1:8080", "MLOPS_ENV=staging"} < set(container["Options"]["--env"])
    assert {"--read-only", "--cap-drop", "--security-opt"} < set(container["Options"])
    assert built.step("verify", "1")["figures"] == {"version": 1, "requests": 20, "failed": 0}


def test_the_next_one_replaces_it_and_the_oldest_goes(built: World) -> None:
    deployed(built, "1", "2", "4", KEEP="2")
    assert built.served() == ["churn-staging-v4"]
    assert sorted(built.state("docker")["containers"]) == ["churn-staging-v2", "churn-staging-v4"]
    assert f"{IMAGE}:churn-v1" not in built.state("docker")["images"]
    deployed(built, "4")
    assert built.served() == ["churn-staging-v4"]


def test_three_stay(built: World) -> None:
    deployed(built, "1", "2", "4")
    assert sorted(built.state("docker")["containers"]) == [f"churn-staging-v{each}" for each in (1, 2, 4)]


def test_a_pushed_image_is_pulled_before_anything_stops(built: World) -> None:
    deployed(built, "1")
    state = built.state("docker")
    built.change("docker", registry={f"{IMAGE}:churn-v4": {}}, images={f"{IMAGE}:churn-v1": {}})
    assert built.step("deploy", "2")["verdict"] == "error"
    assert built.state("docker")["containers"] == state["containers"]
    deployed(built, "4")
    assert built.served() == ["churn-staging-v4"]


def test_one_that_does_not_come_up_never_touches_the_one_before(built: World) -> None:
    deployed(built, "1", "2")
    built.change("docker", sick=[f"{IMAGE}:churn-v4"])
    report = built.step("deploy", "4")
    assert report["verdict"] == "error"
    assert "version 4 did not come up, and version 2 goes on" in report["reasons"][0]
    assert "this is churn-staging-v4, and it is ill" in report["reasons"][0]
    assert built.served() == ["churn-staging-v2"]
    # The workflow takes it back all the same, and on a laptop somebody may, without a version.
    for version in ("4", "4", "", ""):
        assert built.step("back-out", version)["figures"] == {"version": 2}
        assert built.served() == ["churn-staging-v2"]


def test_the_first_one_that_does_not_come_up_leaves_nothing(built: World) -> None:
    built.change("docker", sick=[f"{IMAGE}:churn-v1"])
    assert "and nothing runs" in built.step("deploy", "1")["reasons"][0]
    assert built.served() == []
    assert built.step("back-out", "1")["verdict"] == "rolled back"
    assert built.state("docker")["containers"] == {}


@pytest.mark.parametrize("version", ["2", ""])
def test_taking_back_twice_goes_back_once(built: World, version: str) -> None:
    deployed(built, "4", "1", "2")
    for _ in range(3):
        report = built.step("back-out", version)
        assert (report["verdict"], report["figures"]) == ("rolled back", {"version": 1})
        assert built.served() == ["churn-staging-v1"]
    assert built.step("verify", "2")["reasons"] == ["version 2 does not serve: version 1 is in service"]
    deployed(built, "2")
    assert built.step("back-out", version)["figures"] == {"version": 1}


def test_there_and_back_again(built: World) -> None:
    deployed(built, "1", "2", "1")
    assert built.step("back-out", "")["figures"] == {"version": 2}
    assert built.served() == ["churn-staging-v2"]


def test_one_whose_container_is_gone_comes_back_from_its_image(built: World) -> None:
    deployed(built, "1", "2", "4", KEEP="2")
    built.change("docker", images=built.state("docker")["images"] | {f"{IMAGE}:churn-v1": {}})
    built.step("back-out", "4")
    for _ in range(2):
        assert built.step("back-out", "2")["figures"] == {"version": 1}
    assert built.step("back-out", "")["figures"] == {"version": 1}
    assert built.served() == ["churn-staging-v1"]


def test_a_version_that_never_came_is_not_taken_back(built: World) -> None:
    deployed(built, "1", "2")
    assert built.step("back-out", "4")["reasons"] == ["version 2 is in service: nothing to take back"]
    assert built.served() == ["churn-staging-v2"]


def test_the_only_one_goes(built: World) -> None:
    deployed(built, "1")
    for _ in range(2):
        assert built.step("back-out", "1")["figures"] == {}
        assert built.state("docker")["containers"] == {}


def test_hooks_run_around_it_and_a_failing_one_stops_it(built: World) -> None:
    deployed(built, "1")
    built.configure("staging", hooks={"before_deploy": "exit 4", "after_deploy": "touch after"})
    before = built.state("docker")
    report = built.step("deploy", "2")
    assert (report["verdict"], report["reasons"]) == (
        "error",
        ["ChildProcessError: `exit 4` failed with exit code 4"],
    )
    assert built.state("docker") == before
    built.configure(
        "staging", hooks={"before_deploy": "echo $VERSION > before", "after_deploy": "touch after"}
    )
    deployed(built, "2")
    assert ((built.root / "before").read_text(), (built.root / "after").exists()) == ("2\n", True)


def test_more_failures_than_allowed_are_refused(built: World, service: Service) -> None:
    deployed(built, "1")
    service.fails_every = 10
    report = built.step("verify", "1")
    assert (report["verdict"], report["figures"]["failed"]) == ("done", 2)
    service.fails_every = 6
    report = built.step("verify", "1")
    assert report["verdict"] == "refused"
    assert report["reasons"][0] == "3 of 20 requests failed, 0.1 of all are allowed"


def test_one_that_falls_silent_is_refused(built: World, service: Service) -> None:
    deployed(built, "1")
    service.deaf = True
    assert built.step("verify", "1")["reasons"] == [
        "version 1 does not serve: churn-staging-v1 does not answer"
    ]


@pytest.mark.parametrize("address", ["8080; id", "--net=host", "example.com:80", "80:80:80"])
def test_an_address_that_is_none_is_refused(built: World, address: str) -> None:
    report = built.step("deploy", "1", LISTEN=address)
    assert "write an address and a port" in report["reasons"][0]


def test_a_killed_deployment_is_completed_by_the_next(built: World) -> None:
    """Where deploy.sh may be killed is tried in tests/engines/host."""
    deployed(built, "1")
    built.change("docker", changes=0)
    assert built.step("deploy", "2", STANDIN_KILL="2,after")["verdict"] == "killed"
    deployed(built, "2")
    assert built.served() == ["churn-staging-v2"]
    assert built.step("back-out", "2")["figures"] == {"version": 1}


def test_predictions_are_kept_where_the_spec_says(built: World) -> None:
    place = json.loads((built.root / "config/staging.json").read_text())["deployment"]
    built.configure("staging", deployment={**place, "predictions": "s3://lake/predictions"})
    deployed(built, "1", SERVICE_ENV="keys.env")
    built.configure("staging", deployment={**place, "predictions": "data/predictions"})
    deployed(built, "2")
    there = built.state("docker")["containers"]
    first, second = (there[f"churn-staging-v{each}"]["Options"] for each in (1, 2))
    assert "PREDICTION_LOG=s3://lake/predictions" in first["--env"]
    assert first["--env-file"] == ["keys.env"]
    assert "PREDICTION_LOG=/run/predictions" in second["--env"]
    assert "churn-staging-predictions:/run/predictions" in second["--volume"]


def test_a_machine_that_is_thrown_away_serves_nothing(world: World) -> None:
    lent = {"RUNNER_ENVIRONMENT": "github-hosted"}
    report = world.step("deploy", "1", **lent)
    assert (report["verdict"], "set DOCKER_HOST" in report["reasons"][0]) == ("error", True)
    assert world.state("docker")["containers"] == {}


def test_ci_learns_when_there_is_something_to_take_back(built: World) -> None:
    output = built.root / "output.txt"
    built.step("deploy", "1", GITHUB_OUTPUT=str(output))
    assert "changed=true" in output.read_text()
    output.write_text("")
    built.step("deploy", "1", GITHUB_OUTPUT=str(output))
    assert "changed" not in output.read_text()
