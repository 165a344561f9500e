"""What kubectl makes of each overlay is taken by Kubernetes' own schemas, and by what no schema says."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from tests.engines.kubernetes.overlays import OVERLAYS, PLACE, Object, compiled, objects, one, text
from tests.engines.kubernetes.rules import badly_written, broken
from tests.engines.kubernetes.schemas import check

YAMLLINT = "{extends: relaxed, rules: {line-length: disable}}"


def taken(found: list[Object]) -> None:
    """Assert that objects are known to Kubernetes, to the last field, and break no rule."""
    for each in found:
        check(each)
    assert broken(found) == []


@pytest.mark.parametrize("name", OVERLAYS)
def test_each_golden_overlay_is_taken(name: str) -> None:
    taken(objects(OVERLAYS[name]))


@pytest.mark.parametrize("name", OVERLAYS)
def test_it_reads_the_same_everywhere(name: str) -> None:
    built = text(OVERLAYS[name])
    for written in (built, *(path.read_text() for path in OVERLAYS[name].parents[1].rglob("*.yaml"))):
        assert badly_written(written) == ""
    command = [sys.executable, "-m", "yamllint", "-d", YAMLLINT, "-"]
    done = subprocess.run(command, input=built, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stdout


def test_there_are_overlays_of_both_kinds() -> None:
    kinds = {name: [each["kind"] for each in objects(folder)] for name, folder in OVERLAYS.items()}
    assert "HorizontalPodAutoscaler" in kinds["renewals-production"]
    assert "HorizontalPodAutoscaler" not in kinds["renewals-staging"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"kind": "Deploymint"}, kubernetes_validate.SchemaNotFoundError),
        ({"apiVersion": "apps/v9"}, kubernetes_validate.SchemaNotFoundError),
        ({"spek": {}}, kubernetes_validate.ValidationError),
    ],
)
def test_what_no_schema_knows_is_no_pass(change: dict[str, Any], why: type[Exception]) -> None:
    found = one(objects(OVERLAYS["renewals-staging"]), "Deployment")
    with pytest.raises(why):
        taken([found | change])


BASE: dict[str, Any] = {"image": "ghcr.io/acme/churn"}
GPU = {"limits": {"nvidia.com/gpu": 1, "memory": "16Gi"}}
# Of other specs: what they say of `serving`.
SERVICES: dict[str, dict[str, Any]] = {
    "one_pod": {"replicas": 1},
    "mlflow": {"runtime": "mlflow"},
    "bentoml": {"runtime": "bentoml"},
    "gpu_memory": {
        "replicas": {"min": 1, "max": 4, "metric": "gpu_memory", "target": "80%"},
        "resources": GPU,
    },
    "own_metric": {"replicas": {"min": 2, "max": 9, "metric": "queue.length", "target": 12.5}},
    "small_limits": {"resources": {"limits": {"cpu": "100m", "memory": "256Mi"}}},
    "requests_alone": {"resources": {"requests": {"cpu": 2, "memory": "3Gi", "nvidia.com/gpu": 2}}},
    "pull_secret": {"pull_secret": "registry"},
    "log_in_pods": {"prediction_log": {"path": "logs/predictions/"}},
    "registry_with_a_port": {"image": "registry.example.com:5000/ml/churn"},
    "log_in_a_store": {"prediction_log": {"path": "s3://acme/it's logs/"}},
}


@pytest.mark.parametrize("name", SERVICES)
def test_overlays_of_other_services_are_taken(tmp_path: Path, name: str) -> None:
    taken(compiled(tmp_path, serving=BASE | SERVICES[name]))


def deployment(folder: Path, **serving: Any) -> tuple[Object, Object]:
    """Return the Deployment's spec for what is said of `serving`, and its container."""
    spec = one(compiled(folder, serving=BASE | serving), "Deployment")["spec"]
    return spec, spec["template"]["spec"]["containers"][0]


@pytest.mark.parametrize("runtime", ["fastapi", "mlflow", "bentoml"])
def test_probes_ask_where_every_runtime_answers(tmp_path: Path, runtime: str) -> None:
    _, container = deployment(tmp_path, runtime=runtime)
    probes = [container[f"{kind}Probe"] for kind in ("startup", "readiness", "liveness")]
    paths = ("/readyz", "/readyz", "/healthz")
    assert [probe["httpGet"] for probe in probes] == [{"path": path, "port": "http"} for path in paths]
    # A cold start of 15 s, ten times over.
    assert probes[0]["periodSeconds"] * probes[0]["failureThreshold"] >= 150


