"""`init`: a first spec, sample data where none is given, and the files that are written once."""

import os
from dataclasses import dataclass
from pathlib import Path

from mlopsc.begin import sample
from mlopsc.begin.first import first_spec
from mlopsc.begin.fit import require_fit
from mlopsc.begin.place import create, create_starters
from mlopsc.begin.propose import validation
from mlopsc.begin.table import UnusableData, read_table
from mlopsc.workspace import SPEC, UsageError, site_of


@dataclass(frozen=True, slots=True)
class Started:
    """What `init` did: `found` says that there was a spec before."""

    spec: Path
    found: bool
    created: tuple[Path, ...]


def start(folder: Path, level: int, data: Path | None) -> Started:
    """Write a spec of a level, for a csv file if one is given; what exists stays as it is.

    Raises `UsageError` for a folder or data file that is none, `UnusableData` for data that no
    spec can be made from, and `Rejected` for a spec that does not compile or a disk that refuses.
    """
    if os.path.lexists(folder) and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder")
    spec = folder / SPEC
    if os.path.lexists(spec):
        return _go_on(spec, data)
    files = _from_data(spec, level, data) if data else _from_sample(spec, level)
    require_fit(site_of(spec), files[SPEC])
    created = create(folder, files)
    return Started(spec, False, (*created, *create_starters(site_of(spec))))


def _go_on(spec: Path, data: Path | None) -> Started:
    if data:
        way_out = f"`mlopsc add validation {spec}` proposes checks for the data that a spec names"
        raise UsageError(f"{spec} is already there, and --from writes a new one: move it away, or {way_out}")
    if not spec.is_file():
        raise UsageError(f"{spec} is there and is no file: move it away, or choose another folder")
    return Started(spec, True, create_starters(site_of(spec)))


def _from_sample(spec: Path, level: int) -> dict[str, bytes]:
    rows, there = sample.sample(), spec.parent / sample.PATH
    if os.path.lexists(there) and not (there.is_file() and there.read_bytes() == rows):
        raise UsageError(f"{there} is already there: `mlopsc init --from {there}` makes a spec for it")
    text = first_spec(_name(spec), sample.PATH, sample.VALIDATION, level, sample.ROLES)
    return {sample.PATH: rows, SPEC: text.encode()}


def _from_data(spec: Path, level: int, data: Path) -> dict[str, bytes]:
    if not os.path.lexists(data):
        raise UsageError(f"there is no {data}")
    path = Path(os.path.relpath(data, spec.parent)).as_posix()
    top = site_of(spec).sources
    if not Path(os.path.abspath(data)).is_relative_to(top):
        raise UnusableData(f"{data} lies outside of {top}: copy it in there, where a spec can name it")
    return {SPEC: first_spec(_name(spec), path, validation(read_table(data)), level).encode()}


def _name(spec: Path) -> str:
    return Path(os.path.abspath(spec)).parent.name
