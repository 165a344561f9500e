"""Which provider goes with which packaging, and what it can be asked for: each cell of the table."""

from itertools import product

import pytest

from tests.unit.checks.saying import said

PROVIDERS = ("istio", "gateway-api", "argo-rollouts", "flagger", "kserve", "none")
HELM = {"istio"}
MIRRORS = {"istio", "gateway-api", "argo-rollouts", "flagger"}
CANARY = "strategy: canary, steps: [20%], hold: 10m"
SHADOW = "strategy: shadow, shadow_first: 30m"


def findings(deployment: str) -> list[str]:
    return said(f"""
serving: {{image: acme/c, inputs: {{a: number}}, replicas: 8, slo: {{error_rate: 1%}}}}
connections: {{prometheus: {{url: 'http://prometheus:9090'}}}}
environments: {{production: {{cluster: {{context: c}}}}}}
deployment: {{{deployment}}}
""")


@pytest.mark.parametrize(("provider", "packaging"), list(product(PROVIDERS, ("kustomize", "helm"))))
def test_a_cell_is_made_or_refused_with_what_is_possible(provider: str, packaging: str) -> None:
    refusal = (
        f"M351 deployment.packaging: there is no Helm chart for `provider: {provider}`; "
        "write `packaging: kustomize`, or `provider: istio`"
    )
    found = findings(f"{CANARY}, provider: {provider}, packaging: {packaging}")
    assert found == ([refusal] if packaging == "helm" and provider not in HELM else [])


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("deployment", [SHADOW, f"{CANARY}, shadow_first: 10m"])
def test_traffic_is_mirrored_where_it_can_be(provider: str, deployment: str) -> None:
    refusal = (
        f"M351 deployment.shadow_first: `provider: {provider}` cannot mirror traffic; "
        "remove it, or choose istio, gateway-api, argo-rollouts or flagger"
    )
    assert findings(f"{deployment}, provider: {provider}") == ([] if provider in MIRRORS else [refusal])


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("mode", ["knative", "standard"])
def test_a_mode_is_that_of_kserve(provider: str, mode: str) -> None:
    found = findings(f"{CANARY}, provider: {provider}, mode: {mode}")
    assert [line.split(":")[0] for line in found] == (
        [] if provider == "kserve" else ["M304 deployment.mode"]
    )


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_share_is_whole_percent_or_whole_pods(provider: str) -> None:
    found = findings(f"strategy: canary, steps: [12.5%], hold: 10m, provider: {provider}")
    code = "M352" if provider == "none" else "M351"
    assert [line.split(":")[0] for line in found] == [f"{code} deployment.steps[0]"]


@pytest.mark.parametrize(
    ("replicas", "steps"), [(8, "20%"), (18, "10%"), (2, "50%"), (6, "25%"), (4, "33.3%")]
)
def test_pods_share_evenly(replicas: int, steps: str) -> None:
    found = said(f"""
serving: {{image: acme/c, inputs: {{a: number}}, replicas: {replicas}, slo: {{error_rate: 1%}}}}
connections: {{prometheus: {{url: 'http://prometheus:9090'}}}}
environments: {{production: {{cluster: {{context: c}}}}}}
deployment: {{strategy: canary, provider: none, steps: [{steps}], hold: 10m}}
""")
    assert found == []


def test_a_chart_is_that_of_a_canary() -> None:
    (found,) = findings("strategy: rolling, packaging: helm")
    assert found.startswith("M351 deployment.packaging: `packaging: helm` is for a canary in Istio")
    # Where one environment has a canary, the others are in its chart.
    assert findings(f"{CANARY}, provider: istio, packaging: helm") == []
