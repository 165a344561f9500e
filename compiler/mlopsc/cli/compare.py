"""The work of `check` and `diff`: plan each spec and show how the disk differs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlopsc.cli.console import complain, say, styled
from mlopsc.cli.session import Session
from mlopsc.diagnostics import Diagnostic
from mlopsc.diagnostics.render import Form
from mlopsc.project import Project
from mlopsc.tree.diff import diff
from mlopsc.tree.entry import Entry, Plan
from mlopsc.tree.report import report, way_out

if TYPE_CHECKING:
    from mlopsc.cli.papers import Papers

SAME, DIFFERS, NO_ANSWER = 0, 1, 2


def compare(
    specs: list[str] | None,
    into: str | None,
    root: str | None,
    form: Form,
    since: str | None = None,
    papers: "Papers | None" = None,
) -> int:
    """Name the cause for each file that differs; returns the exit code.

    `since` leaves alone what no change since that commit touches; `papers` are written besides.
    """
    session = Session(form, "mlopsc check", since)
    stale: list[Diagnostic] = []
    summary = papers.begin(specs or []) if papers else None
    for project, plan in _plans(session, specs, into, root):
        stale += report(plan)
        if summary:
            summary.add(plan)
        if form == "text":
            _tell(project, plan)
    refused = session.findings
    if form != "text":
        session.findings = [*refused, *stale]
    session.report()
    session.tell_left_alone()
    if papers:
        papers.finish(summary, refused, stale, session.left_alone())
    return _code(session, bool(stale))


def show_diff(specs: list[str] | None, into: str | None, root: str | None, since: str | None = None) -> int:
    """Print the unified diff of all specs; returns the exit code."""
    session = Session(since=since)
    differs = False
    for _, plan in _plans(session, specs, into, root):
        differs |= not plan.clean
        for line in diff(plan):
            say(_coloured(line))
    session.report()
    if session.left_alone():
        complain(session.left_alone())  # standard output is a patch
    return _code(session, differs)


def _code(session: Session, differs: bool) -> int:
    return NO_ANSWER if session.rejected else DIFFERS if differs else SAME


def _plans(
    session: Session, specs: list[str] | None, into: str | None, root: str | None
) -> Iterator[tuple[Project, Plan]]:
    for project, compiled in session.run(specs, into, root):
        session.findings = session.findings[: len(session.findings) - len(compiled.notes)]
        plan = session.guard(lambda: project.plan(compiled))  # noqa: B023 - called at once
        if plan:
            yield project, plan


def _tell(project: Project, plan: Plan) -> None:
    stale = [entry for entry in plan.entries if entry.cause]
    if not stale:
        say(f"{project.site.header}: up to date")
        return
    say(styled(project.site.header, "strong"))
    for entry in stale:
        say(_line(entry))


def _line(entry: Entry) -> str:
    return f"  {entry.cause.ljust(14)}  {entry.path}: {way_out(entry)}"


def _coloured(line: str) -> str:
    style = {"+": "created", "-": "removed", "@": "place"}.get(line[:1], "")
    return styled(line, "strong" if line.startswith(("+++", "---")) else style)