@pytest.mark.parametrize(
    ("resources", "requests", "limits"),
    [
        (None, {"cpu": "250m", "memory": "512Mi"}, {"memory": "1Gi"}),
        ({"limits": {"cpu": "100m", "memory": "256Mi"}}, {"cpu": "100m", "memory": "256Mi"}, {"cpu": "100m", "memory": "256Mi"}),
        ({"requests": {"memory": "3Gi"}}, {"cpu": "250m", "memory": "3Gi"}, {"memory": "3Gi"}),
        (GPU, {"cpu": "250m", "memory": "16Gi", "nvidia.com/gpu": "1"}, {"memory": "16Gi", "nvidia.com/gpu": "1"}),
    ],
)  # fmt: skip
def test_what_a_pod_gets_where_the_spec_is_silent(
    tmp_path: Path, resources: Any, requests: dict[str, str], limits: dict[str, str]
) -> None:
    _, container = deployment(tmp_path, **({"resources": resources} if resources else {}))
    found = {
        kind: {name: str(amount) for name, amount in part.items()}
        for kind, part in container["resources"].items()
    }
    assert found == {"requests": requests, "limits": limits}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("gpu_memory", ("gpu_memory", "800m")),
        ("own_metric", ("queue.length", "12500m")),
    ],
)
def test_a_metric_of_pods_is_a_quantity(tmp_path: Path, name: str, wanted: tuple[str, str]) -> None:
    found = compiled(tmp_path, serving=BASE | SERVICES[name])
    (metric,) = one(found, "HorizontalPodAutoscaler")["spec"]["metrics"]
    assert (metric["pods"]["metric"]["name"], metric["pods"]["target"]["averageValue"]) == wanted


def test_a_log_of_predictions_has_a_place_and_a_way(tmp_path: Path) -> None:
    found = compiled(tmp_path / "pods", serving=BASE | SERVICES["log_in_pods"])
    (mount,) = [
        each["mountPath"]
        for each in one(found, "Deployment")["spec"]["template"]["spec"]["containers"][0]["volumeMounts"]
        if each["name"] == "predictions"
    ]
    assert one(found, "ConfigMap")["data"]["PREDICTION_LOG"] == mount
    (policy,) = [each for each in found if each["kind"] == "NetworkPolicy"]
    assert {port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]} == {53}
    found = compiled(tmp_path / "store", serving=BASE | SERVICES["log_in_a_store"])
    assert one(found, "ConfigMap")["data"]["PREDICTION_LOG"] == "s3://acme/it's logs/"
    policies = [each["spec"]["egress"] for each in found if each["kind"] == "NetworkPolicy"]
    assert [{"protocol": "TCP", "port": 443}] in [rule["ports"] for rules in policies for rule in rules]


def test_a_changed_setting_replaces_pods_and_nothing_else_does(tmp_path: Path) -> None:
    def settings(folder: str, **sections: Any) -> str:
        found = compiled(tmp_path / folder, serving=BASE | sections)
        name: str = one(found, "ConfigMap")["metadata"]["name"]
        return name

    one_log, other_log = ({"prediction_log": {"path": f"s3://acme/{name}/"}} for name in "ab")
    assert settings("a", **one_log) == settings("b", **one_log, replicas=5)
    assert settings("c", **one_log) != settings("d", **other_log)


def test_who_pays_and_who_answers_for_it(tmp_path: Path) -> None:
    model = {
        "name": "churn",
        "artifact": "models/model",
        "owner": "Ann & Bob: '*' #1",
        "description": "Two\nlines: {x}",
    }
    places = {"production": {"cluster": PLACE, "costs": {"center": "growth.eu"}}}
    found = compiled(tmp_path, model=model, environments=places, costs={"center": "growth"}, serving=BASE)
    assert {each["metadata"]["labels"]["cost-center"] for each in found} == {"growth.eu"}
    workload = one(found, "Deployment")
    assert workload["spec"]["template"]["metadata"]["labels"]["cost-center"] == "growth.eu"
    assert workload["metadata"]["annotations"] == {
        "mlops/owner": model["owner"],
        "kubernetes.io/description": model["description"],
    }
    taken(found)


def test_pods_are_hardened_and_go_in_peace(tmp_path: Path) -> None:
    spec, container = deployment(tmp_path, pull_secret="ghcr")
    pod = spec["template"]["spec"]
    assert pod["securityContext"] == {
        "runAsNonRoot": True, "runAsUser": 10001, "runAsGroup": 10001, "fsGroup": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    }  # fmt: skip
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "privileged": False, "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    assert pod["automountServiceAccountToken"] is pod["enableServiceLinks"] is False
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert 10 <= container["lifecycle"]["preStop"]["sleep"]["seconds"] <= 15
    assert pod["imagePullSecrets"] == [{"name": "ghcr"}]
    assert container["image"] == "ghcr.io/acme/churn:set-by-make-deploy"
