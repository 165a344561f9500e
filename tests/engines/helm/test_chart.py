"""The chart becomes what kustomize makes of the same spec, object for object, by Helm 3 and by Helm 4."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.claims.compiling import files
from tests.engines.helm.charts import BASE, CANARY, ENVIRONMENT, both, same, texts, write
from tests.engines.helm.tools import LOCKED, objects, run, template
from tests.engines.kubernetes.overlays import objects as kustomized
from tests.engines.kubernetes.overlays import one
from tests.engines.kubernetes.rules import badly_written
from tests.engines.kubernetes.test_overlays import YAMLLINT, taken
from tests.trees import GOLDEN, ROOT

CHARTS = {path.parents[1].name: path.parents[1] for path in sorted(GOLDEN.rglob("helm/Chart.yaml"))}
VALUES = {
    f"{name}-{path.stem.removeprefix('values-')}": (root, path.stem.removeprefix("values-"))
    for name, root in CHARTS.items()
    for path in sorted((root / "helm").glob("values-*.yaml"))
}
GPU = {"limits": {"nvidia.com/gpu": 1, "memory": "16Gi"}, "requests": {"cpu": "1"}}
HOSTILE = '{{ .Values.environment }} {{- fail "x" }} }} it\'s: #1 \\ {{{ `'
# What specs say of `serving`, and of everything else.
SERVICES: dict[str, dict[str, Any]] = {
    "plain": {},
    "one_pod": {"replicas": 1},
    "seven_pods": {"replicas": 7},
    "scaled": {"replicas": {"min": 2, "max": 9, "metric": "cpu", "target": "55%"}},
    "gpu_memory": {
        "replicas": {"min": 1, "max": 4, "metric": "gpu_memory", "target": "70%"},
        "resources": GPU,
    },
    "own_metric": {"replicas": {"min": 2, "max": 9, "metric": "queue.length", "target": 12.5}},
    "whole_level": {"replicas": {"min": 2, "max": 9, "metric": "in_flight", "target": 3}},
    "mlflow": {"runtime": "mlflow"},
    "pull_secret": {"pull_secret": "registry-acme"},
    "log_in_pods": {"prediction_log": {"path": "logs/predictions/"}},
    "log_in_a_store": {"prediction_log": {"path": "s3://acme/it's {{ logs }}/"}},
    "log_by_a_broker": {"prediction_log": {"broker": "rabbitmq", "queue": "predictions"}},
    "registry_with_a_port": {"image": "registry.example.com:5000/ml/churn"},
    "limits": {
        "resources": {"limits": {"cpu": 2, "memory": "3Gi", "nvidia.com/gpu": 2}, "requests": {"cpu": "100m"}}
    },
}
TESTED: dict[str, Any] = {
    "data": {"path": "data/customers.csv", "id": "customer_id", "target": "churned"},
    "outcomes": {"path": "s3://acme/outcomes/", "id": "customer_id", "value": "churned", "delay": "1d"},
    "serving": {"traffic": "200/s", "prediction_log": {"path": "s3://acme/logs/"}},
    "ab_test": {"traffic": "12.5%", "for": "14d", "metric": "accuracy", "experiment": "churn-2"},
}
SECTIONS: dict[str, dict[str, Any]] = {
    "tested": TESTED,
    "mirrored": {"deployment": CANARY | {"shadow_first": "30m"}, "serving": SERVICES["log_in_a_store"]},
    "costs": {"costs": {"center": "growth.eu"}},
    "costs_that_are_a_number": {"costs": {"center": "0123"}},
    "costs_that_are_a_word": {"costs": {"center": "yes"}},
    "hostile": {"model": {"name": "churn", "artifact": "models/model", "owner": HOSTILE, "description": f"Two\nlines: {HOSTILE}"}},
}  # fmt: skip


@pytest.mark.parametrize("name", [*SERVICES, *SECTIONS])
def test_a_chart_is_what_an_overlay_is(tmp_path: Path, name: str) -> None:
    sections = SECTIONS.get(name) or {"serving": SERVICES[name]}
    chart, overlay = both(tmp_path, **sections)
    same(chart, overlay)
    for major in LOCKED:
        same(objects(tmp_path, ENVIRONMENT, major=major), overlay)
    root = [str(each) for each in (tmp_path / "helm", "--values", tmp_path / "helm/values-production.yaml")]
    done = run(4, "lint", "--strict", *root, "--namespace", "ml")
    assert not done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_environments_may_roll_or_shift(tmp_path: Path, environment: str) -> None:
    places = {
        "staging": {
            "cluster": {"context": "stg", "namespace": "ml"},
            "deployment": {"strategy": "rolling"},
            "serving": {"replicas": 1, "image": "localhost:5000/churn"},
            "costs": {"center": "lab"},
        },
        "production": {"cluster": {"context": "prd", "namespace": "ml"}},
    }
    sections = {"environments": places, "serving": SERVICES["gpu_memory"], "costs": {"center": "growth"}}
    same(*both(tmp_path, environment, **sections))


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("major", LOCKED)
def test_each_golden_chart_is_sound(name: str, major: int) -> None:
    root, environment = VALUES[name]
    taken(objects(root, environment, major=major))
    values = str(root / f"helm/values-{environment}.yaml")
    done = run(major, "lint", "--strict", str(root / "helm"), "--values", values, "--namespace", "ml")
    assert not done.returncode and "WARN" not in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("name", VALUES)
def test_golden_charts_are_what_kustomize_makes(tmp_path: Path, name: str) -> None:
    root, environment = VALUES[name]
    spec = yaml.safe_load((ROOT / "specs" / root.name / "mlops.yaml").read_text())
    spec["deployment"]["packaging"] = "kustomize"
    write(tmp_path, files(yaml.safe_dump(spec, sort_keys=False)))
    same(objects(root, environment), kustomized(tmp_path / f"kubernetes/overlays/{environment}"))


@pytest.mark.parametrize("name", VALUES)
def test_it_reads_the_same_everywhere(name: str) -> None:
    built = template(*VALUES[name])
    assert badly_written(built) == ""
    command = [sys.executable, "-m", "yamllint", "-d", YAMLLINT, "-"]
    done = subprocess.run(command, input=built, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stdout


def test_there_are_golden_charts_of_both_kinds() -> None:
    assert {"payments-staging", "payments-production"} <= VALUES.keys()


WRONG: dict[str, tuple[str, ...]] = {
    "environment": ("environment=prod", "environment="),
    "labels": ("labels.cost-center=a b", "labels=a"),
    "image": ("image.tag=", "image.tag=a b", "image.repository=ghcr.io/acme/x:7", "image.tags=7", "image.pullSecret=A B"),
    "canary": ("canary=maybe",),
    "replicas": ("replicas=0", "replicas=two", "replica=2"),
    "autoscaling": (
        "autoscaling.minReplicas=0", "autoscaling.target=101", "autoscaling.target=65%", "autoscaling.enabled=yes",
        "autoscaling.metric=null",
    ),
    "resources": ("resources.requests.cpu=250 m", "resources.limit.memory=1Gi", "resources.requests.memory=512MB"),
    "predictionLog": ("predictionLog=logs/predictions/",),
    "weights": ("weights.canary=5", "weight=5"),
}  # fmt: skip


@pytest.mark.parametrize("given", [each for several in WRONG.values() for each in several])
def test_a_wrong_value_is_refused(given: str) -> None:
    root, environment = VALUES["payments-production"]
    values = ("--values", str(root / f"helm/values-{environment}.yaml"), "--set", given)
    for major in LOCKED:
        done = run(major, "template", "x", root / "helm", *values)
        assert done.returncode and "values don't meet the specifications of the schema" in done.stderr


@pytest.mark.parametrize(
    "given",
    ["image.tag=payments-v7", "replicas=9", "labels.team=risk", "autoscaling.enabled=false,canary=false"],
)
def test_other_values_are_taken(given: str) -> None:
    root, environment = VALUES["payments-production"]
    taken(objects(root, environment, "--set", given))


@pytest.mark.parametrize("url", ["", "https://churn", "http://churn/x", "http://a b"])
def test_a_test_on_users_is_told_whole_or_not_at_all(tmp_path: Path, url: str) -> None:
    write(tmp_path, texts("helm", **TESTED))
    values = ("--values", tmp_path / "helm/values-production.yaml", "--set", f"abTest.url={url}")
    done = run(4, "template", "x", tmp_path / "helm", *values)
    assert done.returncode and "values don't meet the specifications of the schema" in done.stderr
    file = tmp_path / "helm/values-production.yaml"
    given = yaml.safe_load(file.read_text())
    file.write_text(yaml.safe_dump({name: value for name, value in given.items() if name != "abTest"}))
    without = objects(tmp_path, ENVIRONMENT)
    assert "AB_TEST" not in yaml.safe_dump(without)
    (policy,) = [each for each in without if each["metadata"]["name"] == "churn-mesh"]
    assert len(policy["spec"]["egress"]) == 1


def test_without_an_environment_nothing_is_made() -> None:
    done = run(4, "template", "x", VALUES["payments-production"][0] / "helm")
    assert done.returncode and "environment" in done.stderr


def test_a_changed_setting_is_another_configmap_and_the_former_stays() -> None:
    root, environment = VALUES["payments-production"]
    before, after, other = (
        objects(root, environment, *more)
        for more in ((), ("--set", "predictionLog=s3://acme-lake/elsewhere/"), ("--set", "replicas=3"))
    )
    names = [one(found, "ConfigMap")["metadata"]["name"] for found in (before, after, other)]
    assert names[0] == names[2] != names[1]
    for name, found in zip(names, (before, after, other), strict=True):
        assert f"name: {name}" in yaml.safe_dump([each for each in found if each["kind"] == "Deployment"])
        assert one(found, "ConfigMap")["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}


def test_names_are_the_model_s_whatever_the_release_is_called() -> None:
    root, environment = VALUES["payments-production"]
    one, other = (yaml.safe_load_all(template(root, environment, name=name)) for name in ("a", "b"))
    assert list(one) == list(other)


def test_two_charts_of_one_release_keep_their_labels(tmp_path: Path) -> None:
    """Definitions of templates have one name in all charts that are installed together."""
    models = {name: {"name": name, "artifact": "models/model"} for name in ("churn", "fraud")}
    for name, model in models.items():
        write(tmp_path / "charts" / name, texts("helm", model=model))
    whole = tmp_path / "whole"
    (whole / "charts").mkdir(parents=True)
    (whole / "Chart.yaml").write_text("apiVersion: v2\nname: whole\nversion: 1.0.0\n")
    values = {}
    for name in models:
        (tmp_path / "charts" / name / "helm").rename(whole / "charts" / name)
        values[name] = yaml.safe_load((whole / "charts" / name / "values-production.yaml").read_text())
    (whole / "values.yaml").write_text(json.dumps(values))
    done = run(4, "template", "x", whole, "--namespace", "ml")
    assert not done.returncode, done.stderr
    found = [each for each in yaml.safe_load_all(done.stdout) if each]
    for each in found:
        name = each["metadata"]["labels"]["app.kubernetes.io/name"]
        assert each["metadata"]["name"].startswith(name)


def test_traffic_shares_are_no_values() -> None:
    root, _ = VALUES["payments-production"]
    schema = (root / "helm/values.schema.json").read_text()
    values = "".join(path.read_text() for path in (root / "helm").glob("values*.yaml"))
    assert "weight" not in schema + values


def test_a_base_of_the_tests_is_what_its_name_says() -> None:
    assert "prediction_log" not in BASE and CANARY["provider"] == "istio"
