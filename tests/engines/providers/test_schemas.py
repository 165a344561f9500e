"""The custom resources fit the schemas that the projects ship, and no overlay has what a controller makes itself."""

import json
from typing import Any

import jsonschema
import pytest

from tests.engines.providers.goldens import ALL, ARGO, FLAGGER, KNATIVE, STANDARD, golden, kinds
from tests.trees import ROOT

SCHEMAS = ROOT / "tests" / "data" / "crd-schemas"
COMMON = ("ConfigMap", "NetworkPolicy", "ServiceAccount")


def schema(found: dict[str, Any]) -> Any:
    """Return the schema of a custom resource; None for what Kubernetes knows by itself."""
    group, _, version = found["apiVersion"].partition("/")
    path = SCHEMAS / group / f"{found['kind'].lower()}_{version}.json"
    return json.loads(path.read_text()) if path.exists() else None


@pytest.mark.parametrize("name", ALL)
def test_custom_resources_fit_their_schemas(name: str) -> None:
    judged = []
    for each in golden(name):
        if "." in each["apiVersion"].partition("/")[0] and not each["apiVersion"].split("/")[0].endswith(
            "k8s.io"
        ):
            found = schema(each)
            assert found is not None, each["apiVersion"]
            jsonschema.Draft7Validator(found).validate(each)
            judged.append(each["kind"])
    assert judged


def test_a_schema_refuses_an_unknown_field() -> None:
    (rollout,) = [each for each in golden(ARGO) if each["kind"] == "Rollout"]
    rollout["spec"]["strategy"]["canary"]["step"] = []
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema(rollout)).validate(rollout)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        (
            ARGO,
            "AnalysisTemplate AnalysisTemplate AnalysisTemplate DestinationRule HorizontalPodAutoscaler "
            "PodDisruptionBudget Rollout Service Service Service VirtualService",
        ),
        (
            FLAGGER,
            "Canary Deployment HorizontalPodAutoscaler MetricTemplate MetricTemplate PodDisruptionBudget",
        ),
        (STANDARD, "InferenceService PodDisruptionBudget Role RoleBinding"),
        (KNATIVE, "InferenceService PodDisruptionBudget Role RoleBinding"),
    ],
)
def test_an_overlay_has_its_objects_and_none_that_somebody_else_makes(name: str, wanted: str) -> None:
    found = [each.partition("/")[0] for each in kinds(golden(name))]
    assert sorted(each for each in found if each not in COMMON) == wanted.split()
