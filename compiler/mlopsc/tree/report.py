"""A plan as diagnostics, for the formats in which `check` speaks to other tools."""

from mlopsc.diagnostics import Diagnostic, Span
from mlopsc.tree.entry import Entry, Plan

COMPILE = "run `mlopsc compile`"


def report(plan: Plan) -> tuple[Diagnostic, ...]:
    """Return one diagnostic for each file that is not as the spec wants it, at its first line."""
    return tuple(_diagnostic(entry) for entry in plan.entries if entry.code)


def way_out(entry: Entry) -> str:
    """Return what to do about a file that is not as the spec wants it."""
    return entry.detail if entry.action == "kept" else COMPILE


def _diagnostic(entry: Entry) -> Diagnostic:
    span = Span(entry.path, 1, 1, 1, 1)
    return Diagnostic(entry.code, f"{entry.path}: {entry.cause}", hint=way_out(entry), span=span)
