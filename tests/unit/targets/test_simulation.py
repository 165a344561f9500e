"""Which repositories can play their rollouts, and what these know of the spec."""

import json
from typing import Any

import pytest
from mlopsc.model.delivery import SETTLE_SECONDS

from tests.unit.targets.workflows import written

SERVING = {"image": "ghcr.io/acme/churn", "replicas": 8, "traffic": "20/s", "slo": {"error_rate": "1%"}}
CANARY = {"strategy": "canary", "steps": ["20%"], "hold": "10m"}
PLACES: dict[str, Any] = {
    "staging": {"cluster": {"context": "s"}, "deployment": {"strategy": "rolling"}},
    "production": {"cluster": {"context": "p"}},
}
COMMAND = "\nsimulate-canary:"


def made(provider: str, **other: Any) -> dict[str, str]:
    given = {"serving": SERVING, "environments": PLACES, "deployment": {**CANARY, "provider": provider}}
    return written(**given | {"connections": {"prometheus": {"url": "http://prometheus:9090"}}} | other)


@pytest.mark.parametrize("provider", ["istio", "gateway-api", "none"])
def test_what_our_controller_leads_can_be_played(provider: str) -> None:
    texts = made(provider)
    assert COMMAND in texts["mlops.mk"]
    assert "ops/simulate_canary.py" in texts
    assert json.loads(texts["config/production.json"])["simulation"] == {
        "model": "churn",
        "traffic": 20.0,
        "replicas": 8,
    }
    assert json.loads(texts["config/staging.json"]).get("simulation") is None
    assert "make simulate-canary ERRORS=2%" in texts["RUNBOOK.md"]


@pytest.mark.parametrize("provider", ["argo-rollouts", "flagger", "kserve"])
def test_what_another_controller_leads_cannot(provider: str) -> None:
    texts = made(provider)
    assert COMMAND not in texts["mlops.mk"]
    assert "ops/simulate_canary.py" not in texts


def test_a_rolling_update_cannot() -> None:
    assert COMMAND not in written(serving=SERVING, environments=PLACES)["mlops.mk"]


def test_an_environment_has_its_own_traffic() -> None:
    places = {
        **PLACES,
        "canada": {"cluster": {"context": "c"}, "serving": {"traffic": "90000/h", "replicas": 18}},
    }
    texts = made("istio", environments=places)
    found = json.loads(texts["config/canada.json"])["simulation"]
    assert (found["traffic"], found["replicas"]) == (25.0, 18)


def test_what_the_spec_does_not_say_is_asked_for() -> None:
    silent = {name: value for name, value in SERVING.items() if name != "traffic"}
    assert "traffic" not in json.loads(made("istio", serving=silent)["config/production.json"])["simulation"]


def test_the_compiler_counts_on_the_time_that_the_controller_takes() -> None:
    assert json.loads(made("istio")["config/production.json"])["rollout"]["settle_seconds"] == SETTLE_SECONDS
