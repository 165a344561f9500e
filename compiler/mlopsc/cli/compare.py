"""The work of `check` and `diff`: plan each spec and show how the disk differs."""

from collections.abc import Iterator

from mlopsc.cli.console import say, styled
from mlopsc.cli.session import Session
from mlopsc.diagnostics.render import Form
from mlopsc.project import Project
from mlopsc.tree.diff import diff
from mlopsc.tree.entry import Entry, Plan
from mlopsc.tree.report import report

SAME, DIFFERS, NO_ANSWER = 0, 1, 2


def compare(specs: list[str] | None, into: str | None, root: str | None, form: Form) -> int:
    """Name the cause for each file that differs; returns the exit code."""
    session = Session(form)
    differs = False
    for project, plan in _plans(session, specs, into, root):
        differs |= not plan.clean
        if form == "text":
            _tell(project, plan)
        else:
            session.findings += report(plan)
    session.report()
    return NO_ANSWER if session.rejected else DIFFERS if differs else SAME


def show_diff(specs: list[str] | None, into: str | None, root: str | None) -> int:
    """Print the unified diff of all specs; returns the exit code."""
    session = Session()
    differs = False
    for _, plan in _plans(session, specs, into, root):
        differs |= not plan.clean
        for line in diff(plan):
            say(_coloured(line))
    session.report()
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
    way_out = entry.detail if entry.action == "kept" else "run `mlopsc compile`"
    return f"  {entry.cause.ljust(14)}  {entry.path}: {way_out}"


def _coloured(line: str) -> str:
    style = {"+": "created", "-": "removed", "@": "place"}.get(line[:1], "")
    return styled(line, "strong" if line.startswith(("+++", "---")) else style)
