"""What no schema says of two versions that serve side by side, as rules over the objects of one overlay."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

Object = dict[str, Any]
# Who makes pods, or divides them, by itself.
OTHERS = ("Rollout", "Canary", "InferenceService")
# Go's time.ParseDuration, as far as Istio takes it: whole units of at least a millisecond.
DURATION = re.compile(r"(?:[0-9]+(?:h|m|s|ms))+")
RETRIED = {"connect-failure", "refused-stream", "unavailable"}
API_PORTS = {53, 443, 6443}


def of_kind(objects: list[Object], *kinds: str) -> list[Object]:
    """Return the objects of some kinds."""
    return [each for each in objects if each["kind"] in kinds]


def named(objects: list[Object], kind: str) -> dict[str, Object]:
    """Return the objects of a kind, by name."""
    return {each["metadata"]["name"]: each for each in of_kind(objects, kind)}


def chosen(selector: Object) -> dict[str, str]:
    """Return the labels that a selector wants; of several values the first one, of pods that stand here."""
    wanted: dict[str, str] = dict(selector.get("matchLabels", {}))
    return wanted | {each["key"]: each["values"][0] for each in selector.get("matchExpressions", [])}


def by_hand(objects: list[Object]) -> bool:
    """Say whether all that moves is here: pods of two tracks, and nobody else who makes some."""
    return not of_kind(objects, *OTHERS) and any(_track(each) for each in of_kind(objects, "Deployment"))


def _labels(workload: Object) -> dict[str, str]:
    found: dict[str, str] = workload["spec"]["template"]["metadata"]["labels"]
    return found


def _track(workload: Object) -> str:
    return _labels(workload).get("track", "")


def _selected(objects: list[Object], selector: dict[str, str]) -> list[str]:
    """Return the names of the Deployments whose pods a selector finds."""
    return [
        each["metadata"]["name"]
        for each in of_kind(objects, "Deployment")
        if selector.items() <= _labels(each).items()
    ]


def _routes(objects: list[Object]) -> Iterator[tuple[Object, list[tuple[str, str, Any]]]]:
    """Yield each route with its destinations: host, subset and weight."""
    for each in of_kind(objects, "VirtualService"):
        for route in each["spec"]["http"]:
            found = [(to["destination"], to.get("weight")) for to in route["route"]]
            yield route, [(to["host"], to.get("subset", ""), weight) for to, weight in found]
    for each in of_kind(objects, "HTTPRoute"):
        for rule in each["spec"]["rules"]:
            yield rule, [(to["name"], "", to.get("weight")) for to in rule["backendRefs"]]


def weights_sum_up_to_100(objects: list[Object]) -> Iterator[str]:
    for _, found in _routes(objects):
        weights = [weight for _, _, weight in found]
        whole = all(type(each) is int and 0 <= each <= 100 for each in weights)
        if len(found) > 1 and not (whole and sum(weights) == 100):
            yield f"weights {weights}"


def at_rest_all_is_stable(objects: list[Object]) -> Iterator[str]:
    for _, found in _routes(objects):
        for host, subset, weight in found:
            stable = subset == "stable" or host.endswith("-stable")
            if len(found) > 1 and isinstance(weight, int) and stable != (weight > 0):
                yield f"{subset or host} has {weight}"


def one_weighted_route_has_a_name(objects: list[Object]) -> Iterator[str]:
    for each in of_kind(objects, "VirtualService", "HTTPRoute"):
        several = [route.get("name") for route, found in _routes([each]) if len(found) > 1]
        if len(several) != 1 or not several[0]:
            yield f"weighted routes {several}"


def subsets_are_there(objects: list[Object]) -> Iterator[str]:
    known = {
        (rule["spec"]["host"], subset["name"])
        for rule in of_kind(objects, "DestinationRule")
        for subset in rule["spec"]["subsets"]
    }
    for _, found in _routes(objects):
        for host, subset, _ in found:
            if subset and (host, subset) not in known:
                yield f"no subset {subset} of {host}"


def subsets_part_the_pods(objects: list[Object]) -> Iterator[str]:
    """Each has pods of one Deployment, and no pod is in two."""
    if not by_hand(objects):
        return
    services = named(objects, "Service")
    for rule in of_kind(objects, "DestinationRule"):
        service = services.get(rule["spec"]["host"])
        for subset in rule["spec"]["subsets"] if service else ():
            found = _selected(objects, service["spec"]["selector"] | subset["labels"]) if service else []
            if len(found) != 1 or subset["name"] != found[0].rpartition("-")[2]:
                yield f"the subset {subset['name']} has the pods of {found}"


def hosts_are_services(objects: list[Object]) -> Iterator[str]:
    services = named(objects, "Service")
    asked = [(host, 80) for _, found in _routes(objects) for host, _, _ in found]
    asked += [(rule["spec"]["host"], 80) for rule in of_kind(objects, "DestinationRule")]
    asked += [(host, 80) for each in of_kind(objects, "VirtualService") for host in each["spec"]["hosts"]]
    for route in of_kind(objects, "HTTPRoute"):
        asked += [(each["name"], each.get("port")) for each in route["spec"]["parentRefs"]]
        asked += [
            (to["name"], to.get("port")) for rule in route["spec"]["rules"] for to in rule["backendRefs"]
        ]
    for host, port in asked:
        if host not in services or port not in [each["port"] for each in services[host]["spec"]["ports"]]:
            yield f"no Service {host} has the port {port}"


def selectors_are_disjoint(objects: list[Object]) -> Iterator[str]:
    workloads = of_kind(objects, "Deployment")
    for each in workloads:
        for other in workloads:
            if (
                each is not other
                and each["spec"]["selector"]["matchLabels"].items() <= _labels(other).items()
            ):
                yield f"{each['metadata']['name']} selects pods of {other['metadata']['name']}"


def a_pod_has_one_budget(objects: list[Object]) -> Iterator[str]:
    """The API refuses to evict a pod of two."""
    budgets = [chosen(each["spec"]["selector"]) for each in of_kind(objects, "PodDisruptionBudget")]
    for each in of_kind(objects, "Deployment"):
        count = sum(budget.items() <= _labels(each).items() for budget in budgets)
        if count > 1 or (count == 0 and by_hand(objects)):
            yield f"pods of {each['metadata']['name']} have {count} budgets"


def callers_reach_both_tracks(objects: list[Object]) -> Iterator[str]:
    """By the Service that they know, and by none other a scraper reaches a pod a second time."""
    if not by_hand(objects):
        return
    wanted = {each["metadata"]["name"] for each in of_kind(objects, "Deployment")}
    plain = [
        each
        for each in of_kind(objects, "Service")
        if "http" in [port["name"] for port in each["spec"]["ports"]]
    ]
    found = [set(_selected(objects, each["spec"]["selector"])) for each in plain]
    if found != [wanted]:
        yield f"Services with the port http select {found}"


def durations_are_some(objects: list[Object]) -> Iterator[str]:
    found = [route["timeout"] for route, _ in _routes(objects) if "timeout" in route]
    for route, _ in _routes(objects):
        found += route.get("timeouts", {}).values()
        found += [route["retries"]["perTryTimeout"]] if "perTryTimeout" in route.get("retries", {}) else []
    for rule in of_kind(objects, "DestinationRule"):
        outliers = rule["spec"].get("trafficPolicy", {}).get("outlierDetection", {})
        found += [outliers[key] for key in ("interval", "baseEjectionTime") if key in outliers]
    yield from (f"{each!r} is no duration" for each in found if not DURATION.fullmatch(str(each)))


def subsets_come_before_their_routes(objects: list[Object]) -> Iterator[str]:
    kinds = [each["kind"] for each in objects]
    if {"VirtualService", "DestinationRule"} <= set(kinds):
        last = len(kinds) - 1 - kinds[::-1].index("DestinationRule")
        if last > kinds.index("VirtualService"):
            yield "a route is applied before the subsets that it names"


def retries_hide_no_answer(objects: list[Object]) -> Iterator[str]:
    for each in of_kind(objects, "VirtualService"):
        for route in each["spec"]["http"]:
            retries = route.get("retries", {"attempts": 9})
            if not set(retries.get("retryOn", "5xx").split(",")) <= RETRIED or retries["attempts"] > 3:
                yield f"retries {retries}: what a version fails to answer is asked of another pod"


def a_canary_rests(objects: list[Object]) -> Iterator[str]:
    """Nobody but a rollout asks for canaries."""
    scaled = {each["spec"]["scaleTargetRef"]["name"] for each in of_kind(objects, "HorizontalPodAutoscaler")}
    for each in of_kind(objects, "Deployment") if by_hand(objects) else ():
        name = each["metadata"]["name"]
        if _track(each) == "canary" and (each["spec"].get("replicas") or name in scaled):
            yield f"{name} has pods of its own"


def a_rollback_finds_its_pods(objects: list[Object]) -> Iterator[str]:
    for each in of_kind(objects, "HorizontalPodAutoscaler") if by_hand(objects) else ():
        window = each["spec"].get("behavior", {}).get("scaleDown", {}).get("stabilizationWindowSeconds", 300)
        # Longer than where nothing is said, and as long as the API takes.
        if not 300 < window <= 3600:
            yield f"pods that a canary relieves go after {window} s"


def metrics_name_the_track(objects: list[Object]) -> Iterator[str]:
    for each in of_kind(objects, "Deployment") if by_hand(objects) else ():
        variables = each["spec"]["template"]["spec"]["containers"][0].get("env", [])
        paths = [env["valueFrom"]["fieldRef"]["fieldPath"] for env in variables if env["name"] == "TRACK"]
        if paths != ["metadata.labels['track']"] or not _track(each):
            yield f"{each['metadata']['name']} tells {paths}"


def _annotations(objects: list[Object]) -> Iterator[tuple[Object, dict[str, str]]]:
    for each in of_kind(objects, "Deployment"):
        annotations = each["spec"]["template"]["metadata"].get("annotations", {})
        if "proxy.istio.io/config" in annotations:
            yield each, annotations


def a_proxy_outlives_its_pod(objects: list[Object]) -> Iterator[str]:
    for each, annotations in _annotations(objects):
        pod = each["spec"]["template"]["spec"]
        pause = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        drain = yaml.safe_load(annotations["proxy.istio.io/config"])["terminationDrainDuration"]
        if not pause + 20 <= int(drain.removesuffix("s")) < pod["terminationGracePeriodSeconds"]:
            yield f"the proxy goes after {drain}"


def proxies_have_their_ways(objects: list[Object]) -> Iterator[str]:
    for each, _ in _annotations(objects):
        policies = [
            policy["spec"]
            for policy in of_kind(objects, "NetworkPolicy")
            if chosen(policy["spec"]["podSelector"]).items() <= _labels(each).items()
        ]
        ways = {
            (way, port["port"])
            for policy in policies
            for way in ("ingress", "egress")
            for rule in policy.get(way, [])
            for port in rule["ports"]
        }
        if not {("egress", 15012), ("ingress", 15008), ("ingress", 15020)} <= ways:
            yield f"a proxy of {each['metadata']['name']} has {ways}"


def metrics_are_scraped_as_they_are(objects: list[Object]) -> Iterator[str]:
    """The proxy of a mesh merges what these lead to into its own metrics."""
    for each, annotations in _annotations(objects):
        wanted = {"scrape": "true", "port": "8080", "path": "/metrics"}
        if {key: annotations.get(f"prometheus.io/{key}") for key in wanted} != wanted:
            yield f"{each['metadata']['name']}: {annotations}"


def _controller(objects: list[Object]) -> str:
    found = [name for name in named(objects, "ServiceAccount") if name.endswith("-rollout")]
    return found[0] if found else ""


def the_controller_may_do_its_calls_alone(objects: list[Object]) -> Iterator[str]:
    name = _controller(objects)
    if not by_hand(objects):
        return
    model = name.removesuffix("-rollout")
    wanted = [
        ("coordination.k8s.io", "leases", (name,), ("get", "update")),
        ("apps", "deployments", (f"{model}-canary", f"{model}-stable"), ("get", "patch")),
        ("", "pods", (), ("list",)),
        ("", "events", (), ("create",)),
    ]
    wanted += [
        (each["apiVersion"].partition("/")[0], f"{each['kind'].lower()}s", (model,), ("get", "patch"))
        for each in of_kind(objects, "VirtualService", "HTTPRoute")
    ]
    given = [
        (group, resource, tuple(sorted(rule.get("resourceNames", ()))), tuple(sorted(rule["verbs"])))
        for role in of_kind(objects, "Role", "ClusterRole")
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
    ]
    if sorted(given) != sorted(wanted):
        yield f"rights {set(given) ^ set(wanted)}"


def a_role_is_bound_to_its_account(objects: list[Object]) -> Iterator[str]:
    there = {(each["kind"], each["metadata"]["name"]) for each in objects}
    for each in of_kind(objects, "RoleBinding", "ClusterRoleBinding"):
        used = [(each["roleRef"]["kind"], each["roleRef"]["name"])]
        used += [(one["kind"], one["name"]) for one in each["subjects"]]
        yield from (f"{kind} {name} is not there" for kind, name in used if (kind, name) not in there)
        spaces = {one.get("namespace") for one in each["subjects"]}
        if spaces != {each["metadata"]["namespace"]}:
            yield f"bound in {spaces}"


def the_controller_reaches_what_it_asks(objects: list[Object]) -> Iterator[str]:
    name = _controller(objects)
    for each in of_kind(objects, "NetworkPolicy") if name else ():
        if chosen(each["spec"]["podSelector"]) == {"app.kubernetes.io/name": name}:
            ports = {port["port"] for rule in each["spec"]["egress"] for port in rule["ports"]}
            if not ports > API_PORTS:
                yield f"it reaches {ports}"
            return
    if name:
        yield "its pods have no policy"


def _dealt(objects: list[Object]) -> Iterator[tuple[str, float]]:
    """Yield where stable asks for a canary's answer in an A/B test, and for which share of the ids."""
    for each in of_kind(objects, "ConfigMap"):
        if host := each["data"].get("AB_TEST_URL", "").removeprefix("http://"):
            yield host, float(each["data"]["AB_TEST_SHARE"])


