"""Manifests of a canary for other services and providers: taken by all schemas and rules; shared pods, own selectors."""

from pathlib import Path
from typing import Any

import pytest

from tests.engines.kubernetes.overlays import OVERLAYS, Object, compiled, objects, one
from tests.engines.kubernetes.rules import broken
from tests.engines.kubernetes.schemas import check

BASE: dict[str, Any] = {"image": "ghcr.io/acme/churn", "slo": {"error_rate": "1%"}}
CANARY = {"strategy": "canary", "steps": ["20%"], "hold": "10m"}
PROMETHEUS = {"prometheus": {"url": "http://prometheus.monitoring:9090"}}
GPU = {"limits": {"nvidia.com/gpu": 1, "memory": "16Gi"}}
# What a spec may say of `serving`; without a mesh the number of pods is fixed.
SERVICES: dict[str, dict[str, Any]] = {
    "fixed": {"replicas": 8},
    "scaled": {"replicas": {"min": 2, "max": 9}, "resources": {"requests": {"cpu": "1"}}},
    "gpu_memory": {"replicas": {"min": 1, "max": 4, "metric": "gpu_memory"}, "resources": GPU},
    "own_metric": {"replicas": {"min": 2, "max": 9, "metric": "queue.length", "target": 12.5}},
    "bentoml": {"runtime": "bentoml", "replicas": 8, "pull_secret": "registry"},
    "log_in_pods": {"replicas": 8, "prediction_log": {"path": "logs/"}},
    "log_in_a_store": {"replicas": 8, "prediction_log": {"path": "s3://acme/it's logs/"}},
}
CASES = [
    (provider, name)
    for provider in ("istio", "gateway-api", "none")
    for name, said in SERVICES.items()
    if provider != "none" or said["replicas"] == 8
]


def canary(folder: Path, provider: str, connections: Any = PROMETHEUS, **serving: Any) -> list[Object]:
    """Return what production has for a canary of a provider."""
    deployment = CANARY | {"provider": provider}
    return compiled(folder, serving=BASE | serving, deployment=deployment, connections=connections)


def of(found: list[Object], kind: str, name: str) -> Object:
    """Return an object by its kind and name."""
    (each,) = [each for each in found if (each["kind"], each["metadata"]["name"]) == (kind, name)]
    return each


@pytest.mark.parametrize(("provider", "service"), CASES)
def test_every_provider_takes_every_service(tmp_path: Path, provider: str, service: str) -> None:
    found = canary(tmp_path, provider, **SERVICES[service])
    for each in found:
        check(each)
    assert broken(found) == []


def test_what_no_project_knows_is_no_pass() -> None:
    found = of(objects(OVERLAYS["fraud-production"]), "VirtualService", "fraud")
    with pytest.raises(FileNotFoundError):
        check(found | {"kind": "VirtualServise"})
    for change in ({"spek": {}}, {"spec": found["spec"] | {"host": "fraud"}}):
        with pytest.raises(Exception, match="Additional properties are not allowed"):
            check(found | change)


@pytest.mark.parametrize("name", ["fraud", "parcels", "forecast"])
def test_stable_and_canary_are_the_same_pods_but_for_their_track(name: str) -> None:
    """One template: what is changed for the one is changed for the other."""
    found = objects(OVERLAYS[f"{name}-production"])
    texts = []
    for track in ("stable", "canary"):
        workload = of(found, "Deployment", f"{name}-{track}")["spec"]
        assert workload["selector"]["matchLabels"] == {"app.kubernetes.io/name": name, "track": track}
        texts.append(repr({**workload, "replicas": 0}.pop("template")).replace(f"'{track}'", "'x'"))
    assert texts[0] == texts[1]


def test_memory_of_gpus_scales_stable_at_70_percent(tmp_path: Path) -> None:
    found = canary(tmp_path, "istio", **SERVICES["gpu_memory"])
    scaler = of(found, "HorizontalPodAutoscaler", "churn")["spec"]
    assert scaler["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "churn-stable"}
    (metric,) = scaler["metrics"]
    assert (metric["pods"]["metric"]["name"], metric["pods"]["target"]["averageValue"]) == (
        "gpu_memory",
        "700m",
    )
    assert "replicas" not in of(found, "Deployment", "churn-stable")["spec"]
    assert of(found, "Deployment", "churn-canary")["spec"]["replicas"] == 0


@pytest.mark.parametrize(
    ("url", "more"),
    [
        ("http://prometheus.monitoring:9090", set()),
        ("https://prometheus.example.com/prom", set()),
        ("http://prometheus-server.monitoring", {80}),
        ("http://thanos:10902", {10902}),
    ],
)
def test_the_controller_may_ask_prometheus_where_it_is(tmp_path: Path, url: str, more: set[int]) -> None:
    found = canary(tmp_path, "none", {"prometheus": {"url": url}}, replicas=8)
    rules = of(found, "NetworkPolicy", "churn-rollout")["spec"]["egress"]
    assert {port["port"] for rule in rules for port in rule["ports"]} == {53, 443, 6443, 9090} | more


def test_a_service_for_each_track_where_the_gateway_api_divides() -> None:
    found = objects(OVERLAYS["parcels-production"])
    assert {each["metadata"]["name"] for each in found if each["kind"] == "Service"} == {
        "parcels", "parcels-stable", "parcels-canary",
    }  # fmt: skip
    (parent,) = one(found, "HTTPRoute")["spec"]["parentRefs"]
    assert parent == {"group": "", "kind": "Service", "name": "parcels", "port": 80}


def test_a_rolling_environment_beside_a_canary_has_one_deployment() -> None:
    found = objects(OVERLAYS["fraud-staging"])
    workload = one(found, "Deployment")
    assert workload["metadata"]["name"] == "fraud"
    assert workload["spec"]["selector"]["matchLabels"] == {"app.kubernetes.io/name": "fraud"}
    assert "env" not in workload["spec"]["template"]["spec"]["containers"][0]
    kinds = {each["kind"] for each in found}
    assert not kinds & {"VirtualService", "DestinationRule", "Role", "RoleBinding"}


def test_one_deployment_is_written_and_no_more() -> None:
    folder = OVERLAYS["fraud-production"].parents[1]
    whole = [path for path in folder.rglob("deployment.yaml") if "livenessProbe" in path.read_text()]
    assert [path.relative_to(folder).as_posix() for path in whole] == ["pods/deployment.yaml"]


@pytest.mark.parametrize("hold", ["10m", "3h"])
def test_stable_pods_wait_for_a_rollback_as_long_as_kubernetes_lets_them(tmp_path: Path, hold: str) -> None:
    """Two steps of 10 minutes are decided within 40; no window may be longer than an hour."""
    deployment = CANARY | {"provider": "istio", "hold": hold, "steps": ["20%", "50%"]}
    found = compiled(tmp_path, serving=BASE | SERVICES["scaled"], deployment=deployment)
    scaling = of(found, "HorizontalPodAutoscaler", "churn")["spec"]["behavior"]["scaleDown"]
    assert scaling == {"stabilizationWindowSeconds": {"10m": 2400, "3h": 3600}[hold]}
    check(of(found, "HorizontalPodAutoscaler", "churn"))
