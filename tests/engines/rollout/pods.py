"""Deployments that roll pods as Kubernetes does: 25 % more at first, none fewer; pods take time, or never serve."""

import math
from dataclasses import dataclass, field
from typing import Any

Object = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """How an image behaves: seconds until a pod is ready, or what is wrong; shares of requests that fail."""

    ready: float = 12.0
    fault: str = ""
    errors: float = 0.0
    slow: float = 0.0


@dataclass
class Pod:
    name: str
    image: str
    born: float


@dataclass
class Workload:
    """The pods of one Deployment."""

    name: str
    kinds: dict[str, Kind]
    pods: list[Pod] = field(default_factory=list)
    made: int = 0
    dead: set[str] = field(default_factory=set)

    def tick(self, now: float, spec: Object) -> None:
        """Do what the controllers of the cluster do with a spec."""
        wanted, image = spec.get("replicas", 1), image_of(spec)
        new = [each for each in self.pods if each.image == image]
        old = [each for each in self.pods if each.image != image]
        surge = math.ceil(wanted / 4) if old else 0
        while len(new) < wanted and len(new) + len(old) < wanted + surge:
            self.made += 1
            new.append(Pod(f"{self.name}-{self.made}", image, now))
        # The youngest go first, those that do not serve before all others.
        new.sort(key=lambda each: (not self.serves(each, now), each.born))
        del new[wanted:]
        ready = sum(self.serves(each, now) for each in new)
        old.sort(key=lambda each: (not self.serves(each, now), each.born))
        keep = max(0, wanted - ready)
        self.pods = new + old[:keep]

    def serves(self, pod: Pod, now: float) -> bool:
        kind = self.kinds.get(pod.image, Kind())
        return not kind.fault and pod.name not in self.dead and now - pod.born >= kind.ready

    def ready(self, now: float) -> list[Pod]:
        return [each for each in self.pods if self.serves(each, now)]

    def status(self, now: float, generation: int, spec: Object) -> Object:
        counts = {
            "replicas": len(self.pods),
            "updatedReplicas": sum(each.image == image_of(spec) for each in self.pods),
            "availableReplicas": len(self.ready(now)),
        }
        # The API leaves out what is 0.
        return {"observedGeneration": generation, **{name: count for name, count in counts.items() if count}}

    def listed(self, now: float) -> list[Object]:
        return [self._told(each, now) for each in self.pods]

    def _told(self, pod: Pod, now: float) -> Object:
        fault = self.kinds.get(pod.image, Kind()).fault
        state: Object = {"running": {}} if not fault else {"waiting": {"reason": fault}}
        told: Object = {"name": "x", "ready": self.serves(pod, now), "state": state}
        if fault == "CrashLoopBackOff":
            told["lastState"] = {"terminated": {"reason": "Error", "exitCode": 1}}
        return {"metadata": {"name": pod.name}, "status": {"containerStatuses": [told]}}


def image_of(spec: Object) -> str:
    return str(spec["template"]["spec"]["containers"][0]["image"])
