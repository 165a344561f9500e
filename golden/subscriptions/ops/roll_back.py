"""Go back: a rollout that runs is taken back within seconds; else the previous champion comes back.

    roll_back.py   in MLOPS_ENV; REASON says why, for whoever reads it later

A rollout has not moved the champion, so that taking it back leaves the registry as it is. The cluster is
asked first, and the registry only then: it may be slow, or away.
"""

from __future__ import annotations

import os
import sys

import verdict
from settings import settings
from stepped import stepwise
from verdict import Outcome


def main() -> int:
    """Go back; return 0 when it is done, 3 when there is nothing to go back to, 2 for an error."""
    return verdict.run("rollback", roll_back)


def roll_back() -> Outcome:
    """Take the rollout back, if one runs here; else move the champion."""
    config = settings()
    if "rollout" in config and (outcome := _taken_back(config)):
        return outcome
    import promote
    import registry

    with registry.connected(config) as store:
        return promote.roll_back(store)


def _taken_back(config: dict[str, object]) -> Outcome | None:
    """Take a rollout back; None where none runs."""
    there = stepwise(config)
    reason = os.environ.get("REASON") or "make rollback"
    try:
        course = there.course()
    except ChildProcessError as fault:
        alone = "python ops/promote.py --back moves the champion alone"
        raise ValueError(f"nobody can say whether a rollout runs; {alone}: {fault}") from None
    named = {"rollout": course.version}
    # Whoever asked for it before, for the same reason, has been answered: the champion is not meant.
    if not course.running and os.environ.get("REASON") and course.aborted == reason:
        return Outcome("rolled back", {}, [str(course)], [named])
    if not course.running:
        return None
    now, lines = there.abort(reason)
    kept = "the champion stays what it is"
    return Outcome("rolled back", {"version": int(now)} if now else {}, [*lines, kept], [named])


if __name__ == "__main__":
    sys.exit(main())
