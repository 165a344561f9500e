"""What is played: one function for each rollout, which asks, disturbs, and returns when it has ended.

`SCENARIOS` names them; each gets a stage and leaves it as the tests look at it.
"""

import contextlib
import json
import random
import runpy
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.engines.canary import given
from tests.engines.canary.api_server import Call, Fault
from tests.engines.canary.mesh import IDS
from tests.engines.canary.stage import Controller, Stage, Theatre

ERRORS = {"FAILS": "3"}
# More of them would take more of two processors than real time leaves.
AT_ONCE = 6
Play = Callable[[Stage], dict[str, Any]]


@dataclass(frozen=True)
class Scenario:
    """How a stage is set, and what happens on it."""

    play: Play
    given: dict[str, Any] = field(default_factory=dict)


SCENARIOS: dict[str, Scenario] = {}


@dataclass
class Played:
    """What came of a scenario: the stage as it was at the end, and what its play noted."""

    stage: Stage
    noted: dict[str, Any]
    seconds: float


def scenario(name: str, **setting: Any) -> Callable[[Play], Play]:
    """Give a play its name and its stage."""

    def named(play: Play) -> Play:
        SCENARIOS[name] = Scenario(play, setting)
        return play

    return named


def perform(theatre: Theatre, name: str) -> Played:
    """Play a scenario."""
    begun, wanted = time.monotonic(), SCENARIOS[name]
    with theatre.stage(name, **wanted.given) as stage:
        noted = wanted.play(stage)
        _calm(stage)
        return Played(stage, noted, time.monotonic() - begun)


def _calm(stage: Stage) -> None:
    """Let the last changes reach those who call: what comes after the end counts, too."""
    end = time.monotonic() + 1.5
    stage.until(lambda: time.monotonic() > end)


def _plain(stage: Stage) -> dict[str, Any]:
    stage.ask()
    return {"code": stage.control().code()}


scenario("healthy")(_plain)
scenario("healthy_gateway", provider="gateway-api")(_plain)
scenario("healthy_pods", provider="none", steps=[0.5], pods=[2])(_plain)
scenario("errors", canary=ERRORS)(_plain)
scenario("errors_gateway", provider="gateway-api", canary=ERRORS)(_plain)
scenario("errors_pods", provider="none", steps=[0.5], pods=[2], canary=ERRORS)(_plain)
scenario("slow", canary={"SLOW": "1.4"})(_plain)
scenario("crashing", canary={"ILL": "startup"})(_plain)
scenario("crashing_gateway", provider="gateway-api", canary={"ILL": "startup"})(_plain)
scenario("crashing_pods", provider="none", steps=[0.5], pods=[2], canary={"ILL": "startup"})(_plain)
scenario("falling", canary={"ILL": "falls"})(_plain)
scenario("never_ready", canary={"ILL": "asleep"})(_plain)
scenario("no_traffic", rate=0)(_plain)
scenario("stable_broken", stable=ERRORS)(_plain)


@scenario("nan")
def _nan(stage: Stage) -> dict[str, Any]:
    stage.relay.mode = "nan"
    return _plain(stage)


@scenario("empty")
def _empty(stage: Stage) -> dict[str, Any]:
    stage.relay.mode = "empty"
    return _plain(stage)


@scenario("prometheus_gone")
def _prometheus_gone(stage: Stage) -> dict[str, Any]:
    stage.ask()
    controller = stage.control()
    stage.until_step(2)
    stage.relay.mode = "gone"
    return {"code": controller.code()}


@scenario("prometheus_back", on_no_data="wait")
def _prometheus_back(stage: Stage) -> dict[str, Any]:
    stage.ask()
    controller = stage.control()
    stage.until_step(1)
    stage.relay.mode = "wrong"
    held = stage.state()["since"] + stage.config["hold_seconds"]
    stage.until(lambda: time.time() > held + 2)
    late = stage.state()
    stage.relay.mode = ""
    return {"code": controller.code(), "late": late}


@scenario("api_gone")
def _api_gone(stage: Stage) -> dict[str, Any]:
    stage.ask()
    controller = stage.control()
    stage.until_step(1)
    stage.api.gone.set()
    before = stage.weights()
    end = time.monotonic() + 4
    stage.until(lambda: time.monotonic() > end)
    after = stage.weights()
    stage.api.gone.clear()
    return {"code": controller.code(), "before": before, "after": after}


@scenario("api_ill")
def _api_ill(stage: Stage) -> dict[str, Any]:
    chance = random.Random(6)

    def ill(call: Call) -> Fault | None:
        kind = chance.random()
        if kind < 0.06:
            return Fault(code=chance.choice((500, 503, 429)))
        if kind < 0.1:
            return Fault(lost=True)
        if kind < 0.12:
            return Fault(undone=True)
        if kind < 0.15:
            return Fault(late=chance.uniform(0.2, 1))
        if kind < 0.19 and call.writes:
            return Fault(code=409)
        return None

    stage.api.faults.append(ill)
    stage.ask()
    return {"code": stage.job()}


def _kill_at(stage: Stage, kept: list[Controller], calls: set[Any]) -> Callable[[Call], Fault | None]:
    """Kill the controller before each kind of write at each phase, and after it the next time."""
    lock, done = threading.Lock(), {"before": set[Any](), "after": set[Any]()}

    def kill(call: Call) -> Fault | None:
        if not call.writes:
            return None
        state = stage.state()
        what = (call.asked.verb, call.asked.resource, call.asked.name, state["phase"], state.get("step"))
        with lock:
            for when, seen in done.items():
                if what not in seen:
                    seen.add(what)
                    calls.add((when, *what))
                    shot = kept[-1].kill
                    return (
                        Fault(undone=True, before=shot) if when == "before" else Fault(lost=True, after=shot)
                    )
        return None

    return kill


