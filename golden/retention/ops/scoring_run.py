"""Run the command of the spec with a model, and judge what it wrote."""

from __future__ import annotations

import subprocess  # nosec B404
import sys
from collections import deque
from pathlib import Path
from typing import Any

from processes import environment
from scoring_input import Given
from scoring_model import Model
from scoring_output import Place
from scoring_scores import Scores, read
from tables import MalformedError
from verdict import Outcome

# So much of what a command said is told when it fails: the end of a traceback.
LAST_LINES = 12
WAY_OUT = 'write to os.environ["MLOPS_OUTPUT"]: what is there comes to {} once it is whole'


def scores(config: dict[str, Any], model: Model, given: Given, place: Place) -> Scores | Outcome:
    """Return the scores that the command made of the input, or why there are none that can be used."""
    command, before = config["scoring"]["cmd"], place.stamp
    code, said = _run(command, _told(model, given, place.draft))
    if place.stamp != before:
        lines = [f"`{command}` wrote {place.name} itself", WAY_OUT.format(place.name)]
        return Outcome("error", model.figures, lines)
    if code:
        lines = [f"`{command}` failed with exit code {code}", *said]
        return Outcome("error", model.figures, lines)
    if not place.draft.is_file():
        what = "made a folder of" if place.draft.is_dir() else "wrote nothing to"
        lines = [f"`{command}` {what} what MLOPS_OUTPUT names, which is to be a file"]
        return Outcome("error", model.figures, [*lines, WAY_OUT.format(place.name)])
    if changed := given.changed():
        lines = [f"{', '.join(changed)} changed while it was scored: run make score again"]
        return Outcome("blocked", model.figures, lines)
    try:
        made = read(config, place.draft, place.name, given)
    except MalformedError as fault:
        return Outcome("blocked", model.figures, [str(fault)])
    if made.faults:
        counts = {"rows_in": given.rows, "rows_out": made.rows}
        lines = [*made.faults, f"{place.name} is as it was"]
        return Outcome("blocked", model.figures | counts, lines)
    return made


def _told(model: Model, given: Given, draft: Path) -> dict[str, str]:
    files = {"MLOPS_INPUT": str(given.path), "MLOPS_OUTPUT": str(draft.absolute())}
    return files | model.environment


def _run(command: str, extra: dict[str, str]) -> tuple[int, list[str]]:
    """Run a command of the spec by /bin/sh; return its exit code, and the last lines of what it printed."""
    sys.stdout.flush()
    last: deque[str] = deque(maxlen=LAST_LINES)
    # Files that stay open pass on the lock: should this process be killed, its child still holds it.
    with subprocess.Popen(  # nosec B603
        ["/bin/sh", "-c", command],
        env=environment(extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        close_fds=False,
        text=True,
        errors="replace",
    ) as child:
        for line in child.stdout or ():
            print(line, end="", flush=True)
            last.append(line.rstrip("\n"))
    return child.returncode, list(last)
