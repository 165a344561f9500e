"""Each rule of two versions side by side refuses what was planted for it, and no other rule does."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.engines.kubernetes.overlays import OVERLAYS, Object, objects
from tests.engines.kubernetes.rules import broken
from tests.engines.kubernetes.traffic_rules import TRAFFIC_RULES

Plant = Callable[[dict[str, Any]], object]
ISTIO, GATEWAY, PODS, TESTED = (
    OVERLAYS[f"{name}-production"] for name in ("fraud", "parcels", "forecast", "subscriptions")
)


def route(found: dict[str, Any]) -> Object:
    """Return the weighted route of Istio."""
    each: Object = found["VirtualService/fraud"]["spec"]["http"][0]
    return each


def rule(found: dict[str, Any]) -> Object:
    """Return the weighted rule of the Gateway API."""
    each: Object = found["HTTPRoute/parcels"]["spec"]["rules"][0]
    return each


def subset(found: dict[str, Any], index: int) -> Object:
    """Return one of Istio's subsets."""
    each: Object = found["DestinationRule/fraud"]["spec"]["subsets"][index]
    return each


def weigh(targets: list[Object], *weights: Any) -> None:
    """Give destinations other weights."""
    for target, weight in zip(targets, weights, strict=True):
        target["weight"] = weight


def template(found: dict[str, Any], name: str) -> Object:
    """Return a Deployment's pods."""
    each: Object = found[f"Deployment/{name}"]["spec"]["template"]
    return each


def rights(found: dict[str, Any], name: str) -> list[Object]:
    """Return the rules of a Role."""
    each: list[Object] = found[f"Role/{name}"]["rules"]
    return each


def renamed(found: dict[str, Any]) -> None:
    """Route another host, which the A/B test asks, too: what is wrong is that no Service has its name."""
    found["HTTPRoute/parcels"]["spec"]["parentRefs"][0].update(name="p")
    for each in found.values():
        if "AB_TEST_URL" in each.get("data", {}):
            each["data"]["AB_TEST_URL"] = "http://p"


def alone(selector: dict[str, str]) -> None:
    """Let a selector find pods of both tracks."""
    del selector["track"]


# The rule, and the fault that it alone must find.
PLANTED: list[tuple[str, Any, Plant]] = [
    ("weights_sum_up_to_100", ISTIO, lambda o: weigh(route(o)["route"], 95, 0)),
    ("weights_sum_up_to_100", ISTIO, lambda o: weigh(route(o)["route"], 0, 0) or stable_off(o)),
    ("weights_sum_up_to_100", ISTIO, lambda o: weigh(route(o)["route"], 101, 0)),
    ("weights_sum_up_to_100", ISTIO, lambda o: weigh(route(o)["route"], "100", 0)),
    ("weights_sum_up_to_100", GATEWAY, lambda o: weigh(rule(o)["backendRefs"], 99, 0)),
    ("at_rest_all_is_stable", ISTIO, lambda o: weigh(route(o)["route"], 95, 5)),
    ("at_rest_all_is_stable", GATEWAY, lambda o: weigh(rule(o)["backendRefs"], 0, 100)),
    ("one_weighted_route_has_a_name", ISTIO, lambda o: route(o).pop("name")),
    ("one_weighted_route_has_a_name", ISTIO, lambda o: o["VirtualService/fraud"]["spec"]["http"].append(route(o))),
    ("one_weighted_route_has_a_name", GATEWAY, lambda o: rule(o).pop("name")),
    ("subsets_are_there", ISTIO, lambda o: route(o)["route"][1]["destination"].update(subset="blue")),
    ("subsets_are_there", ISTIO, lambda o: o["DestinationRule/fraud"]["spec"]["subsets"].pop()),
    ("subsets_part_the_pods", ISTIO, lambda o: alone(subset(o, 1)["labels"])),
    ("subsets_part_the_pods", ISTIO, lambda o: subset(o, 1)["labels"].update(track="stable")),
    ("subsets_part_the_pods", ISTIO, lambda o: subset(o, 0)["labels"].update(track="blue")),
    ("hosts_are_services", ISTIO, lambda o: o["VirtualService/fraud"]["spec"].update(hosts=["payments"])),
    ("hosts_are_services", GATEWAY, renamed),
    ("hosts_are_services", GATEWAY, lambda o: rule(o)["backendRefs"][1].update(port=8080)),
    ("selectors_are_disjoint", PODS, lambda o: alone(o["Deployment/forecast-stable"]["spec"]["selector"]["matchLabels"])),
    ("a_pod_has_one_budget", ISTIO, lambda o: alone(o["PodDisruptionBudget/fraud-stable"]["spec"]["selector"]["matchLabels"])),
    ("callers_reach_both_tracks", PODS, lambda o: o["Service/forecast"]["spec"]["selector"].update(track="stable")),
    ("callers_reach_both_tracks", GATEWAY, lambda o: o["Service/parcels-stable"]["spec"]["ports"][0].update(name="http")),
    ("durations_are_some", ISTIO, lambda o: route(o).update(timeout="30")),
    ("durations_are_some", ISTIO, lambda o: outliers(o).update(interval="10sec")),
    ("durations_are_some", GATEWAY, lambda o: rule(o)["timeouts"].update(request="1 m")),
    ("retries_hide_no_answer", ISTIO, lambda o: route(o).pop("retries")),
    ("retries_hide_no_answer", ISTIO, lambda o: route(o)["retries"].update(retryOn="connect-failure,5xx")),
    ("retries_hide_no_answer", ISTIO, lambda o: route(o)["retries"].update(attempts=10)),
    ("a_canary_rests", PODS, lambda o: o["Deployment/forecast-canary"]["spec"].update(replicas=2)),
    ("a_rollback_finds_its_pods", ISTIO, lambda o: o["HorizontalPodAutoscaler/fraud"]["spec"].pop("behavior")),
    ("metrics_name_the_track", PODS, lambda o: template(o, "forecast-canary")["spec"]["containers"][0].pop("env")),
    ("a_proxy_outlives_its_pod", ISTIO, lambda o: drain(o, "5s")),
    ("a_proxy_outlives_its_pod", GATEWAY, lambda o: drain(o, "60s", "parcels")),
    ("proxies_have_their_ways", ISTIO, lambda o: o["NetworkPolicy/fraud-mesh"]["spec"].pop("egress")),
    ("proxies_have_their_ways", GATEWAY, lambda o: o["NetworkPolicy/parcels-mesh"]["spec"]["ingress"][0]["ports"].pop(1)),
    ("metrics_are_scraped_as_they_are", ISTIO, lambda o: told(o).update({"prometheus.io/port": "80"})),
    ("the_controller_may_do_its_calls_alone", ISTIO, lambda o: rights(o, "fraud-rollout")[0].pop("resourceNames")),
    ("the_controller_may_do_its_calls_alone", ISTIO, lambda o: rights(o, "fraud-rollout")[1].update(resourceNames=["fraud-7k2"])),
    ("the_controller_may_do_its_calls_alone", PODS, lambda o: rights(o, "forecast-rollout")[2]["verbs"].append("delete")),
    ("the_controller_may_do_its_calls_alone", PODS, lambda o: rights(o, "forecast-rollout")[2].update(resources=["*"])),
    ("the_controller_may_do_its_calls_alone", GATEWAY, lambda o: rights(o, "parcels-rollout").pop()),
    ("a_role_is_bound_to_its_account", PODS, lambda o: o["RoleBinding/forecast-rollout"]["roleRef"].update(name="admin")),
    ("a_role_is_bound_to_its_account", PODS, lambda o: o["RoleBinding/forecast-rollout"]["subjects"][0].pop("namespace")),
    ("the_controller_reaches_what_it_asks", PODS, lambda o: ways_out(o)["egress"][0]["ports"].pop(0)),
    ("the_controller_reaches_what_it_asks", PODS, lambda o: ways_out(o)["podSelector"]["matchLabels"].update({"app.kubernetes.io/name": "forecast"})),
    ("an_experiment_asks_the_host_that_is_routed", TESTED, lambda o: dealt(o).update(AB_TEST_URL="http://fraud")),
    ("an_experiment_asks_the_host_that_is_routed", TESTED, lambda o: dealt(o).update(AB_TEST_SHARE="20")),
    ("an_experiment_has_its_way", TESTED, lambda o: o["NetworkPolicy/subscriptions-mesh"]["spec"]["egress"].pop(1)),
    ("an_experiment_has_its_way", TESTED, lambda o: o["NetworkPolicy/subscriptions-mesh"]["spec"]["egress"].pop(2)),
]  # fmt: skip


