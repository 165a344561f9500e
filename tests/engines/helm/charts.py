"""One spec in both packagings, and the objects that become of it."""

import copy
from pathlib import Path
from typing import Any

import yaml

from tests.engines.helm.tools import Object
from tests.engines.helm.tools import objects as templated
from tests.engines.kubernetes.overlays import objects as kustomized
from tests.unit.targets.workflows import written

ENVIRONMENT = "production"
# Helm reads it, and Kubernetes does not: kustomize has no use for it.
KEPT = {"helm.sh/resource-policy": "keep"}
BASE: dict[str, Any] = {
    "image": "ghcr.io/acme/churn",
    "slo": {"error_rate": "1%", "latency_p95": "200ms"},
    "traffic": "20/s",
    "resources": {"requests": {"cpu": "250m", "memory": "512Mi"}},
}
CANARY: dict[str, Any] = {
    "strategy": "canary",
    "provider": "istio",
    "steps": ["10%", "50%"],
    "hold": "30m",
}
CONNECTIONS = {"prometheus": {"url": "http://prometheus:9090"}}


def texts(packaging: str, **sections: Any) -> dict[str, str]:
    """Return the files of a spec with a canary in production, where no section says otherwise."""
    place: dict[str, Any] = {"cluster": {"context": "prd", "namespace": "ml"}}
    given: dict[str, Any] = {
        "connections": CONNECTIONS,
        "environments": {ENVIRONMENT: place},
        "deployment": CANARY,
        **sections,
    }
    given["serving"] = BASE | given.get("serving", {})
    given["deployment"] = given["deployment"] | {"packaging": packaging}
    return written(**given)


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write the manifests below a folder."""
    for path, content in files.items():
        if path.startswith(("kubernetes/", "helm/", "monitoring/")):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content)
    return folder


def both(folder: Path, environment: str = ENVIRONMENT, **sections: Any) -> tuple[list[Object], list[Object]]:
    """Return what helm template and kubectl kustomize make of one spec."""
    root = write(folder, texts("helm", **sections))
    chart = templated(root, environment)
    assert not (root / "kubernetes").exists()
    write(folder, texts("kustomize", **sections))
    return chart, kustomized(root / f"kubernetes/overlays/{environment}")


def same(chart: list[Object], overlay: list[Object]) -> None:
    """Assert that both are the same objects, in whatever order; a ConfigMap that Helm must keep says so."""
    found = copy.deepcopy(chart)
    for each in found:
        if each["kind"] == "ConfigMap":
            assert each["metadata"].pop("annotations") == KEPT
    assert by_name(found) == by_name(overlay)


def by_name(objects: list[Object]) -> dict[str, str]:
    """Return objects as text by kind and name, so that a difference is seen in its lines."""
    named = {f"{each['kind']}/{each['metadata']['name']}": yaml.safe_dump(each) for each in objects}
    assert len(named) == len(objects)
    return named
