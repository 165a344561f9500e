"""A version that gets its traffic step by step: begun, followed, and decided about by what the cluster says.

While it runs, the version has a mark in the registry (pending.py), so that what nobody has followed to
its end is finished by `make finish-rollout`, or by calling `make deploy` again.
"""

from __future__ import annotations

import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pending
import release
from course import KEEP, TAKEN_BACK
from processes import shell
from registry import PROMOTED, Registry
from state import alone
from stepped import Stepwise, stepwise
from verdict import Outcome

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion

WAITING = "waiting for another deployment of this clone"


class TakenBack(Outcome):
    """A version that was rolled back: somebody has asked for it, and does not get it."""

    @property
    def exit_code(self) -> int:
        """Return 3: it asks for action."""
        return 3


def deploy(store: Registry, version: ModelVersion, hooks: dict[str, Any]) -> Outcome:
    """Bring a version into service; its verdict is done, rolled back, running, or keep.

    `keep` is the answer of an A/B test, and nothing went wrong: what ran before stays.
    """
    number = str(version.version)
    if release.at_once() and PROMOTED not in version.tags:
        raise ValueError(f"version {number} has never been the champion: it comes step by step (no AT_ONCE)")
    there = stepwise(store.config)
    verdict, lines = _ended(store, there, number) or _begun(store, there, number, hooks)
    if verdict in (TAKEN_BACK, KEEP):
        pending.unmark(store, number)
    if verdict == TAKEN_BACK:
        return TakenBack(verdict, {"version": int(number)}, lines)
    if verdict == "done" and (after := hooks.get("after_deploy")):
        with alone("deployment", WAITING):
            shell(after)
    return Outcome(verdict, {"version": int(number)}, lines)


def _ended(store: Registry, there: Stepwise, number: str) -> tuple[str, list[str]] | None:
    """Return how a rollout of the version ended while nobody looked; None where there is none to tell of."""
    if not pending.marked(store, number):
        return None
    course = there.course()
    return None if course.running or course.version != number else there.outcome(course)


def _begun(store: Registry, there: Stepwise, number: str, hooks: dict[str, Any]) -> tuple[str, list[str]]:
    """Begin a rollout, or go on with it, and follow it."""
    with alone("deployment", WAITING):
        if before := hooks.get("before_deploy"):
            shell(before)
        found = there.begin(number)
    if found[0] != "running":
        return found
    print(*found[1], sep="\n", flush=True)
    _mark(store, there, number)
    # Not alone: whoever takes it back does not wait.
    verdict, lines = there.follow(number)
    if verdict == "running" and there.course().waits:
        verdict, lines = _tested(store, there, number)
    if verdict == "running":
        # Since its first share it is known when it ends, or when there is something to look at.
        _mark(store, there, number)
    return verdict, lines


def _tested(store: Registry, there: Stepwise, number: str) -> tuple[str, list[str]]:
    """Look at the A/B test of a version, and follow what becomes of it once that decides."""
    course = there.course()
    found, _ = import_module("ab_seen").seen(store.config, number, course.testing, time.time())
    if found.verdict == "running":
        return "running", [str(course), *found.reasons]
    there.decide(number, found.verdict, found.reasons[0])
    print(*found.reasons, sep="\n", flush=True)
    verdict, lines = there.follow(number)
    return verdict, [*lines, *found.reasons]


def _mark(store: Registry, there: Stepwise, number: str) -> None:
    """Remember when it is worth asking again: when it has ended, or when its A/B test can be looked at."""
    course = there.course()
    until = there.until(course)
    if course.waits:
        until = import_module("ab_look").next_look(store.config, course.testing, time.time())
    pending.mark(store, number, until)
