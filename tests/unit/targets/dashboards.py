"""Dashboards of specs that have much or little, compiled in memory."""

import json
from typing import Any

from tests.unit.targets.workflows import SPEC, written

MONITORING = {"dashboard": "grafana", "alerts": [{"metric": "drift_score", "above": 0.3}]}
BATCH: dict[str, Any] = {"serving": None, "deployment": None, "environments": None, "ci": None}
SERVED = {"serving": {"image": "ghcr.io/acme/churn", "slo": {"error_rate": "1%", "latency_p95": "200ms"}}}

PROGRESSIVE: dict[str, Any] = {
    "deployment": {"strategy": "canary", "provider": "istio", "steps": ["5%", "50%"], "hold": "10m"},
    "ab_test": {"traffic": "10%", "for": "7d", "metric": "accuracy", "improves_by": "5%"},
    "data": SPEC["data"] | {"id": "customer_id"},
    "serving": SERVED["serving"] | {"prediction_log": {"path": "s3://acme/log/"}, "traffic": "20/s"},
    "outcomes": {"path": "data/outcomes.csv", "id": "customer_id", "value": "churned", "delay": "30d"},
    "connections": {"prometheus": {"url": "http://prometheus:9090"}},
    "environments": {"production": {"cluster": {"context": "prd"}}},
}


def dashboard(
    name: str = "churn", monitoring: dict[str, Any] | None = None, **sections: Any
) -> dict[str, Any]:
    """Return the dashboard of a spec; see `workflows.written`."""
    watched = MONITORING | (monitoring or {})
    texts = written(model=SPEC["model"] | {"name": name}, monitoring=watched, **sections)
    found: dict[str, Any] = json.loads(texts[f"monitoring/grafana/dashboards/{name}.json"])
    return found


def every() -> dict[str, dict[str, Any]]:
    """Return dashboards of all kinds, by name."""
    level_1 = dict.fromkeys(("pipeline", "tracking", "registry", "drift", "retraining"))
    of_metric = {"alerts": [{"metric": "accuracy", "below": 0.7, "severity": "page"}]}
    return {
        "data_alone": dashboard(monitoring={"alerts": []}, **BATCH, **level_1),
        "batch": dashboard(**BATCH),
        "batch_watched": dashboard(monitoring=of_metric, **BATCH),
        "served": dashboard(**SERVED),
        "served_watched": dashboard(monitoring=of_metric, **SERVED),
        "mlflow": dashboard(serving=SERVED["serving"] | {"runtime": "mlflow"}),
        "canary": dashboard(**PROGRESSIVE),
    }


def shown(found: dict[str, Any]) -> list[str]:
    """Return the titles of the panels and rows, in their order."""
    return [panel["title"] for panel in found["panels"]]
