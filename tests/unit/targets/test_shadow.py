"""Where answers to mirrored requests are compared, and what the runbook says where they are not."""

import json
from typing import Any

import pytest

from tests.unit.targets.workflows import written

STORE = {"path": "s3://acme/churn/predictions/"}
CANARY = {
    "strategy": "canary",
    "provider": "istio",
    "steps": ["10%", "50%"],
    "hold": "30m",
    "shadow_first": "30m",
}


def compiled(deployment: dict[str, Any], **serving: Any) -> dict[str, str]:
    """Return what a spec becomes whose production mirrors traffic, or not."""
    place = {"context": "prd", "namespace": "ml"}
    base = {"image": "ghcr.io/acme/churn", "slo": {"error_rate": "1%"}, "traffic": "20/s"}
    return written(
        serving=base | serving,
        deployment=deployment,
        environments={"production": {"cluster": place}},
        connections={"prometheus": {"url": "http://prometheus:9090"}},
    )


def test_a_mirror_with_a_log_that_can_be_read_is_compared() -> None:
    found = compiled(CANARY, prediction_log=STORE)
    assert "compare-shadow" in found["mlops.mk"] and "ops/compare_shadow.py" in found
    shadow = json.loads(found["config/production.json"])["shadow"]
    # The rollout may take twice its half hours, and is looked at the day after.
    assert shadow == {"format": "csv", "inputs": ["age"], "seconds": 2 * 5400 + 86400, "least": 500}
    assert "s3fs" in found["requirements-mlops.txt"]
    assert (
        "production: make compare-shadow VERSION=8 reads s3://acme/churn/predictions/" in found["RUNBOOK.md"]
    )


@pytest.mark.parametrize(
    "serving",
    [
        {"runtime": "mlflow"},
        {},
        {"prediction_log": {"path": "logs/predictions/"}},
        {"prediction_log": {"broker": "rabbitmq", "queue": "predictions"}},
    ],
)
def test_without_such_a_log_the_runbook_says_what_it_takes(serving: dict[str, Any]) -> None:
    found = compiled(CANARY, **serving)
    assert "compare-shadow" not in found["mlops.mk"] and "ops/compare_shadow.py" not in found
    assert "shadow" not in json.loads(found["config/production.json"])
    assert "production: answers to mirrored requests are not compared" in found["RUNBOOK.md"]
    assert "It takes our own service (fastapi), and a log" in found["RUNBOOK.md"]


def test_without_a_mirror_nothing_is_said() -> None:
    alone = {name: value for name, value in CANARY.items() if name != "shadow_first"}
    for deployment in (alone, {"strategy": "rolling"}):
        found = compiled(deployment, prediction_log=STORE)
        assert "compare-shadow" not in found["mlops.mk"] and "mirrored" not in found["RUNBOOK.md"]
