"""Batch scoring: it reads one thing and writes another."""

from collections.abc import Iterator
from posixpath import normpath

from mlopsc.diagnostics import Diagnostic
from mlopsc.resolve import View


def apart(view: View) -> Iterator[Diagnostic]:
    """Scores do not overwrite what they are made from (M304)."""
    scoring = view.spec.scoring
    if scoring and normpath(scoring.input) == normpath(scoring.output):
        message = "`scoring.output` would overwrite `scoring.input`"
        yield Diagnostic("M304", message, ("scoring", "output"), hint="write to a path of its own")


def compare(view: View) -> Iterator[Diagnostic]:
    """A candidate to compare with comes from the gate (M302)."""
    scoring = view.spec.scoring
    if scoring and scoring.compare and view.spec.registry is None:
        message = "`compare` needs a `registry`: no version ever becomes a candidate"
        hint = "add a gate, e.g. `registry: {gate: [{metric: mae, improves_on: champion}]}`"
        yield Diagnostic("M302", message, ("scoring", "compare"), hint=hint, on_key=True)


RULES = (apart, compare)
