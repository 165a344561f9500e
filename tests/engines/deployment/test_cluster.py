"""Kubernetes: one patch brings a version in or back, in the environment's context and in no other."""

from pathlib import Path

import pytest

from tests.engines.deployment.world import IMAGE, Service, World

HERE = "production"


def deployed(world: World, *versions: str) -> World:
    """Put versions into service, one after another."""
    for version in versions:
        assert world.step("deploy", version, HERE)["verdict"] == "done"
    return world


def test_a_version_comes_into_service_and_is_looked_at(built: World, service: Service) -> None:
    report = built.step("deploy", "1", HERE)
    assert (report["verdict"], report["figures"]) == ("done", {"version": 1})
    assert built.deployment() == (f"{IMAGE}:churn-v1", {"mlops/before": "placeholder"})
    assert built.step("verify", "1", HERE)["figures"] == {"version": 1, "requests": 20, "failed": 0}
    service.fails_every = 2
    assert built.step("verify", "1", HERE)["verdict"] == "refused"
    service.deaf = True
    assert built.step("verify", "1", HERE)["verdict"] == "refused"
    assert built.step("verify", "2", HERE)["reasons"] == ["version 2 does not serve: version 1 is in service"]


def test_every_call_names_the_context_and_the_namespace(built: World) -> None:
    deployed(built, "1")
    built.step("verify", "1", HERE)
    built.step("back-out", "1", HERE)
    calls = built.state("kubectl")["calls"]
    assert len(calls) > 8
    for call in calls:
        own = call[: call.index("--")] if "--" in call else call
        assert {"--context=prd-eu", "--namespace=ml"} < set(own)


def test_what_leads_to_the_cluster_is_a_file_for_a_while(built: World) -> None:
    assert built.step("deploy", "1", HERE, KUBECONFIG_DATA="contexts: hidden")["verdict"] == "done"
    text, mode, path = built.state("kubectl")["access"]
    assert (text, mode) == ("contexts: hidden", "0o600")
    assert not Path(path).exists()
    assert not [word for call in built.state("kubectl")["calls"] for word in call if "hidden" in word]


def test_a_context_that_is_not_there_is_never_replaced_by_another(built: World) -> None:
    contexts = built.state("kubectl")["contexts"]
    elsewhere = {"elsewhere": {"ml": contexts["prd-eu"]["ml"]}}
    built.change("kubectl", contexts=elsewhere)
    for step in ("deploy", "verify", "back-out"):
        report = built.step(step, "1", HERE)
        assert (report["verdict"], 'context "prd-eu" does not exist' in report["reasons"][0]) == (
            "error",
            True,
        )
    assert built.state("kubectl")["contexts"] == elsewhere


def test_without_a_context_nothing_is_asked(built: World) -> None:
    place = {"image": IMAGE, "python": "3.11", "cluster": {"namespace": "ml"}}
    built.configure(HERE, deployment=place)
    assert "has no context" in built.step("deploy", "1", HERE)["reasons"][0]
    assert built.state("kubectl")["calls"] == []


def test_without_a_deployment_it_says_what_is_missing(built: World) -> None:
    built.change("kubectl", contexts={"prd-eu": {}})
    assert built.step("deploy", "1", HERE)["reasons"] == [
        "ValueError: there is no Deployment churn in prd-eu, namespace ml: apply its manifests first"
    ]


def test_one_that_does_not_come_up_gives_way_to_the_one_before(built: World) -> None:
    deployed(built, "1", "2")
    built.change("kubectl", sick=[f"{IMAGE}:churn-v4"])
    report = built.step("deploy", "4", HERE)
    assert f"version 4 did not come up, and {IMAGE}:churn-v2 is in service again" in report["reasons"][0]
    assert built.deployment() == (f"{IMAGE}:churn-v2", {})
    for version in ("4", "4", ""):
        assert built.step("back-out", version, HERE)["figures"] == {"version": 2}
        assert built.deployment()[0] == f"{IMAGE}:churn-v2"


@pytest.mark.parametrize("version", ["2", ""])
def test_taking_back_twice_goes_back_once(built: World, version: str) -> None:
    deployed(built, "4", "1", "2", "2")
    for _ in range(3):
        report = built.step("back-out", version, HERE)
        assert (report["verdict"], report["figures"]) == ("rolled back", {"version": 1})
        assert built.deployment() == (f"{IMAGE}:churn-v1", {})


def test_a_failing_hook_leaves_the_cluster_alone(built: World) -> None:
    built.configure(HERE, hooks={"before_deploy": "false"})
    assert built.step("deploy", "1", HERE)["verdict"] == "error"
    assert built.state("kubectl")["calls"] == []
    deployed_before = built.deployment()
    assert built.step("back-out", "1", HERE)["verdict"] == "rolled back"
    assert built.deployment() == deployed_before


@pytest.mark.parametrize("step", ["deploy", "back-out"])
def test_killed_anywhere_the_next_run_completes_it(built: World, step: str) -> None:
    deployed(built, "1", *(["2"] if step == "back-out" else []))
    start, wanted = built.state("kubectl"), "2" if step == "deploy" else "1"
    for number in range(1, 20):
        for when in ("before", "after"):
            built.keep("kubectl", start | {"seen": 0})
            if built.step(step, "2", HERE, STANDIN_KILL=f"{number},{when}")["verdict"] != "killed":
                assert number > 2
                return
            built.change("kubectl", seen=0)
            for _ in range(2):
                assert built.step(step, "2", HERE)["figures"] == {"version": int(wanted)}
                assert built.deployment()[0] == f"{IMAGE}:churn-v{wanted}"
            assert built.step("back-out", "2", HERE)["figures"] == {"version": 1}
    pytest.fail("the step made more calls than were tried")


def test_an_environment_without_a_deployment_says_so(built: World) -> None:
    built.configure(HERE, deployment={"image": IMAGE})
    path = built.root / "config/production.json"
    path.write_text(path.read_text().replace('"deployment"', '"other"'))
    for step in ("image", "deploy", "verify", "back-out"):
        report = built.step(step, "1", HERE)
        assert report["reasons"] == [
            "ValueError: nothing is deployed to the environment production: its `deployment` is empty"
        ]
