"""The steps of a retraining: make commands, whose verdicts count and whose failures are tried again."""

from __future__ import annotations

import json
import os
import subprocess  # nosec B404
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verdict import Outcome

# Waits between attempts double from the first to the longest.
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 30.0, 900.0
# Set for this program by the make that called it; the makes that it calls start afresh.
OURS = ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "ARGS", "STRICT", "TRIGGER", "EVENT", "VERSION")

Runner = Callable[[str, Mapping[str, str]], int]
# Takes a step, and says what came of it.
Take = Callable[[str], Outcome]


def make(command: str, extra: Mapping[str, str]) -> int:
    """Run a make command with more in its environment; return its exit code."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    if not Path(".venv", "bin", "python").exists():
        kept.setdefault("PYTHON", sys.executable)
    call = ["make", "--no-print-directory", "-f", "mlops.mk", command]
    sys.stdout.flush()
    # Files that stay open pass on the lock: should this process be killed, its children still hold it.
    return subprocess.run(call, env={**kept, **extra}, close_fds=False, check=False).returncode  # nosec B603


@dataclass(frozen=True)
class World:
    """What a retraining acts through: commands, the clock (seconds since 1970), and waiting."""

    runner: Runner = make
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


class Attempts:
    """Takes steps, as often as the spec allows failures for all of them together."""

    def __init__(self, config: Mapping[str, Any], mode: str, world: World) -> None:
        """Take the configuration, how to train, and the world."""
        strategy = config["retraining"]
        self.left: int = strategy["max_attempts"]
        self.wait, self.world = FIRST_WAIT_SECONDS, world
        checkpoint = strategy.get("checkpoint")
        self.extra = {"MLOPS_MODE": mode} | ({"MLOPS_CHECKPOINT": checkpoint} if checkpoint else {})

    def take(self, step: str) -> Outcome:
        """Take a step until it has a verdict or no attempt is left; return what it said last."""
        while True:
            outcome = self._once(step)
            if outcome.verdict != "error":
                return outcome
            self.left -= 1
            if self.left <= 0:
                return outcome
            print(f"`make {step}` failed: {outcome.reasons[-1]}; again in {self.wait:g} seconds", flush=True)
            self.world.sleep(self.wait)
            self.wait = min(2 * self.wait, LONGEST_WAIT_SECONDS)

    def _once(self, step: str) -> Outcome:
        """Run a make command; its report speaks, for to make every failure is the same."""
        report_of(step).unlink(missing_ok=True)
        code = self.world.runner(step, self.extra)
        return said(step) or Outcome("error", reasons=[f"it ended with exit code {code} and no verdict"])


def report_of(step: str) -> Path:
    """Return where a step leaves its report."""
    return Path("reports", f"{step}.json")


def said(step: str) -> Outcome | None:
    """Return what a step has left in its report; None where there is none."""
    report = report_of(step)
    if not report.exists():
        return None
    told = json.loads(report.read_text(encoding="utf-8"))
    return Outcome(told["verdict"], told["figures"], told["reasons"] or [f"{step}: {told['verdict']}"])
