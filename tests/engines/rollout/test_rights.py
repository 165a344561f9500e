"""The Role that is generated grants what the controller calls, and nothing that it never calls."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engines.kubernetes.overlays import compiled, one
from tests.engines.rollout.cluster import CONFIG, Cluster
from tests.engines.rollout.pods import Kind

PATH = re.compile(
    r"/apis?(?:/(?P<group>[a-z.0-9]+(?=/v[0-9a-z]+/namespaces/)))?/v[0-9a-z]+/namespaces/ml/(?P<resource>[a-z]+)"
    r"(?:/(?P<name>[^?/]+))?(?:\?.*)?"
)
VERBS = {"GET": "get", "PUT": "update", "PATCH": "patch", "POST": "create", "DELETE": "delete"}
PROVIDERS: dict[str, dict[str, Any]] = {
    "istio": {"provider": "istio", "shadow_seconds": 600},
    "gateway-api": {"provider": "gateway-api", "shadow_seconds": 600},
    "none": {"provider": "none", "steps": [1 / 3], "pods": [2]},
}
Right = tuple[str, str, str, str]


def asked(method: str, path: str) -> Right:
    """Return the right that a call takes: group, resource, name and verb."""
    found = PATH.fullmatch(path)
    assert found, path
    verb = "list" if method == "GET" and not found["name"] else VERBS[method]
    return found["group"] or "", found["resource"], found["name"] or "", verb


def granted(role: dict[str, Any]) -> set[Right]:
    """Return the rights of a Role."""
    return {
        (group, resource, name, verb)
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for name in rule.get("resourceNames", [""])
        for verb in rule["verbs"]
    }


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_role_is_what_the_controller_calls(
    tmp_path: Path, lead: Callable[..., int], provider: str
) -> None:
    calls: set[Right] = set()

    def heard(method: str, path: str) -> None:
        if path.startswith("/api"):
            calls.add(asked(method, path))

    for kind in (Kind(), Kind(errors=0.2)):
        cluster = Cluster({**CONFIG, **PROVIDERS[provider]}, canary=kind)
        cluster.before = heard
        lead(cluster)
    deployment = {"strategy": "canary", "provider": provider, "steps": ["20%"], "hold": "10m"}
    serving = {"image": "ghcr.io/acme/churn", "replicas": 8, "slo": {"error_rate": "1%"}}
    found = compiled(
        tmp_path,
        serving=serving,
        deployment=deployment,
        connections={"prometheus": {"url": "http://prometheus:9090"}},
    )
    assert calls == granted(one(found, "Role"))