def _through_kills(stage: Stage, identities: Iterable[str]) -> dict[str, Any]:
    stage.ask()
    calls: set[Any] = set()
    kept: list[Controller] = []
    stage.api.faults.append(_kill_at(stage, kept, calls))
    for identity in identities:
        kept.append(stage.control(identity))
        if (code := kept[-1].code()) != -9:
            return {"code": code, "kills": len(kept) - 1, "calls": calls}
    raise AssertionError("it never ends")


@scenario("killed", hold_seconds=8, steps=[0.5])
def _killed(stage: Stage) -> dict[str, Any]:
    return _through_kills(stage, ["x-rollout-0"] * 100)


@scenario("killed_errors", canary=ERRORS, steps=[0.5])
def _killed_errors(stage: Stage) -> dict[str, Any]:
    return _through_kills(stage, ["x-rollout-0"] * 100)


@scenario("replaced")
def _replaced(stage: Stage) -> dict[str, Any]:
    stage.ask()
    first = stage.control("x-rollout-0")
    stage.until_step(1)
    first.kill()
    return {"code": stage.control("x-rollout-1").code()}


@scenario("second")
def _second(stage: Stage) -> dict[str, Any]:
    stage.ask()
    first = stage.control("x-rollout-0")
    stage.until_step(1)
    second = stage.control("x-rollout-1").code()
    return {"second": second, "code": first.code()}


@scenario("aborted", hold_seconds=30)
def _aborted(stage: Stage) -> dict[str, Any]:
    stage.ask()
    controller = stage.control()
    stage.until_step(1)
    begun = time.monotonic()
    stage.note(**{"mlops/abort": "make rollback"})
    stage.until(lambda: stage.weights() == {"stable": 100, "canary": 0})
    return {"waited": time.monotonic() - begun, "code": controller.code()}


@scenario("changed", hold_seconds=30)
def _changed(stage: Stage) -> dict[str, Any]:
    stage.ask()
    controller = stage.control()
    stage.until_step(1)
    stage.set_weights(50, 50)
    return {"code": controller.code()}


@scenario("put_back", hold_seconds=30)
def _put_back(stage: Stage) -> dict[str, Any]:
    """What `make rollback` does: the weights first, whatever the controller does, then the wish."""
    stage.ask()
    controller = stage.control()
    stage.until_step(1)
    stage.set_weights(100, 0)
    stage.note(**{"mlops/abort": "make rollback"})
    return {"code": controller.code()}


@scenario("shadowed", shadow_seconds=6, steps=[0.5])
def _shadowed(stage: Stage) -> dict[str, Any]:
    stage.ask()
    controller = stage.control()
    stage.until(lambda: stage.state()["phase"] == "shadow" and stage.state()["since"])
    stage.until(lambda: stage.state()["phase"] != "shadow")
    mirrored = stage.mesh.mirrored
    answered = sum(each.track == "canary" for each in stage.mesh.seen)
    return {"code": controller.code(), "mirrored": mirrored, "answered": answered}


@scenario("shadowed_errors", shadow_seconds=6, canary=ERRORS)
def _shadowed_errors(stage: Stage) -> dict[str, Any]:
    return _plain(stage)


def _tested(stage: Stage, verdict: str) -> dict[str, Any]:
    """Let the test run while all are asked about several times, and decide it."""
    stage.ask()
    controller = stage.control()
    stage.until(lambda: stage.state()["phase"] == "testing" and stage.state()["since"])
    # The first that was not answered waits for its back-off.
    settled = time.monotonic() + 2
    stage.until(lambda: time.monotonic() > settled)
    begun = time.monotonic()
    stage.until(lambda: time.monotonic() > begun + 10)
    ended = time.monotonic()
    said = {"version": "8", "verdict": verdict, "why": "as seen"}
    stage.note(**{"mlops/ab-test": json.dumps(said)})
    arms = stage.programs / "serving/arms.py"
    dealt: dict[str, Any] = runpy.run_path(str(arms))
    treatment = {str(each) for each in range(IDS) if dealt["arm"](given.MODEL, 0.3, str(each)) == "treatment"}
    return {"code": controller.code(), "begun": begun, "ended": ended, "treatment": treatment}


@scenario("tested", ab_test={}, steps=[0.3])
def _tested_and_promoted(stage: Stage) -> dict[str, Any]:
    return _tested(stage, "promote")


@scenario("tested_gateway", ab_test={}, steps=[0.3], provider="gateway-api")
def _tested_and_kept(stage: Stage) -> dict[str, Any]:
    return _tested(stage, "keep")


class Performance:
    """All scenarios that are asked for, several of them at the same time."""

    def __init__(self, theatre: Theatre, names: list[str]) -> None:
        self._found: dict[str, Played | BaseException] = {}
        self._turns = threading.Semaphore(AT_ONCE)
        self._threads = {name: threading.Thread(target=self._one, args=(theatre, name)) for name in names}
        for thread in self._threads.values():
            thread.start()

    def _one(self, theatre: Theatre, name: str) -> None:
        try:
            with self._turns:
                self._found[name] = perform(theatre, name)
        except BaseException as fault:
            self._found[name] = fault

    def __call__(self, name: str) -> Played:
        """Return what came of a scenario, when it has ended."""
        self._threads[name].join()
        found = self._found[name]
        if isinstance(found, BaseException):
            raise found
        return found

    def close(self) -> None:
        """Wait for all."""
        with contextlib.suppress(BaseException):
            for thread in self._threads.values():
                thread.join()
