"""Train again when something asks for it: fetch, pipeline, register, and promote what passed the gate.

    make retrain                                  look at all triggers of the spec
    make retrain TRIGGER=schedule                 the clock calls
    make retrain TRIGGER=webhook EVENT=id         something outside calls; the same id trains once
    make retrain TRIGGER=manual                   you call: train now, whatever the cooldown

May be killed at any point: the next call, whoever makes it, goes on where this one ended. A step that
fails is tried again after a while, a refusal or a block never. A scheduler that takes the steps itself
calls `--begin` before them, `--fetched` after the first and `--end` after the last; what is to stop is then
exit code 3, also where there is nothing to do.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

from retraining import Retraining
from settings import settings
from state import alone, state
from steps import World
from triggers import Call
from verdict import Outcome, run


def main(arguments: list[str] | None = None, world: World | None = None) -> int:
    """Run the command line; return 0 for fine, 3 for blocked or refused, 2 for an error."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trigger", default=os.environ.get("TRIGGER", ""), help="who calls")
    parser.add_argument("--event", default=os.environ.get("EVENT", ""), help="the id of what it calls for")
    part = parser.add_mutually_exclusive_group()
    for name in ("begin", "fetched", "end"):
        part.add_argument(f"--{name}", dest="part", action="store_const", const=name)
    given = parser.parse_args(arguments)
    return run("retrain", lambda: retrain(Call(given.trigger, given.event), world or World(), given.part))


def retrain(call: Call, world: World, part: str | None = None) -> Outcome:
    """Answer a call, or do a part of that, after those that this machine still answers."""
    config = settings()
    with alone("retrain", "another retraining is running: waiting for its end"):
        retraining = Retraining(config, state(config, "retraining"), world)
        if part is None:
            return retraining.answer(call)
        # There only where a scheduler takes the steps.
        outcome: Outcome = import_module("retraining_parts").PARTS[part](retraining, call)
        return outcome


if __name__ == "__main__":
    sys.exit(main())
