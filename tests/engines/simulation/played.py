"""Specs whose rollouts are played: what the compiler says of them, and what it tells the controller."""

import json
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

from mlopsc.checks.statistics.deciding import Deciding, deciding
from mlopsc.resolve import views_of
from mlopsc.source import read_document

from tests.claims.compiling import files
from tests.unit.targets.workflows import spec

PLACES: dict[str, Any] = {"staging": {}, "production": {"cluster": {"context": "p"}}}
CHURN = {"provider": "istio", "steps": ["5%", "25%", "50%"], "promote_if": {"min_requests": 500}}
SPECS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "churn": ({"traffic": "20/s", "slo": {"error_rate": "1%"}}, CHURN),
    "pods": (
        {"traffic": "5/s", "replicas": 8, "slo": {"error_rate": "1%"}},
        {"provider": "none", "steps": ["20%"], "hold": "15m", "promote_if": {"min_requests": 300}},
    ),
    "few": (
        {"traffic": "1/s", "slo": {"error_rate": "5%"}},
        {"provider": "gateway-api", "steps": ["10%", "50%"], "promote_if": {"min_requests": 50}},
    ),
    "waits": (
        {"traffic": "1/s", "slo": {"error_rate": "5%"}},
        {
            "provider": "istio",
            "steps": ["10%", "30%"],
            "promote_if": {"min_requests": 75},
            "on_no_data": "wait",
        },
    ),
    "copies": (
        {"traffic": "2/s", "slo": {"error_rate": "2%"}},
        {"provider": "istio", "steps": ["20%"], "shadow_first": "5m", "promote_if": {"min_requests": 150}},
    ),
    "slow": (
        {"traffic": "4/s", "slo": {"latency_p95": "200ms"}},
        {"provider": "istio", "steps": ["10%"], "promote_if": {"min_requests": 100}},
    ),
}


@dataclass(frozen=True)
class Spec:
    """A spec: what the compiler thinks of it, and the settings of its repository."""

    thought: Deciding
    settings: dict[str, Any]

    def given(self, ops: SimpleNamespace, bad: float, **other: str) -> Any:
        """Return a version of which that share of requests counts against the limit that is looked at."""
        if self.thought.by == "error_rate":
            variables = {"ERRORS": f"{bad:.9f}", "LATENCY": "1ms"}
        else:
            # The quantile of the log-normal latencies at which so many are beyond the limit.
            service = ops.simulated_service
            beyond = service.NormalDist().inv_cdf(1 - bad) - service.QUANTILE
            latency = self.settings["rollout"]["limits"][self.thought.by] * 2.718281828459045 ** (
                -0.5 * beyond
            )
            variables = {"ERRORS": "0", "LATENCY": f"{1000 * latency:.9f}ms"}
        return ops.simulated_given.given(
            variables | other, self.settings["rollout"], self.settings["simulation"]
        )

    def config(self, ops: SimpleNamespace) -> dict[str, Any]:
        """Return the controller's configuration for the modelled cluster."""
        found: dict[str, Any] = ops.simulated_runs.simulated(self.settings["rollout"], "churn")
        return found


@cache
def of(name: str) -> Spec:
    """Return a spec by its name."""
    serving, deployment = SPECS[name]
    text = spec(
        ci=None,
        serving={"image": "ghcr.io/acme/churn", "inputs": {"age": "integer"}, **serving},
        deployment={"strategy": "canary", "hold": "10m", **deployment},
        environments={"production": PLACES["production"]},
        connections={"prometheus": {"url": "http://prometheus:9090"}},
    )
    thought = deciding(views_of(read_document(text.encode(), "mlops.yaml"))[1].spec)
    assert thought is not None
    return Spec(thought, json.loads(files(text)["config/production.json"]))
