"""The work of `compile`: plan and apply each spec, and say what happens to each file."""

import os
from pathlib import Path

from mlopsc.cli.console import say, styled
from mlopsc.cli.session import Session
from mlopsc.compile import Compiled
from mlopsc.project import Project
from mlopsc.tree.apply import apply, exclusive
from mlopsc.tree.entry import Entry, Plan
from mlopsc.workspace import UsageError


def emit(
    specs: list[str] | None, into: str | None, root: str | None, *, dry_run: bool, force: list[str]
) -> int:
    """Compile all specs; returns the exit code: 0, or 1 when a spec was rejected or a file kept."""
    session = Session()
    kept = used = 0
    for project, compiled in session.run(specs, into, root):
        forced = _forced(project, force)
        plan = session.guard(lambda: _carry_out(project, compiled, forced, dry_run))  # noqa: B023 - called at once
        if plan:
            used += len(forced & {entry.path for entry in plan.entries})
            kept += sum(entry.action == "kept" for entry in plan.entries)
            _tell(project, plan, dry_run)
    session.report()
    if force and not used and not session.rejected:
        raise UsageError(f"--force {force[0]}: no such file is generated here")
    return 1 if session.rejected or kept else 0


def _carry_out(project: Project, compiled: Compiled, force: frozenset[str], dry_run: bool) -> Plan:
    if dry_run:
        return project.plan(compiled, force)
    with exclusive(project.site.root):
        plan = project.plan(compiled, force)
        apply(project.tree, plan)
    return plan


def _forced(project: Project, force: list[str]) -> frozenset[str]:
    """Return forced paths from the root: as seen from the working directory, or from the spec."""
    root = project.site.root
    found = set()
    for name in force:
        for base in (Path.cwd(), root / project.site.folder):
            path = Path(os.path.normpath(base / name))
            if path.is_relative_to(root) and path.exists():
                found.add(path.relative_to(root).as_posix())
    return frozenset(found)


def _tell(project: Project, plan: Plan, dry_run: bool) -> None:
    entries = [entry for entry in plan.entries if entry.path != project.tree.lock]
    said = [entry for entry in entries if entry.action != "unchanged"]
    same = len(entries) - len(said)
    say(styled(project.site.header, "strong") + (" (dry run: nothing is written)" if dry_run else ""))
    for entry in said:
        say(_line(entry))
    if same or not entries:
        say(f"  unchanged  {same} file{'s' * (same != 1)}" if entries else "  nothing to generate")
    if not dry_run and any(e.action == "created" and e.path.endswith("mlops.mk") for e in said):
        say("next: `make setup`, then `make help` lists the commands")


def _line(entry: Entry) -> str:
    if entry.action == "yields":
        return (
            f"  yours      {entry.path}: add the line `{entry.detail}`"
            if entry.detail
            else f"  yours      {entry.path}"
        )
    why = f" ({entry.cause}): {entry.detail}" if entry.action == "kept" else ""
    saved = f" (your version is kept as {entry.saved})" if entry.saved else ""
    return f"  {styled(entry.action.ljust(9), entry.action)}  {entry.path}{why}{saved}"
