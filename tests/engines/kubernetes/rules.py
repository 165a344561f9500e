"""What no schema of Kubernetes catches, as rules over the objects of one overlay.

Each rule yields sentences; `broken` returns the names of those that have something to say.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from tests.engines.kubernetes.traffic_rules import TRAFFIC_RULES, chosen

Object = dict[str, Any]
Rule = Callable[[list[Object]], Iterator[str]]

NAME = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
LABEL = re.compile(r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
# The prefix of a label's key is a DNS name.
KEY = re.compile(
    r"(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
)
QUANTITY = re.compile(r"(\d+(?:\.\d+)?)(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?")
UNITS = {"m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15} | {
    f"{unit}i": 1024.0**power for power, unit in enumerate("KMGTP", 1)
}
# A proxy's, Knative's too, and those of the controller of a rollout: of containers that no manifest here has.
INJECTED = {8012, 8081, 9090, 15008, 15020, 15021}
WORKLOADS = ("Deployment", "Rollout")
PORT = re.compile(r"(?=.{1,15}$)(?=.*[a-z])[a-z0-9](?:-?[a-z0-9]){0,14}")


def of_kind(objects: list[Object], *kinds: str) -> list[Object]:
    """Return the objects of some kinds."""
    return [each for each in objects if each["kind"] in kinds]


def pods(objects: list[Object]) -> list[Object]:
    """Return the pod templates; an InferenceService says the same in one piece."""
    found = [each["spec"]["template"] for each in of_kind(objects, *WORKLOADS)]
    for each in of_kind(objects, "InferenceService"):
        predictor = each["spec"]["predictor"]
        found.append({"metadata": {"labels": predictor["labels"]}, "spec": predictor})
    return found


def containers(objects: list[Object]) -> list[Object]:
    """Return the containers of all pods."""
    return [each for pod in pods(objects) for each in pod["spec"]["containers"]]


def quantity(text: Any) -> float:
    """Return an amount; raise ValueError for what is none."""
    found = QUANTITY.fullmatch(str(text))
    if not found:
        raise ValueError(text)
    return float(found[1]) * UNITS.get(found[2] or "", 1.0)


def names(objects: list[Object]) -> Iterator[str]:
    for each in objects:
        metadata = each["metadata"]
        for text in (metadata["name"], metadata.get("namespace", "")):
            if not NAME.fullmatch(text):
                yield f"{each['kind']}: {text!r} is no name"
    for each in containers(objects):
        if not NAME.fullmatch(each["name"]):
            yield f"container {each['name']!r}"


def labels(objects: list[Object]) -> Iterator[str]:
    for metadata in [each["metadata"] for each in objects] + [pod["metadata"] for pod in pods(objects)]:
        for key, value in metadata.get("labels", {}).items():
            if not KEY.fullmatch(key) or not LABEL.fullmatch(str(value)):
                yield f"{key}: {value}"


def quantities(objects: list[Object]) -> Iterator[str]:
    amounts = [
        amount
        for each in containers(objects)
        for part in each["resources"].values()
        for amount in part.values()
    ]
    for each in of_kind(objects, "HorizontalPodAutoscaler"):
        for metric in each["spec"]["metrics"]:
            target = next(value["target"] for value in metric.values() if isinstance(value, dict))
            amounts += [target["averageValue"]] if "averageValue" in target else []
    for pod in pods(objects):
        amounts += [
            volume["emptyDir"].get("sizeLimit", 1)
            for volume in pod["spec"]["volumes"]
            if "emptyDir" in volume
        ]
    for amount in amounts:
        if not QUANTITY.fullmatch(str(amount)):
            yield f"{amount!r} is no quantity"


def percentages(objects: list[Object]) -> Iterator[str]:
    for each in of_kind(objects, "Deployment"):
        for value in each["spec"]["strategy"]["rollingUpdate"].values():
            if isinstance(value, str) and not re.fullmatch(r"(?:100|[1-9]?[0-9])%", value):
                yield f"{value!r} is no percentage"
    for each in of_kind(objects, "HorizontalPodAutoscaler"):
        for metric in each["spec"]["metrics"]:
            share = metric.get("resource", {}).get("target", {}).get("averageUtilization", 50)
            if not 1 <= share <= 100:
                yield f"{share}% of what is requested"


def ports(objects: list[Object]) -> Iterator[str]:
    numbers = [port["containerPort"] for each in containers(objects) for port in each["ports"]]
    texts = [port["name"] for each in containers(objects) for port in each["ports"] if "name" in port]
    for each in of_kind(objects, "Service"):
        numbers += [port["port"] for port in each["spec"]["ports"]]
        texts += [port["name"] for port in each["spec"]["ports"] if "name" in port]
    yield from (f"port {number}" for number in numbers if not 1 <= number <= 65535)
    yield from (f"port {text!r}" for text in texts if not PORT.fullmatch(text))


def several_ports_have_names(objects: list[Object]) -> Iterator[str]:
    lists = [each["ports"] for each in containers(objects)]
    for found in lists + [each["spec"]["ports"] for each in of_kind(objects, "Service")]:
        given = [port.get("name") for port in found]
        if len(given) > 1 and (None in given or len(set(given)) < len(given)):
            yield f"ports {given}"


def named_ports_are_there(objects: list[Object]) -> Iterator[str]:
    known = {port.get("name") for each in containers(objects) for port in each["ports"]}
    known |= INJECTED | {port["containerPort"] for each in containers(objects) for port in each["ports"]}
    used = [
        port.get("targetPort", port["port"])
        for each in of_kind(objects, "Service")
        for port in each["spec"]["ports"]
    ]
    for each in containers(objects):
        probes = [each[kind] for kind in ("startupProbe", "readinessProbe", "livenessProbe") if kind in each]
        # Without a port Knative asks the only one that it knows.
        only = each["ports"][0]["containerPort"]
        used += [probe["httpGet"].get("port", only) for probe in probes]
    for each in of_kind(objects, "NetworkPolicy"):
        used += [port["port"] for rule in each["spec"].get("ingress", []) for port in rule["ports"]]
    yield from (f"no container has the port {port}" for port in used if port not in known)


def the_port_of_the_service_is_http(objects: list[Object]) -> Iterator[str]:
    for each in of_kind(objects, "Service"):
        for port in each["spec"]["ports"]:
            if not re.match(r"(?:http|grpc)\b", port.get("name", "")) or "appProtocol" not in port:
                yield f"{port.get('name')} is taken for plain TCP by a mesh"


def selectors_are_within_labels(objects: list[Object]) -> Iterator[str]:
    for each in of_kind(objects, "Deployment"):
        wanted = each["spec"]["selector"]["matchLabels"].items()
        if not wanted <= each["spec"]["template"]["metadata"]["labels"].items():
            yield f"Deployment {each['metadata']['name']} does not select its own pods"


def selectors_find_pods(objects: list[Object]) -> Iterator[str]:
    there = [pod["metadata"]["labels"].items() for pod in pods(objects)]
    # The pods of a rollout's controller, which `make deploy` starts.
    there += [
        {"app.kubernetes.io/name": each["metadata"]["name"]}.items()
        for each in of_kind(objects, "ServiceAccount")
        if each["metadata"]["name"].endswith("-rollout")
    ]
    asked = [(each, each["spec"]["selector"]) for each in of_kind(objects, "Service")]
    asked += [(each, chosen(each["spec"]["selector"])) for each in of_kind(objects, "PodDisruptionBudget")]
    asked += [(each, chosen(each["spec"]["podSelector"])) for each in of_kind(objects, "NetworkPolicy")]
    for pod in pods(objects):
        for spread in pod["spec"].get("topologySpreadConstraints", []):
            asked.append(({"kind": "spread"}, spread["labelSelector"]["matchLabels"]))
    for each, selector in asked:
        if not any(selector.items() <= labels for labels in there):
            yield f"{each['kind']} selects no pod"


def an_image_is_there(objects: list[Object]) -> Iterator[str]:
    for each in containers(objects):
        repository, _, tag = each.get("image", "").rpartition(":")
        if not repository or not tag or "/" in tag or tag == "latest":
            yield f"container {each['name']} has the image {each.get('image')!r}"


def the_pull_policy_is_one(objects: list[Object]) -> Iterator[str]:
    for each in containers(objects):
        if each.get("imagePullPolicy") not in (None, "Always", "IfNotPresent", "Never"):
            yield f"imagePullPolicy {each['imagePullPolicy']}"


def requests_are_within_limits(objects: list[Object]) -> Iterator[str]:
    for each in containers(objects):
        requests, limits = each["resources"].get("requests", {}), each["resources"].get("limits", {})
        for name in requests.keys() & limits.keys():
            if QUANTITY.fullmatch(str(requests[name])) and quantity(requests[name]) > quantity(limits[name]):
                yield f"{name}: {requests[name]} of {limits[name]}"
        if limits.get("nvidia.com/gpu") != requests.get("nvidia.com/gpu"):
            yield "GPUs are not overcommitted"


def the_autoscaler_has_a_range(objects: list[Object]) -> Iterator[str]:
    for each in of_kind(objects, "HorizontalPodAutoscaler"):
        if not 1 <= each["spec"]["minReplicas"] <= each["spec"]["maxReplicas"]:
            yield f"{each['spec']['minReplicas']} to {each['spec']['maxReplicas']} pods"


def the_autoscaler_has_its_workload(objects: list[Object]) -> Iterator[str]:
    there = {(each["kind"], each["metadata"]["name"]) for each in of_kind(objects, *WORKLOADS)}
    for each in of_kind(objects, "HorizontalPodAutoscaler"):
        target = each["spec"]["scaleTargetRef"]
        if (target["kind"], target["name"]) not in there:
            yield f"{target['name']} is not there"


def an_autoscaler_owns_the_number(objects: list[Object]) -> Iterator[str]:
    scaled = {each["spec"]["scaleTargetRef"]["name"] for each in of_kind(objects, "HorizontalPodAutoscaler")}
    for each in of_kind(objects, *WORKLOADS):
        if (each["metadata"]["name"] in scaled) == ("replicas" in each["spec"]):
            yield f"{each['metadata']['name']} has replicas and an autoscaler, or neither"


def a_budget_has_one_number(objects: list[Object]) -> Iterator[str]:
    for each in of_kind(objects, "PodDisruptionBudget"):
        if ("minAvailable" in each["spec"]) == ("maxUnavailable" in each["spec"]):
            yield "exactly one of minAvailable and maxUnavailable"


def a_budget_lets_nodes_be_drained(objects: list[Object]) -> Iterator[str]:
    for each in of_kind(objects, "PodDisruptionBudget"):
        least, most = each["spec"].get("minAvailable", 0), each["spec"].get("maxUnavailable", 1)
        if most in (0, "0%") or least == "100%" or (isinstance(least, int) and least >= _fewest(objects)):
            yield "no pod may ever be moved"


def _fewest(objects: list[Object]) -> int:
    """Return how many pods there are at least."""
    scaled = [each["spec"]["minReplicas"] for each in of_kind(objects, "HorizontalPodAutoscaler")]
    scaled += [each["spec"]["predictor"]["minReplicas"] for each in of_kind(objects, "InferenceService")]
    counts = [each["spec"].get("replicas", 1) for each in of_kind(objects, *WORKLOADS)]
    return int(min(scaled or [count for count in counts if count]))


def a_rollout_can_move(objects: list[Object]) -> Iterator[str]:
    for each in of_kind(objects, "Deployment"):
        update = each["spec"]["strategy"]["rollingUpdate"]
        if all(update[key] in (0, "0%") for key in ("maxSurge", "maxUnavailable")):
            yield "neither more nor fewer pods are allowed"


def mounts_have_volumes(objects: list[Object]) -> Iterator[str]:
    for pod in pods(objects):
        known = [volume["name"] for volume in pod["spec"]["volumes"]]
        used = [mount["name"] for each in pod["spec"]["containers"] for mount in each["volumeMounts"]]
        if set(used) != set(known) or len(known) != len(set(known)):
            yield f"volumes {known}, mounts {used}"


def what_is_referred_to_is_there(objects: list[Object]) -> Iterator[str]:
    there = {(each["kind"], each["metadata"]["name"]) for each in objects}
    for pod in pods(objects):
        used = [("ServiceAccount", pod["spec"]["serviceAccountName"])]
        sources = [source for each in pod["spec"]["containers"] for source in each["envFrom"]]
        used += [
            ("ConfigMap", source["configMapRef"]["name"]) for source in sources if "configMapRef" in source
        ]
        yield from (f"{kind} {name} is not there" for kind, name in used if (kind, name) not in there)
        yield from (
            f"{source} must be there"
            for source in sources
            if not source.get("secretRef", {"optional": True}).get("optional")
        )


def settings_are_named_by_what_they_say(objects: list[Object]) -> Iterator[str]:
    for each in of_kind(objects, "ConfigMap"):
        if not re.fullmatch(r".*-[a-z0-9]{10}", each["metadata"]["name"]):
            yield f"a change of {each['metadata']['name']} replaces no pod"


def a_pod_has_time_to_end(objects: list[Object]) -> Iterator[str]:
    settings = {key: value for each in of_kind(objects, "ConfigMap") for key, value in each["data"].items()}
    for pod in pods(objects):
        # Knative ends the pods of its revisions itself.
        for each in pod["spec"]["containers"] if "terminationGracePeriodSeconds" in pod["spec"] else ():
            pause = each["lifecycle"]["preStop"]["sleep"]["seconds"]
            if pod["spec"]["terminationGracePeriodSeconds"] <= pause + int(settings["DRAIN_SECONDS"]):
                yield "it is killed while it drains"


def one_namespace(objects: list[Object]) -> Iterator[str]:
    found = {each["metadata"].get("namespace") for each in objects}
    if len(found) != 1 or None in found:
        yield f"namespaces {found}"


RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        names, labels, quantities, percentages, ports, several_ports_have_names, named_ports_are_there,
        the_port_of_the_service_is_http, selectors_are_within_labels, selectors_find_pods, an_image_is_there,
        the_pull_policy_is_one, requests_are_within_limits, the_autoscaler_has_a_range,
        the_autoscaler_has_its_workload, an_autoscaler_owns_the_number, a_budget_has_one_number,
        a_budget_lets_nodes_be_drained, a_rollout_can_move, mounts_have_volumes, what_is_referred_to_is_there,
        settings_are_named_by_what_they_say, a_pod_has_time_to_end, one_namespace, *TRAFFIC_RULES,
    )
}  # fmt: skip


def broken(objects: list[Object]) -> list[str]:
    """Return the names of the rules that the objects break."""
    return [name for name, rule in RULES.items() if list(rule(objects))]


def badly_written(text: str) -> str:
    """Return what a reader of YAML may stumble over: a key that stands twice, an alias; or nothing."""
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            return f"the alias {event.anchor}"
    stack: list[yaml.Node] = [node for node in yaml.compose_all(text, yaml.CSafeLoader) if node]
    while stack:
        node = stack.pop()
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            if len(keys) > len(set(keys)):
                return f"a key of {keys} stands twice"
            stack += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            stack += node.value
    return ""
