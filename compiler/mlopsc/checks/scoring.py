"""Batch scoring: it reads one thing and writes another."""

from collections.abc import Iterator
from posixpath import normpath

from mlopsc import defaults
from mlopsc.diagnostics import Diagnostic
from mlopsc.resolve import View


def apart(view: View) -> Iterator[Diagnostic]:
    """Scores do not overwrite what they are made from (M304)."""
    scoring = view.spec.scoring
    if scoring and normpath(scoring.input) == normpath(scoring.output):
        message = "`scoring.output` would overwrite `scoring.input`"
        yield Diagnostic("M304", message, ("scoring", "output"), hint="write to a path of its own")


def one_file(view: View) -> Iterator[Diagnostic]:
    """Scores come into one file, which can be replaced in one step (M304)."""
    output = view.spec.scoring.output if view.spec.scoring else ""
    if defaults.many_files(output):
        message = f"`scoring.output` is one file, and `{output}` is a folder or a pattern"
        hint = "name a file, which is replaced in one step: `output: data/scores.parquet`"
        yield Diagnostic("M304", message, ("scoring", "output"), hint=hint)
    if defaults.protocol(output) in ("http", "https"):
        message = f"`{output}` can only be read: nothing is written by HTTP"
        hint = "write to an object store, e.g. `output: s3://bucket/scores.parquet`"
        yield Diagnostic("M304", message, ("scoring", "output"), hint=hint)


def share(view: View) -> Iterator[Diagnostic]:
    """Of classes the difference is a share of rows (M321)."""
    spec = view.spec
    most = spec.scoring.compare.max if spec.scoring and spec.scoring.compare else None
    classes = spec.model is not None and spec.model.task == "classification"
    if most and classes and most.amount >= 1:
        message = f"`max: {most.written()}` never refuses: of classes it is the share of rows that change"
        hint = "write a share below 100%, e.g. `max: 5%`"
        yield Diagnostic("M321", message, ("scoring", "compare", "max"), hint=hint)


def compare(view: View) -> Iterator[Diagnostic]:
    """A candidate to compare with comes from the gate (M302)."""
    scoring = view.spec.scoring
    if scoring and scoring.compare and view.spec.registry is None:
        message = "`compare` needs a `registry`: no version ever becomes a candidate"
        hint = "add a gate, e.g. `registry: {gate: [{metric: mae, improves_on: champion}]}`"
        yield Diagnostic("M302", message, ("scoring", "compare"), hint=hint, on_key=True)


RULES = (apart, one_file, share, compare)
