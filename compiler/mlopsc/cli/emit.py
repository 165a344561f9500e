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
    specs: list[str] | None,
    into: str | None,
    root: str | None,
    *,
    dry_run: bool,
    force: list[str],
    since: str | None = None,
) -> int:
    """Compile all specs; returns the exit code: 0, or 1 when a spec was rejected or a file kept."""
    session = Session(since=since)
    unused, begun, kept = dict.fromkeys(force), [], False
    for project, compiled in session.run(specs, into, root):
        forced = _forced(project, force)
        plan = session.guard(lambda: _carry_out(project, compiled, frozenset(forced), dry_run))  # noqa: B023 - called at once
        if plan:
            for entry in plan.entries:
                unused.pop(forced.get(entry.path, ""), None)
            begun += [_folder(project, entry) for entry in plan.entries if _begins(entry)]
            kept |= plan.kept
            _tell(project, plan, dry_run)
    session.report()
    session.tell_left_alone()
    if unused and not session.rejected:
        raise UsageError(f"--force {next(iter(unused))}: no such file is generated here")
    if begun and not dry_run:
        say(_next(begun))
    return 1 if session.rejected or kept else 0


def _carry_out(project: Project, compiled: Compiled, force: frozenset[str], dry_run: bool) -> Plan:
    if dry_run:
        return project.plan(compiled, force)
    with exclusive(project.site.root):
        plan = project.plan(compiled, force)
        apply(project.tree, plan)
    return plan


def _forced(project: Project, force: list[str]) -> dict[str, str]:
    """Map forced paths from the root to the names given; seen from here, else the spec, else the root."""
    root = project.site.root
    found = {}
    for name in force:
        paths = [Path(os.path.normpath(b / name)) for b in (Path.cwd(), root / project.site.folder, root)]
        path = next((path for path in paths if path.is_relative_to(root) and path.exists()), None)
        if path:
            found[path.relative_to(root).as_posix()] = name
    return found


def _begins(entry: Entry) -> bool:
    return entry.action == "created" and os.path.basename(entry.path) == "mlops.mk"


def _folder(project: Project, entry: Entry) -> str:
    return os.path.relpath(os.path.dirname(project.site.root / entry.path))


def _next(folders: list[str]) -> str:
    several = " in each of these folders"
    where = "" if folders == ["."] else several if len(folders) > 1 else f" in {folders[0]}"
    return f"next: `make setup`{where}, then `make help` lists the commands"


def _tell(project: Project, plan: Plan, dry_run: bool) -> None:
    ours = [entry for entry in plan.entries if entry.path != project.tree.lock]
    entries = [entry for entry in ours if entry.action != "yields" or entry.detail]
    said = [entry for entry in entries if entry.action != "unchanged"]
    same = len(entries) - len(said)
    say(styled(project.site.header, "strong") + (" (dry run: nothing is written)" if dry_run else ""))
    for entry in said:
        say(_line(entry))
    if same or not entries:
        say(f"  unchanged  {same} file{'s' * (same != 1)}" if entries else "  nothing to generate")


def _line(entry: Entry) -> str:
    if entry.action == "yields":
        return f"  yours      {entry.path}: add the line `{entry.detail}`"
    why = f" ({entry.cause}): {entry.detail}" if entry.action == "kept" else ""
    saved = f" (your version is kept as {entry.saved})" if entry.saved else ""
    return f"  {styled(entry.action.ljust(9), entry.action)}  {entry.path}{why}{saved}"
