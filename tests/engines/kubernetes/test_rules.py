"""Each rule refuses what was planted for it, and no other rule does."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.engines.kubernetes.overlays import OVERLAYS, Object, objects, one
from tests.engines.kubernetes.rules import RULES, badly_written, broken
from tests.engines.kubernetes.traffic_rules import TRAFFIC_RULES

Plant = Callable[[dict[str, Any]], object]
FIXED, SCALED = OVERLAYS["renewals-staging"], OVERLAYS["renewals-production"]


def pod(found: dict[str, Any]) -> Object:
    """Return the pod template's spec."""
    spec: Object = found["Deployment"]["spec"]["template"]["spec"]
    return spec


def container(found: dict[str, Any]) -> Object:
    """Return the container."""
    each: Object = pod(found)["containers"][0]
    return each


def scaling(found: dict[str, Any]) -> Object:
    """Return what the autoscaler is told."""
    spec: Object = found["HorizontalPodAutoscaler"]["spec"]
    return spec


# The rule, and the fault that it alone must find.
PLANTED: list[tuple[str, Plant]] = [
    ("names", lambda o: o["Service"]["metadata"].update(name="renewals_v2")),
    ("names", lambda o: o["Service"]["metadata"].update(name="r" * 64)),
    ("labels", lambda o: o["Service"]["metadata"]["labels"].update({"cost-center": "a b"})),
    ("labels", lambda o: o["Service"]["metadata"]["labels"].update({"cost-center": "c" * 64})),
    ("labels", lambda o: o["Service"]["metadata"]["labels"].update({"Acme.com/x": "y"})),
    ("quantities", lambda o: container(o)["resources"]["requests"].update(cpu="250 m")),
    ("quantities", lambda o: container(o)["resources"]["requests"].update(memory="512MB")),
    ("quantities", lambda o: pod(o)["volumes"][-1]["emptyDir"].update(sizeLimit="1GiB")),
    ("percentages", lambda o: o["Deployment"]["spec"]["strategy"]["rollingUpdate"].update(maxSurge="250%")),
    ("percentages", lambda o: scaling(o)["metrics"][0]["resource"]["target"].update(averageUtilization=7000)),
    ("ports", lambda o: o["Service"]["spec"]["ports"][0].update(port=0)),
    ("ports", lambda o: o["Service"]["spec"]["ports"][0].update(port=65536)),
    ("ports", lambda o: o["Service"]["spec"]["ports"][0].update(name="http-predictions")),
    ("several_ports_have_names", lambda o: container(o)["ports"].append({"containerPort": 9000})),
    ("named_ports_are_there", lambda o: container(o)["livenessProbe"]["httpGet"].update(port="web")),
    ("named_ports_are_there", lambda o: o["Service"]["spec"]["ports"][0].update(targetPort="web")),
    ("the_port_of_the_service_is_http", lambda o: o["Service"]["spec"]["ports"][0].update(name="web")),
    ("the_port_of_the_service_is_http", lambda o: o["Service"]["spec"]["ports"][0].pop("appProtocol")),
    ("selectors_are_within_labels", lambda o: o["Deployment"]["spec"]["selector"]["matchLabels"].update(track="x")),
    ("selectors_find_pods", lambda o: o["Service"]["spec"]["selector"].update(track="canary")),
    ("selectors_find_pods", lambda o: o["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"].update(a="b")),
    ("an_image_is_there", lambda o: container(o).pop("image")),
    ("an_image_is_there", lambda o: container(o).update(image="registry.example.com:5000/renewals")),
    ("an_image_is_there", lambda o: container(o).update(image="ghcr.io/acme/renewals:latest")),
    ("the_pull_policy_is_one", lambda o: container(o).update(imagePullPolicy="Sometimes")),
    ("requests_are_within_limits", lambda o: container(o)["resources"]["requests"].update(memory="1025Mi")),
    ("requests_are_within_limits", lambda o: container(o)["resources"]["requests"].update({"nvidia.com/gpu": 1})),
    ("the_autoscaler_has_a_range", lambda o: scaling(o).update(minReplicas=13)),
    ("the_autoscaler_has_its_workload", lambda o: scaling(o)["scaleTargetRef"].update(kind="StatefulSet")),
    ("an_autoscaler_owns_the_number", lambda o: o["Deployment"]["spec"].update(replicas=3)),
    ("a_budget_has_one_number", lambda o: o["PodDisruptionBudget"]["spec"].update(minAvailable=1)),
    ("a_budget_has_one_number", lambda o: o["PodDisruptionBudget"]["spec"].pop("maxUnavailable")),
    ("a_budget_lets_nodes_be_drained", lambda o: o["PodDisruptionBudget"]["spec"].update(maxUnavailable=0)),
    ("a_budget_lets_nodes_be_drained", lambda o: o["PodDisruptionBudget"].update(spec=tight(o, 3))),
    ("a_rollout_can_move", lambda o: o["Deployment"]["spec"]["strategy"]["rollingUpdate"].update(maxSurge=0)),
    ("mounts_have_volumes", lambda o: container(o)["volumeMounts"].append({"name": "cache", "mountPath": "/c"})),
    ("mounts_have_volumes", lambda o: pod(o)["volumes"].append(pod(o)["volumes"][0])),
    ("what_is_referred_to_is_there", lambda o: pod(o).update(serviceAccountName="default")),
    ("what_is_referred_to_is_there", lambda o: container(o)["envFrom"][0]["configMapRef"].update(name="renewals")),
    ("what_is_referred_to_is_there", lambda o: container(o)["envFrom"][1]["secretRef"].pop("optional")),
    ("settings_are_named_by_what_they_say", lambda o: rename(o, "renewals-settings")),
    ("a_pod_has_time_to_end", lambda o: pod(o).update(terminationGracePeriodSeconds=30)),
    ("one_namespace", lambda o: o["Service"]["metadata"].update(namespace="default")),
]  # fmt: skip


