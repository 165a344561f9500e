"""What the runbook says of an A/B test."""

import pytest

from tests.unit.targets.workflows import written

SERVING = {
    "image": "ghcr.io/acme/churn",
    "slo": {"error_rate": "1%"},
    "traffic": "20/s",
    "prediction_log": {"path": "s3://acme/churn/predictions/"},
}
CANARY = {"strategy": "canary", "provider": "istio", "steps": ["10%", "50%"], "hold": "30m"}
OUTCOMES = {"path": "data/outcomes.csv", "id": "customer_id", "value": "churned", "delay": "7d"}


def runbook(metric: str) -> str:
    """Return the runbook of a test that compares by a metric."""
    return written(
        data={"path": "data/customers.csv", "id": "customer_id", "remote": "s3://acme/store"},
        drift=None,
        retraining=None,
        serving=SERVING,
        deployment=CANARY,
        outcomes=OUTCOMES,
        ab_test={"traffic": "30%", "for": "60d", "metric": metric, "effect": "10%", "baseline": 0.6},
        environments={"production": {"cluster": {"context": "prd", "namespace": "ml"}}},
        connections={"prometheus": {"url": "http://prometheus:9090"}},
    )["RUNBOOK.md"]


@pytest.mark.parametrize(
    ("metric", "said"), [("accuracy", False), ("roc_auc", True), ("log_loss", True), ("brier_score", True)]
)
def test_a_metric_of_probabilities_needs_them_in_the_log(metric: str, said: bool) -> None:
    found = runbook(metric)
    assert f"It is promoted when {metric} is better" in found
    assert (f"{metric} is of probabilities: see on the first day" in found) is said
