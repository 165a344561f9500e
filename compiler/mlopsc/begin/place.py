"""Writes first files: only where nothing stands, and never through a link."""

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from mlopsc.diagnostics import Diagnostic, Rejected
from mlopsc.files import File, Ownership, Rendered, Verbatim
from mlopsc.project import Project
from mlopsc.tree.apply import apply, exclusive
from mlopsc.tree.entry import Entry, Plan
from mlopsc.tree.place import Tree
from mlopsc.tree.plan import starters
from mlopsc.tree.view import Taken, View
from mlopsc.workspace import Site


def create(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Create files by their paths from a folder, which is made; return those that are new.

    Raises `Rejected`: M601 where something else than a file or folder is in the way, M602 when the
    disk refuses.
    """
    tree = Tree(folder.absolute(), PurePosixPath("."))
    taken = [found for found in map(View(tree.root).at, files) if isinstance(found, Taken)]
    if taken:
        raise Rejected([_in_the_way(found) for found in taken])
    return _carried_out(tree, (_once(path, data) for path, data in files.items()))


def create_starters(site: Site) -> tuple[Path, ...]:
    """Create the starters of a spec that are missing, and return them.

    Raises `Rejected` for a spec that does not compile, or when the disk refuses.
    """
    project = Project.read(site)
    return _carried_out(project.tree, project.compile().files)


def replace_spec(spec: Path, old: bytes, new: bytes) -> None:
    """Put a new text in place of a spec in one step; raises `Rejected` if it changed in between (M609)."""
    folder = spec.parent.absolute()
    tree = Tree(folder, PurePosixPath("."))
    with exclusive(folder):
        apply(tree, Plan((Entry(spec.name, "changed", old=old, new=new),)))


def _in_the_way(found: Taken) -> Diagnostic:
    hint = "move it away, or use another folder"
    return Diagnostic(
        "M601", f"{found.what} stands at {found.path}, and nothing is written through it", hint=hint
    )


def _once(path: str, data: bytes) -> Rendered:
    return Rendered(File(path, Verbatim(path), ownership=Ownership.STARTER), data)


def _carried_out(tree: Tree, wanted: Iterable[Rendered]) -> tuple[Path, ...]:
    with exclusive(Path(tree.root)):
        plan = starters(tree, wanted)
        apply(tree, plan)
    return tuple(Path(tree.disk(entry.path)) for entry in plan.entries if entry.action == "created")
