"""What one environment says of the objects: how many pods, with what, which image, and where its log goes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlopsc.model import Cluster, Delivery, Model, Service
from mlopsc.symbols import Path
from mlopsc.targets.kubernetes import folders
from mlopsc.targets.kubernetes.folders import Folders
from mlopsc.targets.kubernetes.provider import Part, Provider
from mlopsc.targets.kubernetes.providers import provider
from mlopsc.targets.kubernetes.scaling import GPU_MEMORY, autoscaler
from mlopsc.targets.kubernetes.shared import dealt, settings, variables

# A tag that no build makes: pods of an overlay as it stands wait, and their events say why.
TAG = "set-by-make-deploy"
_LOG = "/var/log/predictions"
_AT = ("deployment",)
_LABELS = {"Rollout": "spec/template/metadata/labels", "InferenceService": "spec/predictor/labels"}


@dataclass(frozen=True, slots=True)
class Overlay:
    """The overlay of one environment."""

    model: Model
    environment: str
    cost_center: str
    delivery: Delivery
    cluster: Cluster
    service: Service

    @property
    def name(self) -> str:
        """The model's name, which is the service's."""
        return self.model.name

    @property
    def folder(self) -> str:
        """Where it lies."""
        return f"kubernetes/overlays/{self.environment}"

    @property
    def provider(self) -> Provider:
        """Who brings a version into service."""
        return provider(self.delivery)

    @property
    def scaled(self) -> bool:
        """Whether an autoscaler owns the number of pods."""
        return self.service.replicas.scaled or self.provider.ALWAYS_SCALED

    @property
    def stored(self) -> bool:
        """Whether predictions leave the cluster for an object store."""
        return "://" in self._log

    @property
    def predictions(self) -> str:
        """The name of what is there for the log of predictions alone."""
        return f"{self.name}-predictions"

    @property
    def log(self) -> str:
        """Where the service writes predictions: a URL, a folder of its pod, or nothing."""
        return self._log if self.stored else _LOG if self._log else ""

    @property
    def test(self) -> dict[str, str]:
        """How ids are dealt in an A/B test, and where stable asks for the canary's answer."""
        found = self.model.experiments.get(self.environment)
        return dealt(self.name, found) if found else {}

    @property
    def copies(self) -> str:
        """How many pods there are, in words."""
        replicas = self.service.replicas
        if replicas.scaled:
            return f"{replicas.low} to {replicas.high} pods by {replicas.metric}"
        return f"{replicas.low} pods" if replicas.low > 1 else "1 pod"

    @property
    def objects(self) -> tuple[tuple[str, Path], ...]:
        """Its objects, as `Kind/name`, and what of the spec brings them."""
        parts = tuple(self._parts())
        found = folders.objects(self.name, settings(self.model), self.provider.FOLDERS)
        turned = {f"{part.patches}/{self.name}" for part in parts if part.turns}
        shared = [(each, _AT) for each in found if each not in turned]
        return (*shared, *((each, part.at) for part in parts for each in part.objects))

    def files(self, shared: Folders) -> Iterator[Part]:
        """Yield its files."""
        parts = (*self._pods(shared), *self._parts())
        yield Part("kustomization", "overlay/kustomization.yaml", self._kustomization(shared, parts))
        yield from parts

    def words(self) -> Iterator[str | tuple[str, str]]:
        """Yield what somebody must do, and what would surprise; pairs are for `Note.code`."""
        metric = self.service.replicas.metric
        if self.service.replicas.scaled and metric != "cpu":
            known = f" ({GPU_MEMORY}, by DCGM's exporter)" if metric == "gpu_memory" else ""
            yield (
                f"{self.environment} scales on {metric}{known}: prometheus-adapter must serve it of pods, by "
                "the rules in monitoring/prometheus-adapter.yaml; without it their number stays. KEDA in its "
                "place makes an autoscaler of its own, which must not stand beside this one."
            )
        if self.stored:
            who = f"a role of the ServiceAccount {self.name}, or the Secret {self.predictions} with its keys"
            yield f"{self.environment} writes predictions to {self._log}, at port 443: as {who}."
        elif self._log:
            yield f"{self.environment} keeps predictions in each pod, at {_LOG}; they go with it."
        yield from self.provider.words(self)

    def pods(self) -> dict[str, Any]:
        """Return what its pods have of their own."""
        return {
            "name": self.name,
            "config": settings(self.model),
            "pull_secret": self.delivery.pull_secret,
            "requests": _rows(self.service.requests),
            "limits": _rows(self.service.limits),
            "track": self.provider.TRACK,
            "store": self.predictions if self.stored else "",
            "log": _LOG if self._log and not self.stored else "",
        }

    @property
    def _log(self) -> str:
        return self.service.log.path if self.service.log else ""

    def _pods(self, shared: Folders) -> Iterator[Part]:
        """Yield what is laid over the Deployments of the folders, where they have any."""
        if any(each in self.provider.FOLDERS for each in ("pods", *folders.TRACKS)):
            about = f"What is this environment's own, laid over ../../{shared.where('pods')}/deployment.yaml."
            values = self.pods() | {"about": about}
            yield Part("deployment", "overlay/deployment.yaml", values, patches="Deployment")

    def _parts(self) -> Iterator[Part]:
        """Yield what the folders do not have."""
        target, rollout = self.provider.workload(self.name), self.delivery.rollout
        # An InferenceService has an autoscaler of its own.
        if self.scaled and target.kind in ("Deployment", "Rollout"):
            values = autoscaler(self.name, target, self.service.replicas, rollout)
            kind, at = "horizontalpodautoscaler", ("serving", "replicas")
            objects = (f"HorizontalPodAutoscaler/{self.name}",)
            yield Part(kind, f"overlay/{kind}.yaml", values, objects, at=at)
        if self.stored:
            values = {"name": self.name, "policy": self.predictions}
            objects, at = (f"NetworkPolicy/{self.predictions}",), ("serving", "prediction_log")
            yield Part("networkpolicy", "overlay/networkpolicy.yaml", values, objects, at=at)
        yield from self.provider.parts(self)

    def _kustomization(self, shared: Folders, parts: tuple[Part, ...]) -> dict[str, Any]:
        several = any(each in self.provider.FOLDERS for each in folders.TRACKS)
        workload = self.provider.workload(self.name)
        counted = workload.kind == "Deployment" and not self.scaled
        return {
            "name": self.name,
            "config": settings(self.model),
            "about": f"Version 7 comes by `make deploy VERSION=7 MLOPS_ENV={self.environment}`.",
            "namespace": self.cluster.namespace,
            "folders": [f"../../{each}" for each in shared.resources(self.provider.FOLDERS)],
            "resources": [f"{each.name}.yaml" for each in parts if not each.patches and not each.tells],
            # A patch is of the one object that it names, unless there are several.
            "patches": [
                {
                    "path": f"{each.name}.yaml",
                    "kind": each.patches if several or each.patches != "Deployment" or each.turns else "",
                    "turns": each.turns,
                }
                for each in parts
                if each.patches
            ],
            "told": [f"{each.name}.yaml" for each in parts if each.tells],
            "labels": _rows(self._labels()),
            # kustomize knows where the labels of pods stand in its own kinds alone.
            "labelled": {"kind": workload.kind, "path": _LABELS.get(workload.kind, "")},
            "settings": variables(self.environment, self.log, self.test),
            "image": self.delivery.image,
            "tag": TAG,
            "counted": workload.name,
            "replicas": self.service.replicas.low if counted else 0,
        }

    def _labels(self) -> dict[str, str]:
        labels = {
            "app.kubernetes.io/component": "service",
            "app.kubernetes.io/managed-by": "mlopsc",
            "app.kubernetes.io/name": self.name,
            "app.kubernetes.io/part-of": self.name,
            "cost-center": self.cost_center,
            "mlops/environment": self.environment,
        }
        return {name: value for name, value in labels.items() if value}


def _rows(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]
