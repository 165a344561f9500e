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


TESTED: dict[str, Any] = {
    "data": {"path": "data/customers.csv", "id": "customer_id", "target": "churned"},
    "outcomes": {"path": "s3://acme/outcomes/", "id": "customer_id", "value": "churned", "delay": "1d"},
    "deployment": {"strategy": "canary", "provider": "istio", "steps": ["10%"], "hold": "1h"},
    "connections": {"prometheus": {"url": "http://prometheus:9090"}},
    "ab_test": {"traffic": "20%", "for": "14d", "metric": "accuracy"},
    "environments": {
        "staging": {"cluster": {"context": "stg"}, "deployment": {"strategy": "rolling"}},
        "production": {"cluster": {"context": "prd"}},
    },
}
PROGRAMS = {f"serving/{name}.py" for name in ("arms", "assigned", "experiment", "forwarding")}


def on_users(slo: dict[str, str] | None, **more: Any) -> dict[str, Any]:
    """Return the sections of a model whose versions are tested on users."""
    log = {"path": "s3://acme/logs/"}
    promised = {"slo": slo} if slo else {}
    given = serving("fastapi", traffic="200/s", replicas=4, prediction_log=log, **promised)
    limits = {"promote_if": {"error_rate": "1%", "min_requests": 500}}
    return {**TESTED, **given, "deployment": TESTED["deployment"] | limits, **more}


@pytest.mark.parametrize(
    ("slo", "seconds"),
    [
        ({"latency_p95": "200ms"}, 2.0),
        ({"latency_p95": "200ms", "latency_p99": "500ms"}, 5.0),
        ({"latency_p95": "20ms", "latency_p99": "30ms"}, 1.0),
        ({"latency_p99": "3s"}, 10.0),
        (None, 10.0),
    ],
)
def test_stable_waits_for_a_canary_as_long_as_the_promise_lets_it(
    slo: dict[str, str] | None, seconds: float
) -> None:
    settings = json.loads(written(**on_users(slo))["serving/service.json"])
    assert settings["ab_test"] == {
        "experiment": "churn",
        "share": 0.2,
        "id": "customer_id",
        "header": "x-mlops-arm",
        "seconds": seconds,
        "back_off_seconds": 10,
    }


def test_a_test_on_users_is_where_one_is_written_and_nowhere_else() -> None:
    texts = written(**on_users({"latency_p95": "200ms"}))
    without = written(**on_users({"latency_p95": "200ms"}, ab_test=None))
    assert texts.keys() >= PROGRAMS and not PROGRAMS & without.keys()
    assert "ab_test" not in without["serving/service.json"] and "x-entity-id" not in without["RUNBOOK.md"]
    for name, told in {"staging": False, "production": True}.items():
        assert ("AB_TEST_URL=http://churn" in texts[f"kubernetes/overlays/{name}/kustomization.yaml"]) is told
    assert "x-entity-id" in texts["RUNBOOK.md"] and "must let the ServiceAccount churn" in texts["RUNBOOK.md"]


def test_what_a_test_counts_is_exported() -> None:
    def names(**sections: Any) -> set[str]:
        found = compiled(spec(**sections)).table[Metric]
        return {each.name for each in found if each.name.startswith("model_ab_")}

    assert names(**on_users(None)) == {
        "model_ab_requests_total", "model_ab_forward_failures_total", "model_ab_forward_duration_seconds",
    }  # fmt: skip
    assert names(**on_users(None, ab_test=None)) == set()
