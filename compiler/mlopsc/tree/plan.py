"""What a compile would change. Reads the disk and writes nothing."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace

from mlopsc.diagnostics import Rejected
from mlopsc.files import Ownership, Rendered
from mlopsc.tree.entry import Action, Entry, Plan
from mlopsc.tree.history import History
from mlopsc.tree.judge import Judge
from mlopsc.tree.place import Tree, is_writable, refusal
from mlopsc.tree.record import Inputs, Lock
from mlopsc.tree.view import View

NOBODY: frozenset[str] = frozenset()
Placed = Mapping[str, Rendered]


def plan(
    tree: Tree, rendered: Iterable[Rendered], inputs: Inputs, own: Set[str] = NOBODY, force: Set[str] = NOBODY
) -> Plan:
    """Compare the tree with what the spec wants.

    `own` (files, or folders with all that is in them) and `force` are paths from the root. Raises
    `Rejected` for a lock that cannot be read (M603) or belongs to another spec (M610), a path that
    may not be used (M604), or a disk that refuses (M602).
    """
    odd = [name for name in (inputs.spec, *inputs.sources) if not is_writable(name)]
    wanted = _placed(tree, rendered, odd)
    history = History.read(tree)
    history.refuse_other_spec(tree, inputs)
    known = {path: values for path, values in history.known.items() if not _is_theirs(path, own, wanted)}
    wanted = {path: file for path, file in wanted.items() if not _is_theirs(path, own, wanted)}
    locked = history.finished.files.keys() if history.finished else NOBODY
    judge = Judge(View(tree.root), known, locked, history.drift(inputs), force)
    entries, gone = _judged(judge, tree.root, wanted)
    lock = _lock(tree, inputs, entries)
    return Plan((*entries, *_renewal(tree, history, lock, entries)), lock, history.known, gone)


def starters(tree: Tree, rendered: Iterable[Rendered]) -> Plan:
    """Plan the files that are written once and are then the user's; what exists stays as it is."""
    view, entries = View(tree.root), []
    for path, each in sorted(_placed(tree, rendered, ()).items()):
        if each.file.ownership is Ownership.STARTER:
            action: Action = "created" if view.at(path) is None else "unchanged"
            entries.append(Entry(path, action, new=each.content, executable=each.file.executable))
    return Plan(tuple(entries))


def _placed(tree: Tree, rendered: Iterable[Rendered], odd: Iterable[str]) -> Placed:
    placed, refused = {}, [refusal(name) for name in odd]
    for each in rendered:
        try:
            placed[tree.path(each.file)] = each
        except Rejected as error:
            refused.extend(error.diagnostics)
    if refused:
        raise Rejected(refused)
    return placed


def _is_theirs(path: str, own: Set[str], wanted: Placed) -> bool:
    if path in wanted and wanted[path].file.ownership is Ownership.STARTER:
        return True
    return any(path == name or path.startswith(name + "/") for name in own)


def _judged(judge: Judge, root: str, wanted: Placed) -> tuple[list[Entry], frozenset[str]]:
    # What goes is decided first: it may stand where something else is to be written.
    orphans = sorted(judge.known.keys() - wanted.keys())
    entries = [entry for entry in map(judge.unwanted, orphans) if entry]
    absent = {path for path in orphans if judge.view.at(path) is None}
    removed = {entry.path for entry in entries if entry.action == "removed" and not entry.saved}
    gone = frozenset(absent | removed)
    judge = replace(judge, view=View(root, gone))
    entries += [judge.wanted(path, each) for path, each in wanted.items()]
    return sorted(entries, key=lambda entry: entry.path), gone


def _lock(tree: Tree, inputs: Inputs, entries: Iterable[Entry]) -> Lock:
    by_name = {tree.to_lock(entry.path): entry for entry in entries}
    files = {name: entry.hashes for name, entry in by_name.items() if entry.hashes}
    # Our own files are in the lock by their bytes; a file that we yielded to matters by being there.
    names = {name: present for name, present in inputs.names.items() if name not in by_name}
    names |= {name: True for name, entry in by_name.items() if entry.action == "yields"}
    kept = tuple(name for name, entry in by_name.items() if entry.action == "kept")
    return Lock(replace(inputs, names=names), kept, files)


def _renewal(tree: Tree, history: History, lock: Lock, entries: list[Entry]) -> Iterator[Entry]:
    """Yield an entry for the lock itself where it alone is out of date, so that `check` sees it."""
    before = history.finished
    files = {tree.from_lock(name): values for name, values in lock.files.items()}
    stale = history.pending or not before or before.files != files
    if not stale or any(entry.cause for entry in entries):
        return
    cause = (history.drift(lock.inputs) if before else "") or "missing"
    detail = "the files are as wanted, and the lock does not say so yet"
    new, old = lock.text().encode("utf-8", "surrogateescape"), View(tree.root).at(tree.lock)
    old = old if isinstance(old, bytes) else None
    yield Entry(tree.lock, "changed" if before else "created", cause, detail, "M607", old=old, new=new)
