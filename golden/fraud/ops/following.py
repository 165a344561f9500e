"""Follow a rollout: each decision is said as it comes, until the end, or until looking takes too long."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from course import KEEP, PROMOTED, TAKEN_BACK, Course
from release import changing

# GitHub gives a job six hours: what takes longer is finished by the scheduler's next run.
FOLLOW = "5h"
EVERY = 5.0
# A cluster that is silent for so long, or credentials that are over, are not waited for.
SILENT = 600.0
UNITS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True)
class Patience:
    """How long it is followed, in seconds; what tells the time, and what waits."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def patience() -> Patience:
    """Return what FOLLOW=90m of make says, else five hours; raise ValueError for nonsense."""
    text = os.environ.get("FOLLOW") or FOLLOW
    found = re.fullmatch(r"(0|[1-9][0-9]{0,4})([smh])", text)
    if not found:
        raise ValueError(f"FOLLOW={text[:20]!r}: say how long to look, such as FOLLOW=90m or FOLLOW=0s")
    return Patience(float(found[1]) * UNITS[found[2]])


def outcome(course: Course, where: str) -> tuple[str, list[str]]:
    """Return what became of a rollout, `done`, `keep`, `rolled back` or `running`, and what to say."""
    if course.running:
        again = f"make finish-rollout, or make deploy VERSION={course.version} again, looks how it ended"
        return "running", [str(course), again]
    if course.verdict == PROMOTED:
        changing()
        return "done", [str(course), f"version {course.version} runs in {where}"]
    return KEEP if course.verdict == KEEP else TAKEN_BACK, [str(course)]


def latest(course: Course, rollout: Mapping[str, Any]) -> float:
    """Return when a rollout that runs has ended at the latest, in seconds since 1970."""
    # Before the first share: until the pods are there, and then what all steps may take.
    seconds = sum(rollout[f"{name}_seconds"] for name in ("ready", "deadline", "drain"))
    soon = time.time() + seconds
    # What is past an A/B test does not take its weeks any more.
    return course.until if course.waits else min(course.until or soon, soon)


def follow(look: Callable[[], Course], trouble: Callable[[Course], str], how: Patience) -> tuple[Course, str]:
    """Return where the rollout is at the end, and what keeps it from ever going on; empty when nothing does.

    Raises ChildProcessError when the cluster has not answered once.
    """
    began = heard = how.clock()
    last = Course()
    while True:
        try:
            course = look()
            heard = how.clock()
        except ChildProcessError as fault:
            if not last.version:
                raise
            if how.clock() - heard > SILENT:
                print(f"the cluster does not answer any more: {fault}", flush=True)
                return last, ""
            course = last
        _say(course.lines, last.lines)
        last = course
        if not course.running or course.waits or how.clock() - began >= how.seconds:
            return course, ""
        if why := trouble(course):
            return course, why
        how.sleep(EVERY)


def _say(lines: tuple[str, ...], known: tuple[str, ...]) -> None:
    """Print what is new: the oldest have fallen out at the front, and moved the others up."""
    gone = next(n for n in range(len(known) + 1) if known[n:] == lines[: len(known) - n])
    for line in lines[len(known) - gone :]:
        print(line, flush=True)
