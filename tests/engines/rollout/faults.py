"""What goes wrong on the way: calls that fail, processes that die or stand still, clocks that jump."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from types import ModuleType
from typing import Any

from tests.engines.rollout.cluster import DEPLOYMENTS, Answer, Cluster

# A process that dies needs to be noticed, and its Lease to be seen unrenewed.
RESTART = 10.0
LATE = 5.0


class Killed(BaseException):
    """The process is no more."""


@dataclass
class Faults:
    """Faults by the number of the call that they meet, counted over all processes."""

    cluster: Cluster
    planned: dict[int, str] = field(default_factory=dict)
    frozen: Callable[[], Any] = lambda: None
    met: list[str] = field(default_factory=list)
    _now: str = ""

    def __post_init__(self) -> None:
        self.cluster.before, self.cluster.after = self.before, self.after

    def before(self, method: str, path: str) -> Answer | None:
        self._now = self.planned.pop(self.cluster.calls, "")
        if not self._now:
            return None
        self.met.append(self._now)
        act: Callable[[], Answer | None] = getattr(self, f"_{self._now.replace(' ', '_')}", lambda: None)
        return act()

    def after(self, method: str, path: str, answer: Answer) -> Answer:
        fault, self._now = self._now, ""
        if fault == "kill after":
            raise Killed
        if fault == "lost answer":
            raise ConnectionResetError("the connection was lost")
        if fault == "late answer":
            self.cluster.sleep(LATE)
            raise TimeoutError("timed out")
        if fault == "half an answer":
            return answer[0], answer[1][: len(answer[1]) // 2]
        if fault == "500 after":
            return 500, b"etcdserver: request timed out"
        return answer

    def _kill_before(self) -> None:
        raise Killed

    def _dropped(self) -> None:
        raise ConnectionRefusedError("connection refused")

    def _timed_out(self) -> None:
        self.cluster.sleep(LATE)
        raise TimeoutError("timed out")

    def _slow(self) -> None:
        self.cluster.sleep(LATE - 0.5)

    def _503(self) -> Answer:
        return 503, json.dumps({"message": "the server is currently unable to handle the request"}).encode()

    def _429(self) -> Answer:
        return 429, b"too many requests"

    def _written_by_others(self) -> None:
        """Somebody writes beside everything that is ours: what was read is of yesterday."""
        objects = self.cluster.objects
        for path in (f"{DEPLOYMENTS}/churn-stable", f"{DEPLOYMENTS}/churn-canary", self.cluster.route.path):
            note = {"note": str(objects.version)}
            self.cluster.change(
                path, lambda found, note=note: found["metadata"].setdefault("annotations", {}).update(note)
            )

    def _frozen(self) -> None:
        """This process stands still, while another one is started."""
        self.frozen()

    def _clock_ahead(self) -> None:
        self.cluster.skew += 900.0

    def _clock_back(self) -> None:
        self.cluster.skew -= 900.0

    def _abort(self) -> None:
        self.cluster.abort()


@dataclass
class Controllers:
    """Controllers, started again whenever one dies, until one comes to an end."""

    rollout: ModuleType
    cluster: Cluster
    said: list[Any] = field(default_factory=list)
    number: int = 0
    codes: list[int] = field(default_factory=list)

    def once(self) -> int | None:
        """Let one lead; return its code, None where it was killed."""
        self.number += 1
        identity = f"pod-{self.number}"
        try:
            code: int = self.rollout.run(
                self.cluster.config,
                self.cluster.clock,
                self.cluster.sleep,
                self.cluster.network(identity),
                identity,
                lambda line: self.said.append(json.loads(line)),
            )
        except Killed:
            return None
        self.codes.append(code)
        return code

    def to_the_end(self, most: int = 40) -> int:
        """Let them lead, as a Job does that is started again, until one says promoted or taken back."""
        for _ in range(most):
            if (code := self.once()) in (0, 3):
                return code  # type: ignore[return-value]
            self.cluster.sleep(RESTART)
        raise AssertionError(f"no end after {most} controllers: {self.said[-3:]}")


TRANSIENT = (
    "dropped",
    "timed out",
    "slow",
    "503",
    "429",
    "written by others",
    "lost answer",
    "late answer",
    "500 after",
    "half an answer",
)
SEVERE = ("kill before", "kill after", "frozen", "clock ahead", "clock back")


def schedule(random: Random, calls: int) -> dict[int, str]:
    """Return a plan of faults: some that pass, few that are severe, and now and then a whole outage."""
    plan: dict[int, str] = {}
    for _ in range(random.randrange(12)):
        plan[random.randrange(1, calls)] = random.choice(TRANSIENT)
    for _ in range(random.randrange(5)):
        plan[random.randrange(1, calls)] = random.choice(SEVERE)
    if random.random() < 0.3:
        begin, length = random.randrange(1, calls), random.randrange(2, 60)
        plan |= {begin + each: random.choice(("dropped", "timed out", "503")) for each in range(length)}
    return plan
