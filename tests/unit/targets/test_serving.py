"""What the service is made of: its programs and metrics by runtime, and the name of its image."""

import json
from typing import Any

import pytest
from mlopsc.diagnostics import Rejected
from mlopsc.symbols import Metric

from tests.claims.compiling import compiled
from tests.unit.targets.workflows import spec, written

OF_EVERY_RUNTIME = {"model_requests_total", "model_request_duration_seconds", "model_info"}


def serving(runtime: str, **more: Any) -> dict[str, Any]:
    """Return a service."""
    return {"serving": {"image": "ghcr.io/acme/churn", "runtime": runtime, **more}}


@pytest.mark.parametrize(
    ("runtime", "task", "more"),
    [
        ("fastapi", "classification", {"model_predictions_total"}),
        ("fastapi", "regression", {"model_prediction_value"}),
        ("mlflow", "classification", set()),
        ("bentoml", "classification", set()),
    ],
)
def test_each_runtime_exports_what_it_can(runtime: str, task: str, more: set[str]) -> None:
    model = {"name": "churn", "artifact": "models/model", "task": task}
    made = compiled(spec(model=model, **serving(runtime)))
    offered = {each.name for each in made.table[Metric] if each.target == "serving"}
    assert offered == OF_EVERY_RUNTIME | more


@pytest.mark.parametrize(
    ("runtime", "paths"), [("fastapi", "/predict"), ("mlflow", "/invocations"), ("bentoml", "/predict")]
)
def test_the_settings_name_the_runtime_and_where_it_is_asked(runtime: str, paths: str) -> None:
    settings = json.loads(written(**serving(runtime))["serving/service.json"])
    assert (settings["runtime"], settings["paths"]["predict"]) == (runtime, paths)


def test_every_threshold_has_a_bucket_of_its_own() -> None:
    alerts = {"alerts": [{"metric": "latency_p99", "above": "333ms"}]}
    texts = written(**serving("fastapi", slo={"latency_p95": "200ms"}), monitoring=alerts)
    assert {0.2, 0.333} <= set(json.loads(texts["serving/service.json"])["buckets"])


def test_fields_are_what_a_caller_can_know() -> None:
    columns = {
        "customer_id": {"type": "string"},
        "age": {"min": 0},
        "plan": {"in": ["basic"]},
        "churned": {"type": "boolean"},
    }
    data = {
        "path": "data/customers.csv",
        "id": "customer_id",
        "target": "churned",
        "remote": "s3://acme/store",
        "incoming": "in/",
    }
    texts = written(data=data, validation={"columns": columns}, **serving("fastapi"))
    assert json.loads(texts["serving/service.json"])["inputs"] == {"age": "number", "plan": "string"}


def test_one_machine_that_builds_and_serves_needs_no_place_for_images() -> None:
    texts = written(
        serving={"inputs": {"age": "integer"}}, deployment={"strategy": "rolling"}, ci=None, environments=None
    )
    assert json.loads(texts["config/default.json"])["deployment"]["image"] == "churn"


def test_an_alert_on_what_nothing_exports_is_refused() -> None:
    alerts = {"alerts": [{"metric": "drift_score", "above": 0.3}]}
    with pytest.raises(Rejected) as error:
        compiled(spec(drift=None, retraining=None, monitoring=alerts, **serving("mlflow")))
    assert [each.code for each in error.value.diagnostics] == ["M302"]
