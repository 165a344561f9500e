"""What each provider calls the two versions, and how it divides the traffic between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from rollout_api import Api
from rollout_pods import Pods
from rollout_route import HTTP_ROUTE, VIRTUAL_SERVICE, Route, Split

NOTHING = Split(0)


class Provider(Protocol):
    """The two versions and their traffic; each call may be made twice."""

    def image(self) -> str:
        """Return the image of stable."""

    def pods(self, share: float, step: int) -> int:
        """Return how many pods the canary needs for a share."""

    def start(self, image: str, pods: int) -> None:
        """Let the canary have an image and at least so many pods."""

    def complaint(self) -> tuple[int, str]:
        """Return how many pods of the canary serve, and why that is not enough; empty if it is."""

    def split(self) -> Split:
        """Return who gets how much now."""

    def shift(self, wanted: Split, known: tuple[Split, ...]) -> Split:
        """Give the canary its share if what is there is known; return what was there."""

    def replace(self, image: str, before: str) -> None:
        """Let stable have an image; what ran before is kept beside it, if it is given."""

    def settled(self) -> tuple[int, str]:
        """Return how many pods of stable serve, and why that is not enough; empty if it is."""

    def stop(self) -> None:
        """Let the canary have no pods."""


class Meshed:
    """Two Deployments and a route with two weights."""

    def __init__(self, config: Mapping[str, Any], api: Api, allow: Callable[[], None]) -> None:
        """Take the configuration, the API, and what raises where this process may not write any more."""
        istio, self.allow = config["provider"] == "istio", allow
        names = ("stable", "canary") if istio else (config["stable"], config["canary"])
        self.route = Route(api, config["route"], VIRTUAL_SERVICE if istio else HTTP_ROUTE, *names)
        self.stable = Pods(api, config["model"], config["stable"], "stable", allow)
        self.canary = Pods(api, config["model"], config["canary"], "canary", allow)

    def image(self) -> str:
        """Return the image of stable."""
        return self.stable.image()

    def pods(self, share: float, step: int) -> int:
        """Return how many pods the canary needs: as stable has for the same traffic, and two in any case."""
        del step
        return max(2, -int(-share * self.stable.count() // 1))

    def start(self, image: str, pods: int) -> None:
        """Let the canary have an image and at least so many pods."""
        self.canary.run(image)
        self.canary.scale(max(pods, self.canary.count()))

    def complaint(self) -> tuple[int, str]:
        """Return how many pods of the canary serve, and why that is not enough; empty if it is."""
        return self.canary.ready()

    def split(self) -> Split:
        """Return who gets how much now."""
        return self.route.api.again(self.route.split)

    def shift(self, wanted: Split, known: tuple[Split, ...]) -> Split:
        """Give the canary its share if what is there is known; return what was there."""
        return self.route.shift(wanted, known, self.allow)

    def replace(self, image: str, before: str) -> None:
        """Let stable have an image; what ran before is kept beside it, if it is given."""
        self.stable.run(image, before)

    def settled(self) -> tuple[int, str]:
        """Return how many pods of stable serve, and why that is not enough; empty if it is."""
        return self.stable.ready()

    def stop(self) -> None:
        """Let the canary have no pods."""
        self.canary.scale(0)


def provider(config: Mapping[str, Any], api: Api, allow: Callable[[], None]) -> Provider:
    """Return the provider of a configuration; raise ValueError for one that this controller does not lead."""
    if config["provider"] in ("istio", "gateway-api"):
        return Meshed(config, api, allow)
    raise ValueError(f"the provider {config['provider']} is not led by this controller")
