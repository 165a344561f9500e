"""Finish what ended by itself: a version that a rollout has promoted is looked at, and becomes the champion.

    finish_rollout.py   in MLOPS_ENV; does nothing where no rollout waits for it

Each step may be done twice; the mark of the version goes last.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module, util

import deploy
import pending
import promote
import registry
from registry import Registry
from stepped import stepwise
from verdict import Outcome


def main() -> int:
    """Finish; return 0 when nothing is left to do, 3 when a version was not good, 2 for an error."""
    return registry.run("finish-rollout", finish)


def finish(store: Registry) -> Outcome:
    """Finish the rollout of this environment, and tell."""
    if "rollout" not in store.config:
        return Outcome("skipped", reasons=["nothing is rolled out step by step here"])
    there = stepwise(store.config)
    course = there.course()
    if not course.version or not pending.marked(store, course.version):
        return Outcome("skipped", reasons=["no rollout waits to be finished"])
    # As `make deploy`, `make verify` and `make promote` are told.
    os.environ |= {"VERSION": course.version, "FOLLOW": "0s"}
    outcome = deploy.deploy(store)
    if outcome.verdict == "done":
        outcome = _serving(store, course.version)
    if outcome.verdict != "running":
        _tell(store, course.version, outcome)
    return outcome


def _serving(store: Registry, number: str) -> Outcome:
    """Look at a version that has all of the traffic, and make it the champion, or take it back."""
    looked = deploy.verify(store)
    if looked.verdict != "done":
        back = deploy.back()
        return Outcome("refused", looked.figures, [*looked.reasons, *back.reasons])
    if not store.config["deployment"].get("promotes"):
        pending.unmark(store, number)
        return Outcome("done", looked.figures, [*looked.reasons, f"version {number} runs here"])
    return promote.promote(store, number)


def _tell(store: Registry, number: str, outcome: Outcome) -> None:
    """Tell whoever the spec names; there only where it names somebody."""
    if util.find_spec("notify"):
        title = f"the rollout of version {number} of {store.name} has ended: {outcome.verdict}"
        severity = "info" if outcome.exit_code == 0 else "warning"
        told = [f"--title={title}", "--text=" + "\n".join(outcome.reasons), f"--severity={severity}"]
        import_module("notify").main([*told, f"--key=rollout {number} {outcome.verdict}"])


if __name__ == "__main__":
    sys.exit(main())
