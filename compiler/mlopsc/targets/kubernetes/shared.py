"""What overlays share: the base, and the folders beside it."""

from collections.abc import Iterator, Mapping
from typing import Any

from mlopsc.model import Experiment, Model
from mlopsc.targets.kubernetes.folders import Folders

# As long as load balancers and other nodes may take to hear that a pod goes.
_PAUSE_SECONDS = 10
# How long requests that run may still take, and what is left for the process to end.
_DRAIN_SECONDS, _REST_SECONDS = 20, 15
# Until a pod that goes has answered all: as long as a proxy in it must stay.
QUIET_SECONDS = _PAUSE_SECONDS + _DRAIN_SECONDS
SPREAD = ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
_ABOUT = {
    "service": "The Service, for overlays that do not leave it to somebody else.",
    "pods": "The pods: overlays take them as they are, or as stable and canary.",
    "stable": "The pods of the version that was promoted last.",
    "canary": "The pods of a version on trial: none of them, until a rollout asks for some.",
}


def settings(model: Model) -> str:
    """Return the name of the ConfigMap that holds the settings of the pods.

    kustomize puts a hash behind it wherever the name stands, in the rules of a Role too, where it may be that
    of another kind of object (kustomize, api/internal/konfig/builtinpluginconsts/namereference.go). Where
    there are such rules it has a name that nothing else has.
    """
    return f"{model.name}-settings" if model.rollouts else model.name


def dealt(name: str, experiment: Experiment) -> dict[str, str]:
    """Return what both versions are told of an A/B test, whatever spec their images were built from."""
    return {"url": f"http://{name}", "experiment": experiment.name, "share": f"{experiment.share:.10g}"}


def variables(environment: str, log: str, test: Mapping[str, str]) -> list[str]:
    """Return the settings of one environment, as a ConfigMap is given them."""
    known = {"MLOPS_ENV": environment, "PREDICTION_LOG": log}
    known |= {f"AB_TEST_{key.upper()}": value for key, value in test.items()}
    return [f"{name}={value}" for name, value in known.items() if value]


def files(model: Model, shared: Folders) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the path of each below kubernetes/, its template, and what stands in it."""
    values = {**pods(model), "resources": [f"{name}.yaml" for name in shared.base]}
    for name in ("kustomization", *shared.base):
        yield f"base/{name}.yaml", f"base/{name}.yaml", values
    for folder in shared.beside:
        listed = [f"{name}.yaml" for name in shared.of(folder)]
        values = {**pods(model), "about": _ABOUT[folder], "resources": listed}
        yield f"{folder}/kustomization.yaml", "folder/kustomization.yaml", values
        for name in shared.of(folder):
            yield f"{folder}/{name}.yaml", f"base/{name}.yaml", values
    for track in shared.tracks:
        named = {"name": model.name, "about": _ABOUT[track], "track": track, "suffix": f"-{track}"}
        values = {**named, "idle": track == "canary"}
        yield f"{track}/kustomization.yaml", "track/kustomization.yaml", values


def pods(model: Model) -> dict[str, Any]:
    """Return what no environment changes."""
    said = {"kubernetes.io/description": model.description, "mlops/owner": model.owner}
    return {
        "name": model.name,
        "config": settings(model),
        "annotations": [{"name": name, "value": value} for name, value in said.items() if value],
        "alive": model.serving.alive if model.serving else "",
        "ready": model.serving.ready if model.serving else "",
        "pause_seconds": _PAUSE_SECONDS,
        "grace_seconds": QUIET_SECONDS + _REST_SECONDS,
        "settings": [f"DRAIN_SECONDS={_DRAIN_SECONDS}", "PORT=8080"],
        "spread": SPREAD,
    }
