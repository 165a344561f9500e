"""Which manifests there are, which objects others may rely on, and when there is none."""

from typing import Any

import pytest
from mlopsc.symbols import KubernetesObject

from tests.claims.compiling import compiled
from tests.unit.targets.workflows import spec, written

PLACES: dict[str, Any] = {
    "staging": {"cluster": {"context": "stg", "namespace": "ml"}},
    "production": {
        "cluster": {"context": "prd"},
        "serving": {
            "replicas": {"min": 3, "max": 9},
            "resources": {"requests": {"cpu": "1"}},
            "prediction_log": {"path": "s3://acme/predictions/"},
        },
    },
}
BASE = ("deployment", "kustomization", "networkpolicy", "poddisruptionbudget", "service", "serviceaccount")


def manifests(**sections: Any) -> set[str]:
    """Return the paths of the manifests."""
    return {path for path in written(**sections) if path.startswith("kubernetes/")}


def test_each_environment_with_a_cluster_has_an_overlay() -> None:
    own = {
        "staging": ("deployment", "kustomization"),
        "production": ("deployment", "horizontalpodautoscaler", "kustomization", "networkpolicy"),
    }
    overlays = {f"kubernetes/overlays/{name}/{file}.yaml" for name, files in own.items() for file in files}
    assert manifests(environments=PLACES) == overlays | {f"kubernetes/base/{name}.yaml" for name in BASE}
    one = {
        path.split("/")[2] for path in manifests(environments=PLACES | {"staging": {}}) if "overlays" in path
    }
    assert one == {"production"}


@pytest.mark.parametrize(
    "sections",
    [
        {"environments": {"staging": {}, "production": {}}},
        {"deployment": None, "environments": PLACES, "ci": None},
        {"registry": None, "environments": PLACES, "retraining": None, "drift": None, "ci": None},
    ],
)
def test_without_a_cluster_or_a_deployment_there_is_none(sections: dict[str, Any]) -> None:
    assert not manifests(**sections)
    texts = written(**sections)
    assert "manifests" not in texts.get("mlops.mk", "")


def test_others_may_rely_on_the_objects_by_kind_and_name() -> None:
    table = compiled(spec(environments=PLACES)).table
    both, last = ("staging", "production"), ("production",)
    assert {each.name: each.environments for each in table[KubernetesObject]} == {
        "ConfigMap/churn": both,
        "Deployment/churn": both,
        "HorizontalPodAutoscaler/churn": last,
        "NetworkPolicy/churn": both,
        "NetworkPolicy/churn-predictions": last,
        "PodDisruptionBudget/churn": both,
        "Service/churn": both,
        "ServiceAccount/churn": both,
    }


def test_the_runbook_says_what_somebody_must_do() -> None:
    gpu = {"min": 1, "max": 4, "metric": "gpu_memory", "target": "80%"}
    service = {
        "image": "ghcr.io/acme/churn",
        "replicas": gpu,
        "resources": {"limits": {"nvidia.com/gpu": 1}},
        "prediction_log": {"path": "logs/"},
    }
    places = {
        "staging": {"cluster": {"context": "stg"}, "serving": {"replicas": 1}},
        "production": PLACES["production"],
    }
    book = written(environments=places, serving=service)["RUNBOOK.md"]
    assert "staging: context stg, namespace default, 1 pod." in book
    assert "production: context prd, namespace default, 3 to 9 pods by gpu_memory." in book
    assert "prometheus-adapter must serve it of pods" in book and "DCGM" in book
    assert "staging keeps predictions in each pod" in book
    assert "a role of the ServiceAccount churn, or the Secret churn-predictions" in book


def test_who_pays_is_said_by_the_environment() -> None:
    places = {**PLACES, "staging": {**PLACES["staging"], "costs": {"center": "research"}}}
    texts = written(environments=places, costs={"center": "growth"})
    found = {name: texts[f"kubernetes/overlays/{name}/kustomization.yaml"] for name in places}
    assert "cost-center: research" in found["staging"] and "cost-center: growth" in found["production"]
    assert "cost-center" not in "".join(written(environments=PLACES).values())


def test_what_is_not_removed_yet_is_said() -> None:
    def notes(**costs: Any) -> list[str]:
        return [note.message for note in compiled(spec(environments=PLACES, costs=costs)).notes]

    assert notes(center="growth") == []
    assert notes(center="growth", prune_after="90d") == [
        "`prune_after` is understood, but nothing is removed yet"
    ]
    assert notes(prune_after="90d") == ["`costs` is understood, but nothing is generated from it yet"]
