"""`add`: one more section in a spec that is there."""

import os
from pathlib import Path

from mlopsc.begin.declined import Declined
from mlopsc.begin.fit import require_fit
from mlopsc.begin.insert import insert
from mlopsc.begin.place import create_starters, replace_spec
from mlopsc.begin.propose import validation
from mlopsc.begin.sections import addable, section_text
from mlopsc.begin.table import UnusableData, read_table
from mlopsc.languages.yaml import encode
from mlopsc.project import Project
from mlopsc.source import read_document
from mlopsc.spec import parse
from mlopsc.spec.root import KEYS
from mlopsc.spec.suggest import did_you_mean
from mlopsc.workspace import Site, UsageError


def check_section(section: str) -> None:
    """Raise `UsageError` for a word that is no section which can be added."""
    if section in addable():
        return
    if section in KEYS:
        line = f"{section}: {encode(KEYS[section].example)}"
        raise UsageError(f"`{section}` names what only you know: write it yourself, such as `{line}`")
    hint = did_you_mean(section, addable())
    known = f"the sections are {', '.join(addable())}"
    raise UsageError(f"there is no section `{section}`; {hint + ' ' if hint else ''}{known}")


def extend(site: Site, section: str) -> tuple[Path, ...]:
    """Put a section into a spec, and return the starters that were created with it.

    Raises `UsageError` for a spec that is a link, `Declined` where the section cannot go in,
    `Rejected` for a spec that is rejected before, and `Unfit` for one that would be after.
    """
    path = site.sources / site.name
    if path.is_symlink():
        raise UsageError(f"{os.path.relpath(path)} is a symbolic link: give the path of the file itself")
    old = path.read_bytes()
    project = Project.read(site, old)
    project.compile()
    new = _with(project, old, section)
    require_fit(site, new)
    replace_spec(path, old, new)
    return create_starters(site)


def _with(project: Project, old: bytes, section: str) -> bytes:
    name = os.path.relpath(project.site.sources / project.site.name)
    own = read_document(old, name).root
    there = own.child(section)
    if there and there.key:
        raise Declined(f"{name}:{there.key.line}:{there.key.column}: `{section}` is already there")
    text = _proposed(project) if section == "validation" else ""
    return insert(old, own, section, text or section_text(section, parse(project.document)))


def _proposed(project: Project) -> str:
    """Return checks that the data at hand passes, or nothing when it cannot be looked at."""
    path = project.document.find(("data", "path"))
    if path is None or not isinstance(path.value, str):
        return ""
    file = (project.site.sources / project.site.name).parent / path.value
    try:
        return validation(read_table(file)) if file.is_file() else ""
    except UnusableData:
        return ""
