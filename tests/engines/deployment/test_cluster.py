"""Kubernetes: one patch brings a version in or back, in the environment's context and in no other."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engines.deployment.world import IMAGE, SPEC, Service, World
from tests.engines.kubernetes.rules import badly_written
from tests.engines.loop.compiled import make
from tests.journeys.begin import mlopsc

HERE = "production"


def deployed(world: World, *versions: str) -> World:
    """Put versions into service, one after another."""
    for version in versions:
        assert world.step("deploy", version, HERE)["verdict"] == "done"
    return world


def of(image: str) -> dict[str, Any]:
    """Return a Deployment that somebody else has made."""
    pod = {"containers": [{"name": "churn", "image": image}]}
    return {"metadata": {"name": "churn"}, "spec": {"replicas": 2, "template": {"spec": pod}}}


def scale(world: World, replicas: str) -> None:
    """Compile anew with other replicas in production."""
    text = SPEC.replace("inputs:", "resources: {requests: {cpu: 250m}}, inputs:")
    own = f"cluster: {{context: prd-eu, namespace: ml}}, serving: {{replicas: {replicas}}}"
    (world.root / "mlops.yaml").write_text(text.replace("cluster: {context: prd-eu, namespace: ml}", own))
    done = mlopsc(world.root, "compile")
    assert done.code == 0, done.err


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
    for call in (each for each in calls if each[0] != "kustomize"):
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
        known = "no context prd-eu, which is the environment's; there are elsewhere: add it to the kubeconfig"
        assert (report["verdict"], known in report["reasons"][0]) == ("error", True)
    assert built.state("kubectl")["contexts"] == elsewhere


def test_the_first_deployment_brings_all_of_its_objects(built: World) -> None:
    built.change("kubectl", contexts={"prd-eu": {}})
    report = built.step("verify", "1", HERE)
    assert report["reasons"] == ["version 1 does not serve: no version is in service"]
    assert built.step("back-out", "1", HERE)["reasons"] == ["nothing is in service: nothing to take back"]
    assert built.step("deploy", "1", HERE)["verdict"] == "done"
    assert built.deployment() == (f"{IMAGE}:churn-v1", {})
    kinds = [key.partition("/")[0] for key in built.objects()]
    assert sorted(kinds) == [
        "ConfigMap", "Deployment", "NetworkPolicy", "PodDisruptionBudget", "Service", "ServiceAccount",
    ]  # fmt: skip
    assert built.step("verify", "1", HERE)["verdict"] == "done"


def test_a_first_one_that_does_not_come_up_has_nothing_to_give_way_to(built: World) -> None:
    built.change("kubectl", contexts={"prd-eu": {}}, sick=[f"{IMAGE}:churn-v1"])
    assert "did not come up, and nothing ran before it" in built.step("deploy", "1", HERE)["reasons"][0]


def test_an_overlay_that_was_applied_as_it_is_was_never_in_service(built: World) -> None:
    built.change(
        "kubectl", contexts={"prd-eu": {"ml": {"Deployment/churn": of(f"{IMAGE}:set-by-make-deploy")}}}
    )
    deployed(built, "1")
    assert built.deployment() == (f"{IMAGE}:churn-v1", {})


def test_what_rollouts_left_goes_when_versions_come_at_once_again(built: World) -> None:
    contexts = built.state("kubectl")["contexts"]
    there = contexts["prd-eu"]["ml"]
    former = (
        "VirtualService/churn",
        "DestinationRule/churn",
        "Deployment/churn-stable",
        "Deployment/churn-canary",
    )
    there |= {key: of("old") | {"metadata": {"name": key.partition("/")[2]}} for key in former}
    there["VirtualService/other"] = of("old")
    built.change("kubectl", contexts=contexts)
    report = built.step("deploy", "1", HERE)
    assert report["reasons"][0] == (
        "churn-stable and churn-canary of the rollouts before are gone, with their routes"
    )
    assert built.objects().keys() & {*former, "VirtualService/other"} == {"VirtualService/other"}
    calls = [call for call in built.state("kubectl")["calls"] if call[0] in ("delete", "rollout")]
    # Those who replace them serve before anybody is sent to them.
    assert calls[0][0] == "rollout"
    assert [call[1].partition(".")[0] for call in calls[1:3]] == ["virtualservices", "destinationrules"]


def test_the_deployment_of_another_environment_is_left_alone(built: World) -> None:
    deployed(built, "1")
    contexts = built.state("kubectl")["contexts"]
    contexts["prd-eu"]["ml"]["Deployment/churn"]["metadata"]["labels"]["mlops/environment"] = "staging"
    built.change("kubectl", contexts=contexts)
    for step in ("deploy", "verify", "back-out"):
        reason = built.step(step, "2", HERE)["reasons"][0]
        assert "prd-eu, namespace ml belongs to the environment staging, and this is production" in reason
    assert built.state("kubectl")["contexts"] == contexts


def test_without_its_manifests_it_says_so(built: World) -> None:
    shutil.rmtree(built.root / "kubernetes/overlays")
    report = built.step("deploy", "1", HERE)
    assert "kubernetes/overlays/production is not there: `mlopsc compile` writes it" in report["reasons"][0]
    assert built.deployment()[0] == "placeholder"


def test_settings_that_do_not_come_up_give_way_with_all_that_came_with_them(built: World) -> None:
    deployed(built, "1", "2")
    was = built.objects()["Deployment/churn"]["spec"]["template"]
    path = built.root / "kubernetes/base/deployment.yaml"
    sound = path.read_text()
    path.write_text(
        sound.replace(
            "    spec:\n      serviceAccountName",
            "    spec:\n      priorityClassName: none-such\n      serviceAccountName",
        )
    )
    built.change("kubectl", sick=["none-such"])
    report = built.step("deploy", "2", HERE)
    assert f"version 2 did not come up, and {IMAGE}:churn-v2 is in service again" in report["reasons"][0]
    assert built.objects()["Deployment/churn"]["spec"]["template"] == was
    path.write_text(sound)
    assert built.step("deploy", "2", HERE)["verdict"] == "done"


def test_an_autoscaler_keeps_the_number_of_pods_it_has_found(built: World) -> None:
    deployed(built, "1")
    assert built.objects()["Deployment/churn"]["spec"]["replicas"] == 2
    scale(built, "{min: 3, max: 12}")
    deployed(built, "2")
    found = built.objects()
    assert found["Deployment/churn"]["spec"]["replicas"] == 2
    assert found["HorizontalPodAutoscaler/churn"]["spec"]["maxReplicas"] == 12
    contexts = built.state("kubectl")["contexts"]
    contexts["prd-eu"]["ml"]["Deployment/churn"]["spec"]["replicas"] = 9
    built.change("kubectl", contexts=contexts)
    deployed(built, "4")
    assert built.objects()["Deployment/churn"]["spec"]["replicas"] == 9
    scale(built, "5")
    deployed(built, "2")
    assert built.objects()["Deployment/churn"]["spec"]["replicas"] == 5
    assert "HorizontalPodAutoscaler/churn" not in built.objects()


def test_what_is_applied_can_be_read_before(built: World) -> None:
    given = {"MLOPS_ENV": HERE, "VERSION": "2", **built.variables()}
    code, said = make(built.root, "manifests", PATH=f"{built.root}/bin:/usr/bin:/bin", **given)
    objects = list(yaml.safe_load_all(said))
    assert badly_written(said) == ""
    (pod,) = [each["spec"]["template"]["spec"] for each in objects if each["kind"] == "Deployment"]
    assert (code, pod["containers"][0]["image"]) == (0, f"{IMAGE}:churn-v2")
    assert not [call for call in built.state("kubectl")["calls"] if call[0] != "kustomize"]
    for environment, why in (("staging", "the environment has no cluster"), (HERE, "say which version")):
        wrong = given | {"MLOPS_ENV": environment, "VERSION": "2" if environment == "staging" else "x"}
        code, said = make(built.root, "manifests", PATH=f"{built.root}/bin:/usr/bin:/bin", **wrong)
        assert (code, why in said) == (2, True)


def test_one_that_does_not_come_up_gives_way_to_the_one_before(built: World) -> None:
    deployed(built, "1", "2")
    built.change("kubectl", sick=[f"{IMAGE}:churn-v4"])
    report = built.step("deploy", "4", HERE)
    assert f"version 4 did not come up, and {IMAGE}:churn-v2 is in service again" in report["reasons"][0]
    assert "CrashLoopBackOff" in (built.root / "said.txt").read_text()
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


def test_a_first_deployment_killed_anywhere_is_completed_by_the_next_run(built: World) -> None:
    built.change("kubectl", contexts={"prd-eu": {}})
    start = built.state("kubectl")
    for number in range(1, 20):
        for when in ("before", "after"):
            built.keep("kubectl", start | {"seen": 0})
            if built.step("deploy", "1", HERE, STANDIN_KILL=f"{number},{when}")["verdict"] != "killed":
                assert number > 4
                return
            assert built.step("deploy", "1", HERE)["figures"] == {"version": 1}
            assert built.deployment() == (f"{IMAGE}:churn-v1", {})
            assert len(built.objects()) == 6
    pytest.fail("the step made more calls than were tried")


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
