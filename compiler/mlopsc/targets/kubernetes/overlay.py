"""What one environment says of the objects: how many pods, with what, which image, and where its log goes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlopsc.model import Cluster, Delivery, Service

# A tag that no build makes: pods of an overlay as it stands wait, and their events say why.
TAG = "set-by-make-deploy"
_LOG = "/var/log/predictions"
# DCGM's exporter measures both of each pod; Prometheus and its adapter make a metric of the pods of them.
_GPU_MEMORY = "DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE)"


@dataclass(frozen=True, slots=True)
class Overlay:
    """The overlay of one environment."""

    name: str
    environment: str
    cost_center: str
    delivery: Delivery
    cluster: Cluster
    service: Service

    @property
    def folder(self) -> str:
        """Where it lies."""
        return f"kubernetes/overlays/{self.environment}"

    @property
    def scaled(self) -> bool:
        """Whether an autoscaler owns the number of pods."""
        return self.service.replicas.scaled

    @property
    def stored(self) -> bool:
        """Whether predictions leave the cluster for an object store."""
        return "://" in self._log

    @property
    def predictions(self) -> str:
        """The name of what is there for the log of predictions alone."""
        return f"{self.name}-predictions"

    @property
    def copies(self) -> str:
        """How many pods there are, in words."""
        replicas = self.service.replicas
        if self.scaled:
            return f"{replicas.low} to {replicas.high} pods by {replicas.metric}"
        return f"{replicas.low} pods" if replicas.low > 1 else "1 pod"

    def files(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the names of its files, and what stands in them."""
        objects = dict(self._objects())
        yield "kustomization", self._kustomization(tuple(objects))
        yield "deployment", self._deployment()
        yield from objects.items()

    def _objects(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the files of what the base does not have."""
        if self.scaled:
            yield "horizontalpodautoscaler", self._autoscaler()
        if self.stored:
            yield "networkpolicy", {"name": self.name, "policy": self.predictions}

    def words(self) -> Iterator[str]:
        """Yield what somebody must do, and what would surprise."""
        metric = self.service.replicas.metric
        if self.scaled and metric != "cpu":
            known = f" ({_GPU_MEMORY})" if metric == "gpu_memory" else ""
            yield f"{self.environment} scales on {metric}{known}: prometheus-adapter must serve it of pods."
        if self.stored:
            who = f"a role of the ServiceAccount {self.name}, or the Secret {self.predictions} with its keys"
            yield f"{self.environment} writes predictions to {self._log}, at port 443: as {who}."
        elif self._log:
            yield f"{self.environment} keeps predictions in each pod, at {_LOG}; they go with it."

    @property
    def _log(self) -> str:
        return self.service.log.path if self.service.log else ""

    def _kustomization(self, objects: tuple[str, ...]) -> dict[str, Any]:
        labels = {
            "app.kubernetes.io/component": "service",
            "app.kubernetes.io/managed-by": "mlopsc",
            "app.kubernetes.io/name": self.name,
            "app.kubernetes.io/part-of": self.name,
            "cost-center": self.cost_center,
            "mlops/environment": self.environment,
        }
        log = self._log if self.stored else _LOG if self._log else ""
        return {
            "name": self.name,
            "about": f"Version 7 comes by `make deploy VERSION=7 MLOPS_ENV={self.environment}`.",
            "namespace": self.cluster.namespace,
            "resources": [f"{name}.yaml" for name in objects],
            "labels": _rows({name: value for name, value in labels.items() if value}),
            "settings": [f"MLOPS_ENV={self.environment}", *([f"PREDICTION_LOG={log}"] if log else [])],
            "image": self.delivery.image,
            "tag": TAG,
            "replicas": 0 if self.scaled else self.service.replicas.low,
        }

    def _deployment(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "pull_secret": self.delivery.pull_secret,
            "requests": _rows(self.service.requests),
            "limits": _rows(self.service.limits),
            "store": self.predictions if self.stored else "",
            "log": _LOG if self._log and not self.stored else "",
        }

    def _autoscaler(self) -> dict[str, Any]:
        replicas = self.service.replicas
        percent = round(replicas.target * 100) if replicas.metric == "cpu" else 0
        source = _GPU_MEMORY if replicas.metric == "gpu_memory" else "of your own"
        return {
            "name": self.name,
            "low": replicas.low,
            "high": replicas.high,
            "percent": percent,
            "metric": replicas.metric,
            "level": _quantity(replicas.target),
            "source": f"prometheus-adapter serves it as a metric of pods: {source}.",
        }


def _rows(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def _quantity(level: float) -> str:
    """Return a level as a Kubernetes quantity, exact to a thousandth: 0.7 is `700m`."""
    thousandths = round(level * 1000)
    return f"{thousandths}m" if thousandths % 1000 else str(thousandths // 1000)
