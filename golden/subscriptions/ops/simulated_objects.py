"""What lies in the modelled cluster: two Deployments, a route to them, a Lease that asks for a rollout."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Object = dict[str, Any]
OLD, NEW = "image:old", "image:new"


def deployment(config: Mapping[str, Any], name: str) -> str:
    """Return where the Deployment of stable or canary lies."""
    return f"/apis/apps/v1/namespaces/{config['namespace']}/deployments/{config[name]}"


def route(config: Mapping[str, Any]) -> str:
    """Return where the route lies."""
    api = "gateway.networking.k8s.io" if config["provider"] == "gateway-api" else "networking.istio.io"
    kind = "httproutes" if config["provider"] == "gateway-api" else "virtualservices"
    return f"/apis/{api}/v1/namespaces/{config['namespace']}/{kind}/{config['route']}"


def objects(config: Mapping[str, Any], replicas: int) -> dict[str, Object]:
    """Return what `make deploy` leaves before the controller starts, by path."""
    found = {deployment(config, "stable"): replicas, deployment(config, "canary"): 0}
    made = {path: _deployment(config, path.rpartition("/")[2], count) for path, count in found.items()}
    asked = json.dumps({"version": "new", "image": NEW, "phase": "requested"})
    lease = f"/apis/coordination.k8s.io/v1/namespaces/{config['namespace']}/leases/{config['lease']}"
    made[lease] = {"metadata": {"resourceVersion": "1", "annotations": {"mlops/rollout": asked}}, "spec": {}}
    made[route(config)] = {"metadata": {"resourceVersion": "1"}, "spec": _rules(config)}
    return made


def patched(found: Any, change: Mapping[str, Any]) -> None:
    """Apply one operation of a JSON patch (RFC 6902); tests hold, where nobody else writes."""
    if change["op"] == "test":
        return
    *path, last = (part.replace("~1", "/").replace("~0", "~") for part in change["path"].split("/")[1:])
    for part in path:
        found = found[int(part)] if isinstance(found, list) else found[part]
    if change["op"] == "remove":
        del found[last]
    else:
        found[last] = change["value"]


def _deployment(config: Mapping[str, Any], name: str, replicas: int) -> Object:
    container = {"name": config["model"], "image": OLD}
    spec = {"replicas": replicas, "template": {"spec": {"containers": [container]}}}
    metadata = {"name": name, "resourceVersion": "1", "generation": 1, "annotations": {}}
    return {"metadata": metadata, "spec": spec}


def _rules(config: Mapping[str, Any]) -> Object:
    weights = {"stable": 100, "canary": 0}
    if config["provider"] == "gateway-api":
        targets = [{"name": config[name], "weight": weight} for name, weight in weights.items()]
        return {"rules": [{"name": "weighted", "backendRefs": targets}]}
    subsets = [{"destination": {"subset": name}, "weight": weight} for name, weight in weights.items()]
    return {"http": [{"name": "weighted", "route": subsets}]}
