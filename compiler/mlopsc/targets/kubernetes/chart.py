"""What stands in a Helm chart: what all environments share in its templates, what is their own in values."""

from dataclasses import dataclass
from typing import Any

from mlopsc.model import Model
from mlopsc.targets.kubernetes import shared
from mlopsc.targets.kubernetes.overlay import TAG, Overlay
from mlopsc.targets.kubernetes.scaling import autoscaler

# Of definitions there is one for each name in all charts of a release: each begins with the model's.
_DEFINED = ("labels", "tracks", "settings", "config")


@dataclass(frozen=True, slots=True)
class Chart:
    """The chart of one model, for the environments that take it."""

    model: Model
    places: tuple[Overlay, ...]

    @property
    def shifting(self) -> tuple[Overlay, ...]:
        """The environments where a version gets its traffic in steps."""
        return tuple(place for place in self.places if place.delivery.rollout)

    @property
    def mixed(self) -> bool:
        """Whether versions get it at once in others."""
        return 0 < len(self.shifting) < len(self.places)

    @property
    def tests(self) -> bool:
        """Whether two versions are tested on real users somewhere."""
        return any(place.test for place in self.places)

    @property
    def scaled(self) -> bool:
        """Whether an autoscaler owns the number of pods somewhere."""
        return any(place.scaled for place in self.places)

    def values(self) -> dict[str, Any]:
        """Return what the templates have, and what environments need not say."""
        fixed = shared.pods(self.model)
        return {
            **fixed,
            "about": self.model.description or f"The service of the model {self.model.name}.",
            "image": self.places[-1].delivery.image,
            "tag": TAG,
            "mixed": self.mixed,
            "shifts": bool(self.shifting),
            "tests": self.tests,
            "names": {each: f"{self.model.name}.{each}" for each in _DEFINED},
            "predictions": self.places[0].predictions,
            "settings": _rows(dict(each.split("=", 1) for each in fixed["settings"])),
            **self._moved(),
        }

    def of(self, place: Overlay) -> dict[str, Any]:
        """Return what the values of one environment say."""
        pods, shifts = place.pods(), place in self.shifting
        shared_image = place.delivery.image == self.places[-1].delivery.image
        image = {
            "repository": "" if shared_image else place.delivery.image,
            "pullSecret": pods["pull_secret"],
        }
        return {
            "about": f"Version 7 comes by `make deploy VERSION=7 MLOPS_ENV={place.environment}`.",
            "environment": place.environment,
            "labels": _rows({"cost-center": place.cost_center}),
            "image": _rows(image),
            "canary": self.mixed and shifts,
            "ports": _parts(place)["rollout"]["ports"] if shifts else [],
            "scaling": _scaling(place) if place.scaled else {},
            "replicas": place.service.replicas.low,
            "requests": pods["requests"],
            "limits": pods["limits"],
            "log": place.log,
            "tested": _rows(place.test),
        }

    def _moved(self) -> dict[str, Any]:
        """Return what only a chart has in which traffic is shifted."""
        if not self.shifting:
            return {}
        place = self.shifting[0]
        parts = _parts(place)
        return {
            "track": place.provider.TRACK,
            "rollout": parts["rollout"],
            "mesh": parts["networkpolicy-mesh"],
            "drain": parts["sidecar"]["drain"],
        }


def _parts(place: Overlay) -> dict[str, Any]:
    """Return what an overlay would have in its files, by their names."""
    return {part.name: part.values for part in place.provider.parts(place)}


def _scaling(place: Overlay) -> dict[str, Any]:
    target, rollout = place.provider.workload(place.name), place.delivery.rollout
    found = autoscaler(place.name, target, place.service.replicas, rollout)
    chosen = {key: found[key] for key in ("low", "high", "metric", "patience")}
    return {**chosen, "target": found["percent"] or found["level"]}


def _rows(values: dict[str, str]) -> list[dict[str, str]]:
    """Return rows of what is not empty."""
    return [{"name": name, "value": value} for name, value in values.items() if value]