def tight(found: dict[str, Any], least: int) -> Object:
    """Return a budget that keeps so many pods where they are."""
    return {"minAvailable": least, "selector": found["PodDisruptionBudget"]["spec"]["selector"]}


def rename(found: dict[str, Any], name: str) -> None:
    """Give the ConfigMap a name of its own, wherever it stands."""
    found["ConfigMap"]["metadata"]["name"] = name
    container(found)["envFrom"][0]["configMapRef"]["name"] = name


@pytest.mark.parametrize(
    "number", range(len(PLANTED)), ids=[f"{rule}-{n}" for n, (rule, _) in enumerate(PLANTED)]
)
def test_a_planted_fault_is_refused_by_its_rule_alone(number: int) -> None:
    rule, plant = PLANTED[number]
    found = copy.deepcopy(objects(SCALED))
    plant({each["kind"]: each for each in found})
    assert broken(found) == [rule]


def test_a_workload_without_an_autoscaler_has_a_number() -> None:
    found = objects(FIXED)
    del one(found, "Deployment")["spec"]["replicas"]
    assert broken(found) == ["an_autoscaler_owns_the_number"]


def test_each_rule_has_a_fault() -> None:
    others = {each.__name__ for each in TRAFFIC_RULES}
    assert {rule for rule, _ in PLANTED} == set(RULES) - others


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: &x {b: 1}\nc: *x\n", "alias"),
        ("a: {b: 1, c: 2, b: 3}\n", "twice"),
        ("- a:\n    b: 1\n    b: 2\n", "twice"),
        ("a: {b: 1}\n---\na: 2\n", ""),
    ],
)
def test_what_a_reader_may_stumble_over(text: str, why: str) -> None:
    assert why in badly_written(text) and bool(why) == bool(badly_written(text))
