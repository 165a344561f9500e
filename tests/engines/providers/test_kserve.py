"""KServe: the service is a custom container that both modes take, and what our controller moves is left open."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.engines.providers.goldens import KNATIVE, STANDARD, canary, golden, of_kind, one

Object = dict[str, Any]
# knative.dev/docs/serving/configuration/feature-flags: what is off unless an operator turns it on.
GATED = (
    "topologySpreadConstraints",
    "securityContext",
    "affinity",
    "initContainers",
    "nodeSelector",
    "tolerations",
)


def predictor(name: str) -> Object:
    """Return the predictor of a golden."""
    found: Object = one(golden(name), "InferenceService")["spec"]["predictor"]
    return found


@pytest.mark.parametrize("name", [STANDARD, KNATIVE])
def test_the_container_is_the_service(name: str) -> None:
    (container,) = predictor(name)["containers"]
    assert container["name"] == "kserve-container"
    assert container["image"].endswith(":set-by-make-deploy")
    (port,) = container["ports"]
    assert port["containerPort"] == 8080
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert predictor(name)["labels"]["app.kubernetes.io/name"] == name.partition("-")[0]


@pytest.mark.parametrize("name", [STANDARD, KNATIVE])
def test_the_rollout_owns_the_canary_and_its_share(name: str) -> None:
    spec = one(golden(name), "InferenceService")["spec"]
    assert set(spec) == {"predictor"} and "canaryTrafficPercent" not in spec["predictor"]


def test_modes_are_said_not_left_to_the_cluster() -> None:
    modes = [
        one(golden(name), "InferenceService")["metadata"]["annotations"]["serving.kserve.io/deploymentMode"]
        for name in (STANDARD, KNATIVE)
    ]
    assert modes == ["Standard", "Knative"]


def test_knative_gets_nothing_that_it_refuses() -> None:
    found = predictor(KNATIVE)
    (container,) = found["containers"]
    assert not set(GATED) & set(found)
    assert "terminationGracePeriodSeconds" not in found and "lifecycle" not in container
    # No downward API: the metrics have the version as a label already.
    assert "env" not in container and "startupProbe" not in container
    assert container["ports"][0]["name"] == "http1"
    assert "port" not in container["readinessProbe"]["httpGet"]


@pytest.mark.parametrize("mode", ["standard", "knative"])
def test_each_mode_gets_what_it_takes(tmp_path: Path, mode: str) -> None:
    found = one(canary(tmp_path, "kserve", mode=mode), "InferenceService")["spec"]["predictor"]
    (container,) = found["containers"]
    careful = {"startupProbe", "livenessProbe", "lifecycle"} & set(container)
    assert len(careful) == (3 if mode == "standard" else 0)
    assert ("terminationGracePeriodSeconds" in found) == (mode == "standard")


def test_knatives_proxy_may_be_asked() -> None:
    (policy,) = [
        each
        for each in of_kind(golden(KNATIVE), "NetworkPolicy")
        if each["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/name"] == "speech"
    ]
    ports = [port["port"] for rule in policy["spec"]["ingress"] for port in rule["ports"]]
    assert ports == [8012, 9090, 8080]


def test_pods_follow_the_memory_of_their_gpus() -> None:
    spec = one(golden(STANDARD), "InferenceService")
    assert spec["metadata"]["annotations"]["serving.kserve.io/autoscalerClass"] == "keda"
    (metric,) = spec["spec"]["predictor"]["autoScaling"]["metrics"]
    asked = metric["external"]
    assert asked["metric"]["backend"] == "prometheus"
    assert asked["metric"]["serverAddress"] == "http://prometheus.monitoring:9090"
    assert set(re.findall(r"DCGM_FI_DEV_FB_\w+", asked["metric"]["query"])) == {
        "DCGM_FI_DEV_FB_USED",
        "DCGM_FI_DEV_FB_FREE",
    }
    assert 'pod=~"vision-.*"' in asked["metric"]["query"]
    assert asked["target"] == {"type": "Value", "value": "0.7"}
    assert spec["spec"]["predictor"]["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] == "1"


@pytest.mark.parametrize(
    ("mode", "replicas", "wanted"),
    [
        ("standard", 4, {"class": "none", "low": 4, "high": 4, "target": None}),
        ("standard", {"min": 2, "max": 8, "metric": "cpu", "target": "60%"}, {"class": "hpa", "low": 2, "high": 8, "target": 60}),
        ("knative", 3, {"class": None, "low": 3, "high": 3, "target": None}),
        ("knative", {"min": 2, "max": 8, "metric": "cpu", "target": "60%"}, {"class": "hpa.autoscaling.knative.dev", "low": 2, "high": 8, "target": 60}),
    ],
)  # fmt: skip
def test_who_scales_and_between_what(tmp_path: Path, mode: str, replicas: Any, wanted: Object) -> None:
    serving = {"replicas": replicas, "resources": {"requests": {"cpu": "250m"}}}
    made = canary(tmp_path, "kserve", serving, mode=mode)
    assert not of_kind(made, "HorizontalPodAutoscaler"), "KServe makes its own"
    service = one(made, "InferenceService")
    annotations, found = service["metadata"]["annotations"], service["spec"]["predictor"]
    scaler = annotations.get("serving.kserve.io/autoscalerClass") or annotations.get(
        "autoscaling.knative.dev/class"
    )
    assert scaler == wanted["class"]
    assert (found["minReplicas"], found["maxReplicas"]) == (wanted["low"], wanted["high"])
    assert found.get("scaleTarget") == wanted["target"]
    assert ("scaleMetric" in found) == (wanted["target"] is not None)


def test_a_log_of_predictions_has_its_place(tmp_path: Path) -> None:
    found = canary(tmp_path, "kserve", {"prediction_log": {"path": "s3://acme/log/"}})
    (container,) = one(found, "InferenceService")["spec"]["predictor"]["containers"]
    assert {"secretRef": {"name": "churn-predictions", "optional": True}} in container["envFrom"]
