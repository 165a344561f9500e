"""One case: a spec on a scratch disk goes through what the command line does, and rules must hold."""

import contextlib
import io
import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlopsc.build_id import build_id
from mlopsc.cli.session import Session
from mlopsc.compile import Compiled
from mlopsc.diagnostics import Diagnostic
from mlopsc.diagnostics.codes import all_codes
from mlopsc.files import Template, Verbatim
from mlopsc.languages import language_of
from mlopsc.project import Project
from mlopsc.source.text import MAX_BYTES, shown
from mlopsc.tree.apply import apply, exclusive
from mlopsc.workspace import UsageError

_FORMS: tuple[Any, ...] = ("text", "text", "text", "json", "github", "sarif")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = {
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.symlink",
    "os.link",
    "os.truncate",
    "os.chmod",
}
# Placed findings point into a spec; only those about the disk have no place.
_OF_THE_TREE = "M6"


class Broken(Exception):
    """A rule that does not hold; the first word is its name."""


@dataclass(frozen=True)
class Outcome:
    """Whether the spec compiled, and the codes of what was said."""

    compiled: bool
    codes: frozenset[str]


class Guard:
    """Makes any write of this process outside a folder fail, while it is `on`."""

    on = False


def guard(scratch: Path) -> None:
    """Put the guard up around a folder; it cannot be taken down, only switched off."""
    sys.dont_write_bytecode = True
    build_id()  # a checkout keeps it beside the bytecode
    inside = os.path.join(os.path.realpath(scratch), "")

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if not Guard.on or (event == "open" and not (isinstance(args[2], int) and args[2] & _WRITES)):
            return
        if event == "open" or event in _CHANGES:
            for path in args[: 2 if event in ("os.rename", "os.link", "os.symlink") else 1]:
                where = os.path.abspath(os.fsdecode(path)) if not isinstance(path, int) else inside
                if not (where + os.sep).startswith(inside) and where != os.devnull:
                    raise Broken(f"outside: {event} {where}")

    sys.addaudithook(hook)


def run(files: Mapping[str, bytes], spec: str, scratch: Path, index: int) -> Outcome:
    """Run one case; raises `Broken`, or whatever the compiler should not have raised."""
    root = scratch / "repository"
    shutil.rmtree(root, ignore_errors=True)
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    Guard.on = True
    try:
        return _run(root, spec, index)
    finally:
        Guard.on = False


def _run(root: Path, spec: str, index: int) -> Outcome:
    session = Session(_FORMS[index % len(_FORMS)])
    made: list[tuple[Project, Compiled]] = []
    with contextlib.suppress(UsageError):
        for project, compiled in session.run([str(root / spec)], None, str(root)):
            made.append((project, compiled))
            session.guard(lambda: _written(project, compiled, index))  # noqa: B023 - called at once
    _reported(session, root)
    return Outcome(bool(made) and not session.rejected, frozenset(found.code for found in session.findings))


def _written(project: Project, compiled: Compiled, index: int) -> None:
    for each in compiled.files:
        if not isinstance(each.file.content, Verbatim):
            # A starter may have any name; its language is that of its template.
            name = each.file.content.name if isinstance(each.file.content, Template) else each.file.path
            wrong = language_of(name).check(each.content.decode())
            if wrong or (each.file.path.endswith(".json") and json.loads(each.content) is None):
                raise Broken(f"unreadable: {each.file.path} {wrong}")
    plan = project.plan(compiled)
    if index % 10 == 0:
        with exclusive(project.site.root):
            apply(project.tree, project.plan(compiled))
        again = project.plan(compiled)
        if [entry.path for entry in again.entries if entry.cause and entry.action != "kept"]:
            raise Broken(f"unsettled: a second compile would write again {plan.entries}")
    if index % 20 == 0 and [e.content for e in project.compile().files] != [
        e.content for e in compiled.files
    ]:
        raise Broken("unsteady: the same spec gave other bytes")


def _reported(session: Session, root: Path) -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        session.report()
    if session.form in ("json", "sarif"):
        json.loads(out.getvalue())
    texts: dict[str, list[str]] = {}
    for found in session.findings:
        _documented(found)
        if found.span:
            file = found.span.file
            lines = texts.get(file) or texts.setdefault(file, _lines(root / file))
            if lines and not _within(found.span, lines):
                raise Broken(f"misplaced: {found.code} at {found.span}")


def _documented(found: Diagnostic) -> None:
    if found.code not in all_codes():
        raise Broken(f"code: {found.code} is not documented")
    if not found.message.strip() or "\n" in found.message:
        raise Broken(f"message: {found.code} says {found.message!r}")
    if found.span is None and not found.code.startswith(_OF_THE_TREE):
        raise Broken(f"placeless: {found.code} {found.message}")


def _lines(file: Path) -> list[str]:
    """Return the lines that a place may lie in; none for a binary or an oversized file."""
    content = file.read_bytes()
    return shown(content).split("\n") if len(content) <= MAX_BYTES and b"\0" not in content else []


def _within(span: Any, lines: list[str]) -> bool:
    ends = (span.end_line, span.end_column) >= (span.line, span.column)
    return ends and 1 <= span.line <= len(lines) and 1 <= span.column <= len(lines[span.line - 1]) + 1
