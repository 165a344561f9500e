"""KServe: one InferenceService, in which stable and what is on trial stand beside each other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from rollout_api import JSON_PATCH, Api, Object, RefusedError
from rollout_split import NOTHING, Split
from rollout_trials import canaries, condition, container, noted, percent


class Inference(ABC):
    """One InferenceService; the two modes differ in where image and share of the canary stand."""

    def __init__(self, config: Mapping[str, Any], api: Api, allow: Callable[[], None], holder: str) -> None:
        """Take the configuration, the API, what raises where this process may not write, and its name."""
        self.config, self.api, self.allow, self.holder = config, api, allow, holder
        self.path = api.path("serving.kserve.io/v1beta1", "inferenceservices", config["route"])

    def image(self) -> str:
        """Return the image of stable."""
        return self._stable(self.api.again(self._read))

    def start(self, image: str, share: float) -> None:
        """Let the canary have an image, and pods for a share of the traffic, where it has no traffic yet."""
        self._change(lambda found: self._started(found, image, share))

    def fit(self, share: float) -> None:  # noqa: B027 - doing nothing is its answer
        """Do nothing: KServe knows how many pods a share takes."""

    def complaint(self) -> tuple[int, str]:
        """Return 1 and nothing where the canary is ready, else why it is not, and 0 once that is known."""
        found = self.api.again(self._read)
        if why := self._seen(found):
            return 1, why
        return (0, why) if (why := self._unready(found)) else (1, "")

    def wanted(self, step: int) -> Split:
        """Return the canary's percent of a step; of step 0 there is none."""
        return Split(round(100 * self.config["steps"][step - 1])) if step else NOTHING

    def split(self) -> Split:
        """Return who gets how much now."""
        return self._split(self.api.again(self._read))

    def shift(self, wanted: Split, known: tuple[Split, ...]) -> Split:
        """Move the traffic if what is there is known, or nothing is; return what was there."""

        def moved(found: Object) -> list[Object]:
            there.append(self._split(found))
            if there[-1] == wanted or (known and there[-1] not in known):
                return []
            return self._shared(found, wanted.canary)

        there: list[Split] = []
        self._change(moved)
        return there[-1]

    def replace(self, image: str, before: str = "") -> None:
        """Let all of the traffic go to an image, and nothing be on trial any more."""
        self._change(lambda found: self._replaced(found, image) + noted(found, before))

    def settled(self) -> tuple[int, str]:
        """Return 1 and nothing where the InferenceService is ready, else 0 and why it is not."""
        found = self.api.again(self._read)
        # What is on trial may be as unwell as it likes: stable has not been touched.
        why = "" if self._tried(found) else self._seen(found) or condition(found, "Ready")
        return (0, why) if why else (1, "")

    def stop(self) -> None:
        """Let nothing be on trial."""
        self._change(self._stopped)

    def fence(self) -> None:
        """Make every change fail that another process has prepared and not yet sent."""
        self.api.mark(self.path, self.holder, self.allow)

    def _change(self, decide: Callable[[Object], list[Object]]) -> None:
        """Write what is decided from what is read, if that is anything, and if nobody has written since."""

        def once() -> None:
            found = self._read()
            if patch := decide(found):
                version = {"path": "/metadata/resourceVersion", "value": found["metadata"]["resourceVersion"]}
                self.allow()
                self.api.send("PATCH", self.path, [{"op": "test", **version}, *patch], JSON_PATCH)

        self.api.again(once)

    def _read(self) -> Object:
        found = self.api.get(self.path)
        if found is None:
            raise RefusedError(f"there is no {self.path}: `make deploy` brings it")
        return found

    def _seen(self, found: Object) -> str:
        seen = found.get("status", {}).get("observedGeneration", 0) >= found["metadata"].get("generation", 0)
        return "" if seen else "KServe has not looked at it yet"

    def _stable(self, found: Object) -> str:
        return str(container(found["spec"]["predictor"]["containers"])["image"])

    def _tried(self, found: Object) -> bool:
        return percent(found) is not None or bool(canaries(found))

    @abstractmethod
    def _split(self, found: Object) -> Split:
        """Return who gets how much in what was read."""

    @abstractmethod
    def _started(self, found: Object, image: str, share: float) -> list[Object]:
        """Return the changes that let the canary have an image, and pods for a share of the traffic."""

    @abstractmethod
    def _unready(self, found: Object) -> str:
        """Return why the canary is not ready, empty where it is."""

    @abstractmethod
    def _shared(self, found: Object, part: int) -> list[Object]:
        """Return the changes that give the canary a percent of the traffic."""

    @abstractmethod
    def _replaced(self, found: Object, image: str) -> list[Object]:
        """Return the changes that give an image all of the traffic."""

    @abstractmethod
    def _stopped(self, found: Object) -> list[Object]:
        """Return the changes after which nothing is on trial."""
