"""What the compiler writes for a model with a canary: its programs, its configuration, its objects, its rights."""

import json
from pathlib import Path
from typing import Any

from tests.engines.canary.kinds import DEPLOYMENT, HTTP_ROUTE, VIRTUAL_SERVICE, Object
from tests.engines.kubernetes.overlays import objects
from tests.unit.targets.workflows import written

MODEL, NAMESPACE, IMAGE = "churn", "ml", "ghcr.io/acme/churn"


# Both versions write where whoever evaluates a test can read.
TESTED: dict[str, Any] = {
    "data": {"path": "data/customers.csv", "id": "customer_id"},
    "ab_test": {"traffic": "30%", "for": "14d", "metric": "accuracy", "effect": "5%"},
    "outcomes": {"path": "s3://acme/outcomes/", "id": "customer_id", "value": "churned", "delay": "7d"},
}
LOGGED = {"prediction_log": {"path": "s3://acme/predictions/"}}


def compiled(folder: Path, provider: str, tested: bool = False) -> Path:
    """Compile the spec of a provider into a folder, with an A/B test after the steps or without."""
    steps = {"none": ["50%"]}.get(provider, ["30%", "60%"])
    texts = written(
        serving={
            "image": IMAGE,
            "replicas": 2,
            "inputs": {"age": "integer"},
            "traffic": "50/s",
            "slo": {"error_rate": "5%", "latency_p95": "1s"},
            **(LOGGED if tested else {}),
        },
        deployment={"strategy": "canary", "provider": provider, "steps": steps, "hold": "10m"},
        environments={"production": {"cluster": {"context": "prd-eu", "namespace": NAMESPACE}}},
        connections={"prometheus": {"url": "http://prometheus:9090"}},
        **(TESTED if tested else {}),
    )
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def read(folder: Path) -> tuple[dict[str, Any], list[Object], list[dict[str, Any]]]:
    """Return the controller's configuration, the objects that it meets, and the rules of its Role."""
    setting = json.loads((folder / "config/production.json").read_text())["rollout"]
    setting |= {
        "model": MODEL,
        "namespace": NAMESPACE,
        "lease": f"{MODEL}-rollout",
        "stable": f"{MODEL}-stable",
        "canary": f"{MODEL}-canary",
        "route": MODEL,
    }
    found = objects(folder / "kubernetes/overlays/production")
    played = {each.name for each in (DEPLOYMENT, VIRTUAL_SERVICE, HTTP_ROUTE)}
    chosen = [each for each in found if each["kind"] in played]
    for each in chosen:
        if each["kind"] == DEPLOYMENT.name:
            (container,) = each["spec"]["template"]["spec"]["containers"]
            container["image"] = f"{IMAGE}:7"
    (role,) = [each for each in found if each["kind"] == "Role"]
    return setting, chosen, role["rules"]
