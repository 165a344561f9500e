"""Where each task is a pod: the operator builds it as Kubernetes reads it, and it does what the task is for."""

from pathlib import Path
from typing import Any

import pytest

from tests.engines.airflow.compiled_specs import ROOT, compile_into
from tests.engines.airflow.environments import Installed, inside
from tests.engines.kubernetes.schemas import check

SPEC = (ROOT / "specs/footfall/mlops.yaml").read_text()
# What each task runs; those that only tell of another run nothing.
RUNS = {
    "footfall-validate.validate": ["ops/validate.py"],
    "footfall-drift.drift": ["ops/drift.py"],
    "footfall-drift.drifted": ["-"],
    "footfall-retrain.begin": ["ops/retrain.py", "--begin"],
    "footfall-retrain.fetch": ["ops/fetch.py"],
    "footfall-retrain.new_data": ["ops/retrain.py", "--fetched"],
    "footfall-retrain.validate": ["ops/validate.py"],
    "footfall-retrain.pipeline": ["ops/pipeline.py"],
    "footfall-retrain.register": ["ops/register.py"],
    "footfall-retrain.promote": ["ops/promote.py"],
    "footfall-retrain.end": ["ops/retrain.py", "--end"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the DAGs of the spec, which lies in the repository."""
    return compile_into(tmp_path_factory.mktemp("pods") / "house", SPEC).parent / "footfall" / "dags"


@pytest.fixture(scope="module")
def pods(three: Installed, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the pods that the operator builds, and what it does with them, by DAG and task."""
    found: dict[str, Any] = inside(three, tmp_path_factory.mktemp("three"), "pods", folder)
    return found


def test_kubernetes_takes_each_pod(pods: dict[str, Any]) -> None:
    assert set(RUNS) <= set(pods)
    for built in pods.values():
        check(built["pod"])


def test_each_pod_runs_its_program(pods: dict[str, Any]) -> None:
    for name, (program, *flags) in RUNS.items():
        (container,) = pods[name]["pod"]["spec"]["containers"]
        said = container["args"]
        assert said[said.index(program) :] == [program, "--", *flags], name
        assert (container["command"], container["workingDir"]) == (
            ["python", "-uB", "ops/task.py"],
            "/repository/footfall",
        )


def test_the_programs_are_in_the_repository(folder: Path) -> None:
    assert all(program == "-" or (folder.parent / program).exists() for program, *_ in RUNS.values())


def test_a_verdict_that_asks_to_stop_is_a_skip(pods: dict[str, Any]) -> None:
    assert {str(built["task"]["skip_on_exit_code"]) for built in pods.values()} <= {"3", "[3]"}


def test_nothing_is_handed_on_by_a_second_container(pods: dict[str, Any]) -> None:
    assert {built["task"]["do_xcom_push"] for built in pods.values()} == {False}
    assert all(len(built["pod"]["spec"]["containers"]) == 1 for built in pods.values())


def test_the_repository_is_the_claim_and_the_image_the_specs(pods: dict[str, Any]) -> None:
    for built in pods.values():
        spec = built["pod"]["spec"]
        (container,) = spec["containers"]
        claims = {
            each["name"]: each["persistentVolumeClaim"]
            for each in spec["volumes"]
            if "persistentVolumeClaim" in each
        }
        mounts = {each["name"]: each["mountPath"] for each in container["volumeMounts"]}
        assert {mounts[name]: claim["claimName"] for name, claim in claims.items()} == {
            "/repository": "footfall-repository"
        }
        assert container["image"] == "ghcr.io/acme/footfall-training:3"
        assert built["pod"]["metadata"]["namespace"] == "ml"


def test_no_secret_is_written_into_a_pod(pods: dict[str, Any]) -> None:
    assert not [name for name, built in pods.items() if "SLACK" in str(built["pod"])]


def test_no_pod_has_more_rights_than_it_needs(pods: dict[str, Any]) -> None:
    for built in pods.values():
        spec = built["pod"]["spec"]
        (container,) = spec["containers"]
        assert (spec["automountServiceAccountToken"], spec["securityContext"]["runAsNonRoot"]) == (
            False,
            True,
        )
        rights = container["securityContext"]
        assert rights["capabilities"] == {"drop": ["ALL"]}
        assert (rights["readOnlyRootFilesystem"], rights["allowPrivilegeEscalation"]) == (True, False)


def test_a_pod_that_kubernetes_would_not_take_is_noticed(pods: dict[str, Any]) -> None:
    pod = next(iter(pods.values()))["pod"]
    with pytest.raises(Exception, match="secuirtyContext"):
        check(pod | {"spec": pod["spec"] | {"secuirtyContext": {}}})
