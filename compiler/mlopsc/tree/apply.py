"""Carry out a plan: the only code that writes. It may be killed at any moment.

Before the first file, a pending lock says which hashes may be met from now on; after the last one
the new lock takes its place. Whoever compiles next therefore knows every file as ours, whatever
the spec has become in the meantime.
"""

import os
import posixpath
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from mlopsc.diagnostics import Diagnostic, Rejected
from mlopsc.tree import disk
from mlopsc.tree.entry import Entry, Plan
from mlopsc.tree.lock import PENDING, TEMP
from mlopsc.tree.place import Tree
from mlopsc.tree.record import Hashes, Lock
from mlopsc.tree.view import View

if sys.platform != "win32":
    import fcntl


@contextmanager
def exclusive(root: Path) -> Iterator[None]:
    """Make the root if needed and hold it for one compile; a second one waits here.

    A plan that is to be applied must be made inside. Raises `Rejected` (M602).
    """
    with disk.trouble("write to", os.fspath(root)):
        os.makedirs(root, exist_ok=True)
    with _held(root) if sys.platform != "win32" else nullcontext():
        yield


@contextmanager
def _held(root: Path) -> Iterator[None]:
    with disk.trouble("write to", os.fspath(root)):
        handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):  # some network file systems have no locks, and compile without
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def apply(tree: Tree, plan: Plan) -> None:
    """Write what the plan says.

    Raises `Rejected` when the disk refuses (M602) or a file changed since it was looked at (M609);
    what was written until then is known to the pending lock, and the next compile goes on.
    """
    _sweep(tree, plan)
    entries = [entry for entry in plan.entries if entry.path != tree.lock]
    if plan.lock and any(entry.writes for entry in entries):
        _save(tree, PENDING, _pending(tree, plan.lock, plan.known, entries))
    for entry in entries:
        if entry.action == "removed":
            _remove(tree, entry)
    for path in sorted(plan.gone, reverse=True):
        disk.prune(tree.root, tree.disk(path))
    for entry in entries:
        if entry.action in ("created", "changed") and entry.new is not None:
            _write(tree, entry, entry.new)
        elif entry.action == "unchanged" and entry.executable:
            with disk.trouble("make executable", entry.path):
                disk.make_executable(tree.disk(entry.path))
    if plan.lock:
        _save(tree, "", plan.lock)
        with disk.trouble("remove", tree.lock + PENDING):
            disk.remove(tree.disk(tree.lock + PENDING))


def _sweep(tree: Tree, plan: Plan) -> None:
    view, folders = View(tree.root), {posixpath.dirname(path) for path in (tree.lock, *plan.known)}
    for folder in sorted(folders):
        left = posixpath.join(folder, TEMP)
        if isinstance(view.at(left), bytes):
            with disk.trouble("remove", left):
                disk.remove(tree.disk(left))


def _pending(tree: Tree, lock: Lock, known: Hashes, entries: list[Entry]) -> Lock:
    hashes = [*known.items(), *((entry.path, entry.hashes) for entry in entries if entry.writes)]
    return lock.pending((tree.to_lock(path), values) for path, values in hashes)


def _save(tree: Tree, suffix: str, lock: Lock) -> None:
    path, text = tree.lock + suffix, lock.text().encode("utf-8", "surrogateescape")
    if View(tree.root).at(path) != text:
        with disk.trouble("write", path):
            disk.write(tree.disk(path), text)


def _remove(tree: Tree, entry: Entry) -> None:
    _prepare(tree, entry)
    with disk.trouble("remove", entry.path):
        disk.remove(tree.disk(entry.path))


def _write(tree: Tree, entry: Entry, content: bytes) -> None:
    _prepare(tree, entry)
    with disk.trouble("write", entry.path):
        disk.write(tree.disk(entry.path), content, entry.executable)


def _prepare(tree: Tree, entry: Entry) -> None:
    """Look once more, since an editor may have saved in between, and put forced bytes aside."""
    if View(tree.root).at(entry.path) != entry.old:
        hint = "compile again: the file is now looked at as it is"
        raise Rejected([Diagnostic("M609", f"{entry.path} changed while mlopsc was compiling", hint=hint)])
    if entry.saved and entry.old is not None:
        with disk.trouble("write", entry.saved):
            disk.write(tree.disk(entry.saved), entry.old)
