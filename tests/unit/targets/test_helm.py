"""The chart of a spec: which files there are, what its schema takes, and how make deploy renders it."""

import json
from types import ModuleType
from typing import Any

import jsonschema
import pytest
import yaml

from tests.unit.targets.workflows import written

PLACES: dict[str, Any] = {
    "staging": {"cluster": {"context": "stg", "namespace": "ml"}, "deployment": {"strategy": "rolling"}},
    "production": {"cluster": {"context": "prd", "namespace": "ml"}},
}
CANARY = {
    "strategy": "canary",
    "provider": "istio",
    "packaging": "helm",
    "steps": ["10%", "50%"],
    "hold": "30m",
}
SERVING = {"image": "ghcr.io/acme/churn", "slo": {"error_rate": "1%"}, "traffic": "20/s"}


def compiled(**environments: Any) -> dict[str, str]:
    """Return what the spec becomes."""
    connections = {"prometheus": {"url": "http://prometheus:9090"}}
    return written(
        serving=SERVING, deployment=CANARY, environments=environments or PLACES, connections=connections
    )


def names(texts: dict[str, str]) -> set[str]:
    """Return the files of manifests."""
    return {path for path in texts if path.startswith(("helm/", "kubernetes/"))}


def merged(texts: dict[str, str], environment: str) -> dict[str, Any]:
    """Return values as Helm merges them."""

    def over(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
        both = {key: over(one[key], other[key]) for key in one if isinstance(other.get(key), dict)}
        return {**one, **other, **both}

    base, own = (yaml.safe_load(texts[f"helm/values{each}.yaml"]) for each in ("", f"-{environment}"))
    return over(base, own)


def schema(texts: dict[str, str]) -> jsonschema.Draft7Validator:
    """Return the schema of the values."""
    return jsonschema.Draft7Validator(json.loads(texts["helm/values.schema.json"]))


def test_a_chart_takes_the_place_of_overlays() -> None:
    found = names(compiled())
    assert not [path for path in found if path.startswith("kubernetes/")]
    assert {"helm/Chart.yaml", "helm/values-staging.yaml", "helm/templates/virtualservice.yaml"} <= found
    assert "helm/templates/horizontalpodautoscaler.yaml" not in found


def test_each_environment_has_the_packaging_that_it_says() -> None:
    rolling = PLACES["staging"] | {"deployment": {"strategy": "rolling", "packaging": "kustomize"}}
    texts = compiled(**PLACES | {"staging": rolling})
    assert "kubernetes/overlays/staging/kustomization.yaml" in texts
    assert "helm/values-production.yaml" in texts and "helm/values-staging.yaml" not in texts
    places = [json.loads(texts[f"config/{name}.json"])["manifests"] for name in PLACES]
    assert [sorted(place.keys() & {"overlay", "chart"}) for place in places] == [["overlay"], ["chart"]]


def test_values_of_each_environment_are_taken() -> None:
    texts = compiled()
    for name in PLACES:
        schema(texts).validate(merged(texts, name))


@pytest.mark.parametrize(
    "change",
    [{"replica": 3}, {"image": {"tags": "x"}}, {"resources": {"limit": {}}}, {"autoscaling": {"min": 2}}],
)
def test_a_value_that_nobody_reads_is_refused(change: dict[str, Any]) -> None:
    texts = compiled()
    values = merged(texts, "production")
    for key, value in change.items():
        values[key] = values[key] | value if isinstance(value, dict) else value
    assert not schema(texts).is_valid(values)


def test_make_deploy_renders_the_values_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, manifests: ModuleType
) -> None:
    place = json.loads(compiled()["config/production.json"])["manifests"]
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(manifests, "said", lambda *words: calls.append(words) or "")
    monkeypatch.setattr(manifests.Path, "is_dir", lambda _: True)
    assert manifests.rendered(place) == []
    values = "--values=helm/values-production.yaml"
    assert calls == [("helm", "template", "./helm", values, "--namespace=ml")]


@pytest.fixture
def manifests(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the program, without the registry that it would ask."""
    import importlib
    import sys
    from pathlib import Path

    for name in ("release", "settings"):
        made = ModuleType(name)
        made.__getattr__ = lambda _: None  # type: ignore[method-assign]
        monkeypatch.setitem(sys.modules, name, made)
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3] / "templates/deployment/ops"))
    monkeypatch.delitem(sys.modules, "manifests", raising=False)
    found = importlib.import_module("manifests")
    monkeypatch.delitem(sys.modules, "manifests")
    return found
