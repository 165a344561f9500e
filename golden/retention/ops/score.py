"""Score a table with the champion: make score, or make score VERSION=7 for another version.

The input is judged before and the scores after; only whole and sound scores come into their place, in
one step. Killed, out of disk, or blocked, the scores of before are still there.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import verdict
from digests import digest
from scoring_input import Given, given
from scoring_model import Model, lent
from scoring_output import Place
from scoring_run import scores
from settings import settings
from state import alone
from verdict import Outcome

WAITING = "another scoring is running: waiting for its end"


def main() -> int:
    """Score; return 0 when it is done or there is nothing to do, 3 for blocked, 2 for an error."""
    return verdict.run("score", score)


def score() -> Outcome:
    """Score the input of the spec with the version that is asked for; raise OSError, ValueError."""
    config, wanted = settings(), os.environ.get("VERSION") or "champion"
    with alone("score", WAITING), lent(config, wanted) as model:
        if model is None:
            lines = [f"there is no {wanted} yet: make register and make promote make one"]
            return Outcome("skipped", reasons=lines)
        with tempfile.TemporaryDirectory(prefix="score-") as scratch:
            found = given(config, model, Path(scratch))
            if isinstance(found, Outcome):
                return found
            return _scored(config, model, found, Place(config["scoring"]["output"], Path(scratch)))


def _scored(config: dict[str, Any], model: Model, found: Given, place: Place) -> Outcome:
    """Run the command, judge what it wrote, and put it into its place."""
    began, moment = time.monotonic(), datetime.now(UTC)
    try:
        made = scores(config, model, found, place)
        if isinstance(made, Outcome):
            return made
        content = digest(str(place.draft))
        place.publish()
    finally:
        place.clear()
    figures = model.figures | {"rows_in": found.rows, "rows_out": made.rows}
    details = {"output": place.name, "hash": content, "at": moment.isoformat(timespec="seconds"), **figures}
    model.remember(details)
    by = f"version {model.number}" if model.number else "the model of the last pipeline run"
    lines = [*found.warnings, f"{place.name} holds the scores of {by}"]
    seconds = {"seconds": round(time.monotonic() - began, 1)}
    return Outcome("scored", figures | seconds, lines, [{**details, "input": found.names}])


if __name__ == "__main__":
    sys.exit(main())
