"""What Argo Rollouts 1.9 does with a Rollout and its AnalysisTemplates, as far as ours lean on it.

From the sources (argoproj/argo-rollouts) and docs/features/{analysis,canary,specification}.md:

- a measurement: both conditions are evaluated, a failure counts before a success, neither is inconclusive, a
  condition that cannot be evaluated or a query that fails is an error (utils/evaluate, EvaluateResult;
  metricproviders/prometheus, Run)
- a metric is over when failed > failureLimit, inconclusive > inconclusiveLimit, errors in a row >
  consecutiveErrorLimit, when `consecutiveSuccessLimit` measurements in a row were good, or else when `count`
  was reached, whatever was measured; errors do not count (analysis/analysis.go, runMeasurements,
  assessMetricStatus; "ConsecutiveSuccessLimit and FailureLimit")
- a measurement that was an error is repeated after 10 s, others after `interval` (calculateNextReconcileTime)
- the first metric that fails stops the others; a run is as bad as the worst metric (assessRunStatus)
- Failed or Error aborts the rollout, Inconclusive pauses it for somebody; a step that is an analysis waits for
  its run; the run in the background starts at `startingStep` and ends with the last step (rollout/analysis.go)
- a weight is set when the canary has its pods; without one pod it is 0; an abort sets it to 0 and removes the
  managed routes (rollout/trafficrouting.go); `progressDeadlineAbort` aborts a step that waits for pods, and no
  step that is an analysis (rollout/sync.go, isIndefiniteStep)
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.engines.providers.conditions import holds
from tests.engines.providers.world import CANARY, World

Object = dict[str, Any]
RETRY = 10.0
WORSE = ("Successful", "Inconclusive", "Error", "Failed")


def seconds(text: str) -> float:
    """Return a duration of Go."""
    (number, unit) = re.fullmatch(r"(\d+)(s|m|h)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"s": 1, "m": 60, "h": 3600}[unit]


@dataclass
class Measured:
    """One metric of a run."""

    metric: Object
    due: float
    phase: str = "Pending"
    failed: int = 0
    inconclusive: int = 0
    counted: int = 0
    errors: int = 0
    successes: int = 0
    value: list[float] = field(default_factory=list)

    def take(self, world: World, now: float, arguments: dict[str, str]) -> None:
        """Take a measurement, and assess the metric."""
        query = self.metric["provider"]["prometheus"]["query"]
        for name, value in arguments.items():
            query = query.replace(f"{{{{args.{name}}}}}", value)
        assert "{{" not in query
        try:
            self.value = world.ask(query, now)
            self._count(measurement(self.metric, self.value))
        except (ConnectionError, IndexError, ValueError):
            self.errors += 1
            self.successes = 0
            self.due = now + RETRY
        else:
            self.due = now + seconds(self.metric.get("interval", "1h"))
        self.phase = self._assessed()

    def _count(self, phase: str) -> None:
        self.errors = 0
        self.counted += 1
        self.successes = self.successes + 1 if phase == "Successful" else 0
        self.failed += phase == "Failed"
        self.inconclusive += phase == "Inconclusive"

    def _assessed(self) -> str:
        metric = self.metric
        if self.errors > metric.get("consecutiveErrorLimit", 4):
            return "Error"
        if self.inconclusive > metric.get("inconclusiveLimit", 0):
            return "Inconclusive"
        if self.failed > metric.get("failureLimit", 0):
            return "Failed"
        wanted = metric.get("consecutiveSuccessLimit", 0)
        if wanted and self.successes >= wanted:
            return "Successful"
        count = metric.get("count", 0 if "interval" in metric else 1)
        if count and self.counted >= count:
            return "Inconclusive" if wanted else "Successful"
        return "Running"


def measurement(metric: Object, result: list[float]) -> str:
    """Return what a result is; raise IndexError or ValueError where it is an error."""
    good = "successCondition" in metric and holds(metric["successCondition"], result)
    bad = "failureCondition" in metric and holds(metric["failureCondition"], result)
    if "failureCondition" not in metric:
        bad = "successCondition" in metric and not good
    elif "successCondition" not in metric:
        good = not bad
    return "Failed" if bad else "Successful" if good else "Inconclusive"


class Run:
    """An AnalysisRun."""

    def __init__(self, template: Object, world: World, now: float, arguments: dict[str, str]) -> None:
        """Take the template, whom to ask, and the arguments that the Rollout passes."""
        spec = template["spec"]
        assert {each["name"] for each in spec["args"]} == set(arguments)
        self.world, self.arguments = world, arguments
        self.metrics = [
            Measured(each, now + seconds(each.get("initialDelay", "0s"))) for each in spec["metrics"]
        ]

    @property
    def due(self) -> float:
        """When something is measured next."""
        going = [each.due for each in self.metrics if each.phase in ("Pending", "Running")]
        return min(going) if going and self.phase == "Running" else math.inf

    @property
    def phase(self) -> str:
        """How the run stands."""
        phases = [each.phase for each in self.metrics]
        worst = max((each for each in phases if each in WORSE), key=WORSE.index, default="")
        if worst in WORSE[1:]:
            return worst
        return "Successful" if all(each == "Successful" for each in phases) else "Running"

    def step(self, now: float) -> None:
        """Measure what is due."""
        for each in self.metrics:
            if each.phase in ("Pending", "Running") and each.due <= now and self.phase == "Running":
                each.take(self.world, now, self.arguments)

    def why(self) -> str:
        """Say which metric ended the run."""
        return next(f"{each.metric['name']} {each.phase}" for each in self.metrics if each.phase in WORSE[1:])


@dataclass
class Ended:
    """How a rollout ended: promoted, aborted or paused; when, and why."""

    verdict: str
    at: float
    why: str = ""


class Rollout:
    """The controller's view of one update of a Rollout."""

    def __init__(
        self, objects: list[Object], world: World, ready: Callable[[float], bool] = lambda _now: True
    ) -> None:
        """Take the objects of an overlay, the world, and whether the canary's pods are ready at a time."""
        (found,) = [each for each in objects if each["kind"] == "Rollout"]
        self.spec, self.world, self.ready = found["spec"], world, ready
        self.canary = self.spec["strategy"]["canary"]
        named = [each for each in objects if each["kind"] == "AnalysisTemplate"]
        self.templates = {each["metadata"]["name"]: each for each in named}
        self.now, self.background = 0.0, self.canary.get("analysis")
        self.run: Run | None = None

    def play(self) -> Ended:
        """Return how it ends."""
        for index, step in enumerate(self.canary["steps"]):
            if self.background and self.run is None and index >= self.background.get("startingStep", 0):
                self.run = self._analysis(self.background)
            if ended := self._step(step):
                self.world.shift(self.now, 0)
                self.world.mirror(self.now, 0)
                return ended
        self.world.shift(self.now, 1)
        return Ended("promoted", self.now)

    def _step(self, step: Object) -> Ended | None:
        if "setWeight" in step or "setCanaryScale" in step:
            if ended := self._pods():
                return ended
            if "setWeight" in step:
                self.world.shift(self.now, step["setWeight"] / 100)
        if "setMirrorRoute" in step:
            route = step["setMirrorRoute"]
            managed = self.canary["trafficRouting"]["managedRoutes"]
            assert {"name": route["name"]} in managed
            self.world.mirror(self.now, route.get("percentage", 100) / 100 if "match" in route else 0)
        if "pause" in step:
            return self._until(self.now + seconds(step["pause"]["duration"]), None)
        if "analysis" in step:
            return self._until(math.inf, self._analysis(step["analysis"]))
        return None

    def _pods(self) -> Ended | None:
        """Wait for pods, as long as they make progress in time."""
        begun = self.now
        while not self.ready(self.now):
            self.now += 5
            late = self.now - begun > self.spec["progressDeadlineSeconds"]
            if late and self.spec.get("progressDeadlineAbort"):
                return Ended("aborted", self.now, "ProgressDeadlineExceeded")
            if self.now - begun > 86400:
                return Ended("stuck", self.now)
        return None

    def _until(self, end: float, inline: Run | None) -> Ended | None:
        while self.now < end:
            runs = [each for each in (self.run, inline) if each]
            self.now = min(end, *(each.due for each in runs)) if runs else end
            for each in runs:
                each.step(self.now)
                if each.phase in ("Failed", "Error"):
                    return Ended("aborted", self.now, each.why())
                if each.phase == "Inconclusive":
                    return Ended("paused", self.now, each.why())
            if inline and inline.phase == "Successful":
                return None
        return None

    def _analysis(self, asked: Object) -> Run:
        (template,) = asked["templates"]
        assert asked["args"] == [{"name": "track", "valueFrom": {"podTemplateHashValue": "Latest"}}]
        return Run(self.templates[template["templateName"]], self.world, self.now, {"track": CANARY})
