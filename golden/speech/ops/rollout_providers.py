"""What each provider calls the two versions, and how it divides the traffic between them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from rollout_api import Api
from rollout_kserve import Knative, Standard
from rollout_pods import Pods
from rollout_route import Route
from rollout_shapes import HTTP_ROUTE, VIRTUAL_SERVICE
from rollout_split import NOTHING, Split

# A single pod is an outage when its node is drained.
FEWEST = 2


class Provider(Protocol):
    """The two versions and their traffic; each call may be made twice."""

    def image(self) -> str:
        """Return the image of stable."""

    def start(self, image: str, share: float) -> None:
        """Let the canary have an image, and pods for a share of the traffic, never fewer than it has."""

    def fit(self, share: float) -> None:
        """Let the canary have the pods for a share that lasts, as the number of stable's pods changes."""

    def complaint(self) -> tuple[int, str]:
        """Return how many pods of the canary serve, and why that is not enough; empty if it is."""

    def wanted(self, step: int) -> Split:
        """Return the traffic of a step; of step 0 there is none."""

    def split(self) -> Split:
        """Return who gets how much now."""

    def shift(self, wanted: Split, known: tuple[Split, ...]) -> Split:
        """Move the traffic if what is there is known, or nothing is; return what was there."""

    def replace(self, image: str, before: str = "") -> None:
        """Let stable have an image; what ran before is kept beside it, if it is given."""

    def settled(self) -> tuple[int, str]:
        """Return how many pods of stable serve, and why that is not enough; empty if it is."""

    def stop(self) -> None:
        """Let the canary have no pods."""

    def fence(self) -> None:
        """Make every change fail that another process has prepared and not yet sent."""


class Tracks:
    """Two Deployments; who gets how much is told by the number of their pods."""

    def __init__(self, config: Mapping[str, Any], api: Api, allow: Callable[[], None], holder: str) -> None:
        """Take the configuration, the API, what raises where this process may not write, and its name."""
        self.config, self.api, self.allow, self.holder = config, api, allow, holder
        self.stable = Pods(api, config["model"], config["stable"], "stable", allow)
        self.canary = Pods(api, config["model"], config["canary"], "canary", allow)

    def image(self) -> str:
        """Return the image of stable."""
        return self.stable.image()

    def start(self, image: str, share: float) -> None:
        """Let the canary have an image: its pods come with its share."""
        del share
        self.canary.run(image)

    def fit(self, share: float) -> None:
        """Do nothing: a share is a number of pods."""

    def complaint(self) -> tuple[int, str]:
        """Return how many pods of the canary serve, and why that is not enough; empty if it is."""
        return self.canary.ready()

    def wanted(self, step: int) -> Split:
        """Return the canary's pods of a step."""
        return Split(self.config["pods"][step - 1]) if step else NOTHING

    def split(self) -> Split:
        """Return how many pods the canary is to have."""
        return Split(self.canary.count())

    def shift(self, wanted: Split, known: tuple[Split, ...]) -> Split:
        """Give the canary its pods if it has a number that is known, or none is; return what it had."""
        return Split(self.canary.scale(wanted.canary, tuple(each.canary for each in known)))

    def replace(self, image: str, before: str = "") -> None:
        """Let stable have an image; what ran before is kept beside it, if it is given."""
        self.stable.run(image, before)

    def settled(self) -> tuple[int, str]:
        """Return how many pods of stable serve, and why that is not enough; empty if it is."""
        return self.stable.ready()

    def stop(self) -> None:
        """Let the canary have no pods."""
        self.canary.scale(0)

    def fence(self) -> None:
        """Make every change fail that another process has prepared and not yet sent."""
        for each in (self.canary, self.stable):
            self.api.mark(each.path, self.holder, self.allow)


class Meshed(Tracks):
    """Two Deployments, and a route with a weight for each."""

    def __init__(self, config: Mapping[str, Any], api: Api, allow: Callable[[], None], holder: str) -> None:
        """Take the configuration, the API, what raises where this process may not write, and its name."""
        super().__init__(config, api, allow, holder)
        istio = config["provider"] == "istio"
        stable, canary = ("stable", "canary") if istio else (config["stable"], config["canary"])
        shape, header = VIRTUAL_SERVICE if istio else HTTP_ROUTE, config.get("ab_test", {}).get("header", "")
        self.route = Route(api, config["route"], shape, stable, canary, header)

    def start(self, image: str, share: float) -> None:
        """Let the canary have an image, and as many pods as stable has for the same traffic."""
        self.canary.run(image)
        pods = max(FEWEST, math.ceil(share * self.stable.count()))
        self.canary.scale(max(pods, self.canary.count()))

    def fit(self, share: float) -> None:
        """Let the canary have the pods for a share that lasts: stable has long those for the rest alone."""
        self.canary.scale(max(FEWEST, math.ceil(share / (1 - share) * self.stable.count())))

    def wanted(self, step: int) -> Split:
        """Return the canary's percent of a step."""
        return Split(round(100 * self.config["steps"][step - 1])) if step else NOTHING

    def split(self) -> Split:
        """Return what the route says."""
        return self.api.again(self.route.split)

    def shift(self, wanted: Split, known: tuple[Split, ...]) -> Split:
        """Write the weights if what is there is known, or nothing is; return what was there."""
        return self.route.shift(wanted, known, self.allow)

    def fence(self) -> None:
        """Make every change fail that another process has prepared and not yet sent."""
        super().fence()
        self.api.mark(self.route.path, self.holder, self.allow)


def provider(config: Mapping[str, Any], api: Api, allow: Callable[[], None], holder: str) -> Provider:
    """Return the provider of a configuration; raise ValueError for one that this controller does not lead."""
    name = config["provider"]
    if name == "kserve":
        return (Knative if config["mode"] == "knative" else Standard)(config, api, allow, holder)
    kinds: dict[str, type[Tracks]] = {"istio": Meshed, "gateway-api": Meshed, "none": Tracks}
    if name not in kinds:
        raise ValueError(f"the provider {name} is not led by this controller")
    return kinds[name](config, api, allow, holder)
