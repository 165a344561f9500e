"""Which manifests there are, which objects others may rely on, and when there is none."""

from typing import Any

import pytest
from mlopsc.symbols import KubernetesObject, Metric

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


CANARY = {"strategy": "canary", "provider": "istio", "steps": ["5%", "50%"], "hold": "10m"}
STEPS: dict[str, Any] = {
    "deployment": CANARY,
    "serving": {"image": "ghcr.io/acme/churn", "replicas": 8, "slo": {"error_rate": "1%"}},
    "connections": {"prometheus": {"url": "http://prometheus:9090"}},
}
TRACKS = {"canary/kustomization", "pods/deployment", "pods/kustomization", "pods/poddisruptionbudget", "stable/kustomization"}  # fmt: skip
# What production has of its own, by who shifts the traffic.
OWN = {
    "istio": "destinationrule virtualservice rollout networkpolicy-mesh sidecar",
    "gateway-api": "services httproute rollout networkpolicy-mesh sidecar",
    "none": "rollout",
}


def stepwise(provider: str, **staging: Any) -> dict[str, Any]:
    """Return sections where production takes a version in steps, and staging as it is said."""
    deployment = CANARY | {"provider": provider} | ({"steps": ["20%"]} if provider == "none" else {})
    places = {name: {"cluster": {"context": name}} for name in ("staging", "production")}
    return STEPS | {
        "deployment": deployment,
        "environments": {**places, "staging": places["staging"] | staging},
    }


@pytest.mark.parametrize("provider", OWN)
def test_pods_of_two_tracks_are_made_from_one_template(provider: str) -> None:
    found = {
        path.removeprefix("kubernetes/").removesuffix(".yaml") for path in manifests(**stepwise(provider))
    }
    own = {"deployment", "kustomization", *OWN[provider].split()}
    overlays = {f"overlays/{place}/{name}" for place in ("staging", "production") for name in own}
    base = {f"base/{name}" for name in BASE if name not in ("deployment", "poddisruptionbudget")}
    assert found == overlays | base | TRACKS


@pytest.mark.parametrize("provider", OWN)
def test_a_rolling_environment_takes_the_pods_as_they_are(provider: str) -> None:
    texts = written(**stepwise(provider, deployment={"strategy": "rolling"}))
    rolling = texts["kubernetes/overlays/staging/kustomization.yaml"]
    assert "  - ../../base\n  - ../../pods\npatches:\n  - path: deployment.yaml\nlabels" in rolling
    steps = texts["kubernetes/overlays/production/kustomization.yaml"]
    assert "  - ../../base\n  - ../../stable\n  - ../../canary\n  - " in steps
    assert "TRACK" in texts["kubernetes/overlays/production/deployment.yaml"]
    assert "TRACK" not in texts["kubernetes/overlays/staging/deployment.yaml"]


def test_where_all_environments_roll_the_base_has_all_that_they_share() -> None:
    rolling = written(
        **stepwise("istio", deployment={"strategy": "rolling"}) | {"deployment": {"strategy": "rolling"}}
    )
    assert {path.split("/")[1] for path in rolling if path.startswith("kubernetes/")} == {"base", "overlays"}


def test_objects_of_each_provider_by_kind_and_name() -> None:
    known: dict[str, set[str]] = {}
    for provider in OWN:
        table = compiled(spec(**stepwise(provider, deployment={"strategy": "rolling"}))).table
        for each in table[KubernetesObject]:
            if each.environments == ("production",):
                known.setdefault(provider, set()).add(each.name)
    rollout = {f"{kind}/churn-rollout" for kind in ("NetworkPolicy", "Role", "RoleBinding", "ServiceAccount")}
    kinds = ("Deployment", "PodDisruptionBudget")
    both = rollout | {f"{kind}/churn-{track}" for kind in kinds for track in ("stable", "canary")}
    mesh = both | {"NetworkPolicy/churn-mesh"}
    assert known["none"] == both
    assert known["istio"] == mesh | {"DestinationRule/churn", "VirtualService/churn"}
    assert known["gateway-api"] == mesh | {"HTTPRoute/churn", "Service/churn-stable", "Service/churn-canary"}


def test_metrics_have_the_track_where_there_is_one() -> None:
    def labels(**sections: Any) -> set[bool]:
        found = compiled(spec(**sections)).table[Metric]
        return {"track" in each.labels for each in found if each.target == "serving"}

    assert labels(**stepwise("none")) == {True}
    assert labels(environments=PLACES) == {False}


@pytest.mark.parametrize("provider", OWN)
def test_the_runbook_says_what_nothing_here_can_exclude(provider: str) -> None:
    book = written(**stepwise(provider))["RUNBOOK.md"]
    paths = {"istio": "'.spec.http[].route[].weight'", "gateway-api": "'.spec.rules[].backendRefs[].weight'"}
    assert paths.get(provider, "'.spec.template.spec.containers[].image'") in book
    assert "syncOptions: [RespectIgnoreDifferences=true, ApplyOutOfSyncOnly=true]" in book
    assert ("consistentHash does not" in book) == ("mTLS STRICT" in book) == (provider in paths)
    assert (
        "kubectl --context=production --namespace=default annotate lease churn-rollout mlops/abort=" in book
    )
    moved = {"istio": "patch virtualservice churn", "gateway-api": "patch httproute churn"}
    assert f"--namespace=default {moved.get(provider, 'scale deployment churn-canary')} --" in book


def test_what_a_shell_may_read_otherwise_is_quoted() -> None:
    sections = stepwise("istio")
    sections["environments"]["production"]["cluster"]["context"] = "it's $(prd)"
    assert "'--context=it'\"'\"'s $(prd)'" in written(**sections)["RUNBOOK.md"]


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
