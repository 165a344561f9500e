"""What Flagger 1.44 does with a Canary and its MetricTemplates, as far as ours lean on it.

From the sources (fluxcd/flagger), pkg/controller/scheduler.go, scheduler_metrics.go, pkg/canary/
deployment_ready.go, pkg/metrics/providers/prometheus.go, and docs/gitbook/usage/how-it-works.md:

- one tick each `analysis.interval`, and nothing in between (scheduleCanaries, advanceCanary)
- a new image is seen at a tick: Progressing, pods come up (shouldAdvance, checkCanaryStatus)
- a canary that is not ready waits; past progressDeadlineSeconds it is rolled back (IsCanaryReady)
- failedChecks >= threshold at the begin of a tick: routes back to the primary, Failed (rollback)
- with a share or mirrored, the checks run first: one that fails, has no value or cannot be asked makes
  failedChecks one more, and the weights stay (runAnalysis, runMetricChecks: val < min or val > max fails)
- then the next of stepWeights; before the first, with `mirror`, one step of copies (runCanary)
- at the last weight: Promoting, all traffic to the primary and Finalising, Succeeded: a tick each
- without weights: `iterations` of copies, then one tick of all traffic, then Promoting (runBlueGreen)
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from tests.engines.providers.argo import Ended, seconds
from tests.engines.providers.world import World

Object = dict[str, Any]


class Canary:
    """The controller's view of one new image."""

    def __init__(
        self, objects: list[Object], world: World, ready: Callable[[float], bool] = lambda _now: True
    ) -> None:
        """Take the objects of an overlay, the world, and whether the canary's pods are ready at a time."""
        (found,) = [each for each in objects if each["kind"] == "Canary"]
        self.spec, self.world, self.ready = found["spec"], world, ready
        self.analysis = self.spec["analysis"]
        named = [each for each in objects if each["kind"] == "MetricTemplate"]
        self.templates = {each["metadata"]["name"]: each["spec"] for each in named}
        self.phase, self.failed, self.iterations = "Initialized", 0, 0
        self.weight, self.mirrored, self.since = 0, False, 0.0
        self.phases: list[str] = []

    def play(self, most: int = 100) -> Ended:
        """Return how it ends: promoted or rolled back."""
        interval = seconds(self.analysis["interval"])
        for tick in range(most):
            now = tick * interval
            self.tick(now)
            self.phases.append(self.phase)
            if self.phase in ("Succeeded", "Failed"):
                return Ended({"Succeeded": "promoted", "Failed": "rolled back"}[self.phase], now)
        return Ended("stuck", most * interval)

    def tick(self, now: float) -> None:
        """Do what one call of advanceCanary does."""
        if self.phase == "Initialized":
            self.phase, self.since = "Progressing", now
            return
        if not self.ready(now):
            if now - self.since > self.spec["progressDeadlineSeconds"]:
                self._roll_back(now)
            return
        if self.phase == "Promoting":
            self._route(now, 0, False)
            self.phase = "Finalising"
        elif self.phase == "Finalising":
            self.phase = "Succeeded"
        elif self.failed >= self.analysis["threshold"]:
            self._roll_back(now)
        elif (self.weight or self.iterations or self.mirrored) and not self._checked(now):
            self.failed += 1
        elif "stepWeights" in self.analysis:
            self._weights(now)
        else:
            self._blue_green(now)

    def _weights(self, now: float) -> None:
        weights = self.analysis["stepWeights"]
        assert all(a < b for a, b in pairwise(weights))
        if self.weight >= weights[-1]:
            self.phase = "Promoting"
        elif self.analysis.get("mirror") and not self.weight and not self.mirrored:
            self._route(now, 0, True)
        else:
            following = [each for each in weights if each > self.weight]
            self._route(now, following[0], False)

    def _blue_green(self, now: float) -> None:
        wanted = self.analysis["iterations"]
        if self.iterations < wanted:
            self._route(now, 0, bool(self.analysis.get("mirror")))
        elif self.iterations == wanted:
            self._route(now, 100, False)
        else:
            self.phase = "Promoting"
            return
        self.iterations += 1

    def _route(self, now: float, weight: int, mirrored: bool) -> None:
        self.weight, self.mirrored = weight, mirrored
        self.world.shift(now, weight / 100)
        self.world.mirror(now, self.analysis["mirrorWeight"] / 100 if mirrored else 0)

    def _roll_back(self, now: float) -> None:
        self._route(now, 0, False)
        self.phase = "Failed"

    def _checked(self, now: float) -> bool:
        return all(self._check(each, now) for each in self.analysis.get("metrics", []))

    def _check(self, metric: Object, now: float) -> bool:
        query = self.templates[metric["templateRef"]["name"]]["query"]
        query = query.replace("{{ target }}", self.spec["targetRef"]["name"])
        query = query.replace("{{ interval }}", metric["interval"])
        assert "{{" not in query
        try:
            values = self.world.ask(query, now)
        except ConnectionError:
            return False
        # A NaN that reached the comparison would pass it: the provider takes it for no value since 1.18.
        if not values or values[-1] != values[-1]:
            return False
        limits = metric["thresholdRange"]
        return not (values[-1] < limits.get("min", -1e300) or values[-1] > limits.get("max", 1e300))