def an_experiment_asks_the_host_that_is_routed(objects: list[Object]) -> Iterator[str]:
    routed = [host for each in of_kind(objects, "VirtualService") for host in each["spec"]["hosts"]]
    for each in of_kind(objects, "HTTPRoute"):
        routed += [parent["name"] for parent in each["spec"]["parentRefs"]]
    for host, share in _dealt(objects):
        if routed != [host] or not 0 < share < 1:
            yield f"{share} of the ids ask {host}, and {routed} are routed"


def an_experiment_has_its_way(objects: list[Object]) -> Iterator[str]:
    """Stable's pods reach the canary's: at the service's own port, and where a mesh without sidecars listens."""
    asked = {
        each["metadata"]["name"].rpartition("-")[2]: _labels(each) for each in of_kind(objects, "Deployment")
    }
    for host, _ in _dealt(objects):
        ways = {
            port["port"]
            for policy in of_kind(objects, "NetworkPolicy")
            if chosen(policy["spec"]["podSelector"]).items() <= asked["stable"].items()
            for rule in policy["spec"].get("egress", [])
            if any(
                chosen(to.get("podSelector", {})).items() <= asked["canary"].items()
                for to in rule.get("to", [])
            )
            for port in rule["ports"]
        }
        if not {8080, 15008} <= ways:
            yield f"stable pods reach {host} at {ways}"


TRAFFIC_RULES = (
    weights_sum_up_to_100, at_rest_all_is_stable, one_weighted_route_has_a_name, subsets_are_there,
    subsets_part_the_pods, hosts_are_services, selectors_are_disjoint, a_pod_has_one_budget,
    callers_reach_both_tracks, durations_are_some, subsets_come_before_their_routes, retries_hide_no_answer,
    a_canary_rests, a_rollback_finds_its_pods, metrics_name_the_track, a_proxy_outlives_its_pod,
    proxies_have_their_ways, metrics_are_scraped_as_they_are, the_controller_may_do_its_calls_alone,
    a_role_is_bound_to_its_account, the_controller_reaches_what_it_asks,
    an_experiment_asks_the_host_that_is_routed, an_experiment_has_its_way,
)  # fmt: skip