def stable_off(found: dict[str, Any]) -> None:
    """Take stable out of the route, so that the total of weights alone is at fault."""
    for target in route(found)["route"]:
        target["destination"]["subset"] = "canary"


def outliers(found: dict[str, Any]) -> Object:
    """Return when a pod is left out."""
    each: Object = found["DestinationRule/fraud"]["spec"]["trafficPolicy"]["outlierDetection"]
    return each


def told(found: dict[str, Any], name: str = "fraud") -> dict[str, str]:
    """Return what the proxy of a stable pod is told."""
    each: dict[str, str] = template(found, f"{name}-stable")["metadata"]["annotations"]
    return each


def drain(found: dict[str, Any], text: str, name: str = "fraud") -> None:
    """Let the proxy of a stable pod go at another time."""
    told(found, name)["proxy.istio.io/config"] = f"{{terminationDrainDuration: {text}}}"


def dealt(found: dict[str, Any]) -> dict[str, str]:
    """Return what pods are told of an A/B test."""
    (name,) = [name for name in found if name.startswith("ConfigMap/")]
    each: dict[str, str] = found[name]["data"]
    return each


def ways_out(found: dict[str, Any]) -> Object:
    """Return what the controller of a rollout may reach."""
    each: Object = found["NetworkPolicy/forecast-rollout"]["spec"]
    return each


@pytest.mark.parametrize(
    "number", range(len(PLANTED)), ids=[f"{each[0]}-{n}" for n, each in enumerate(PLANTED)]
)
def test_a_planted_fault_is_refused_by_its_rule_alone(number: int) -> None:
    name, folder, plant = PLANTED[number]
    found = copy.deepcopy(objects(folder))
    plant({f"{each['kind']}/{each['metadata']['name']}": each for each in found})
    assert broken(found) == [name]


def test_a_route_before_its_subsets_is_refused() -> None:
    found = objects(ISTIO)
    found.sort(key=lambda each: each["kind"] == "DestinationRule")
    assert broken(found) == ["subsets_come_before_their_routes"]


def test_files_are_applied_in_their_order_too() -> None:
    """`kubectl apply -f` of a folder goes by names of files."""
    names = sorted(path.name for path in ISTIO.glob("*.yaml"))
    assert names.index("destinationrule.yaml") < names.index("virtualservice.yaml")


def test_a_canary_is_not_scaled_with_the_others() -> None:
    found = objects(ISTIO)
    for each in found:
        if each["kind"] == "HorizontalPodAutoscaler":
            each["spec"]["scaleTargetRef"]["name"] = "fraud-canary"
    assert "a_canary_rests" in broken(found)


def test_each_rule_has_a_fault() -> None:
    names = {each.__name__ for each in TRAFFIC_RULES}
    assert {name for name, _, _ in PLANTED} | {"subsets_come_before_their_routes"} == names
