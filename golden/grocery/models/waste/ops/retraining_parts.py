"""A retraining whose steps a scheduler takes: decided before them, looked at between, settled after them.

Retries are the scheduler's. A step that left no report since the beginning was not taken, or was killed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from retraining import Retraining
from steps import report_of, said
from triggers import Call
from verdict import Outcome, write_json


class Stop(Outcome):
    """What is in order, and still no reason to take the next step."""

    @property
    def exit_code(self) -> int:
        """Return 3: the scheduler leaves out what would come next."""
        return 3


def begin(retraining: Retraining, call: Call) -> Outcome:
    """Decide whether to train; the verdict is `due`, or why not."""
    if no := retraining.decide(call):
        return Stop(no.verdict, no.figures, no.reasons)
    # All steps are taken anew: those that were done have no more to do.
    begun = retraining.remember(done=[])
    for step in retraining.steps:
        report_of(step).unlink(missing_ok=True)
    if retraining.config["retraining"].get("mode") == "incremental":
        # `make pipeline` takes it from there.
        write_json(Path("reports", "mode.json"), {"mode": begun["mode"]})
    return Outcome("due", reasons=begun["reasons"])


def fetched(retraining: Retraining, _call: Call) -> Outcome:
    """Say whether what was fetched is to be trained on."""
    outcome = said("fetch") or Outcome("error", reasons=["make fetch has left no report"])
    if outcome.verdict != "error" and not retraining.begun.get("fetched"):
        if retraining.nothing_new(outcome, retraining.state.get()):
            return Stop("nothing new", reasons=outcome.reasons)
        retraining.remember(fetched=True)
    return outcome


def end(retraining: Retraining, _call: Call) -> Outcome:
    """Write down what became of it: what has failed is still to be done."""
    if not retraining.begun:
        return Outcome("skipped", reasons=["no training was begun, or its end is written down already"])
    return retraining.train(_taken)


def _taken(step: str) -> Outcome:
    if step == "pipeline" and (found := said("validate")) and found.verdict == "blocked":
        return found
    return said(step) or Outcome("error", reasons=["it has left no verdict"])


PARTS: Mapping[str, Callable[[Retraining, Call], Outcome]] = {"begin": begin, "fetched": fetched, "end": end}
