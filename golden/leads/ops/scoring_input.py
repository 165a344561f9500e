"""The table that is scored: found, judged, and lent to the command as one local file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from scoring_columns import faults, needed
from scoring_join import joined
from scoring_model import Model
from scoring_suite import by_suite
from suffixes import suffix_of
from tables import MalformedError, Table, find, load
from verdict import Outcome


@dataclass(frozen=True)
class Given:
    """The input as one local file, its rows as a table with the types of its columns, and any warnings."""

    path: Path
    names: list[str]
    table: Table
    types: dict[str, str]
    stamps: dict[str, tuple[int, ...]]
    warnings: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return len(self.table.frame)

    def changed(self) -> list[str]:
        """Return the local files that were written, replaced or removed since they were read."""
        return [name for name, stamp in self.stamps.items() if _stamp(name) != stamp]


def given(config: dict[str, Any], model: Model, scratch: Path) -> Given | Outcome:
    """Return the input, or why it is not scored; raise OSError where it cannot be read."""
    place = config["scoring"]["input"]
    suffix = suffix_of(place, config["data"]["format"])
    try:
        names = [name for name in find(place, suffix) if "/quarantine/" not in name]
    except FileNotFoundError as fault:
        names = []
        if not _many(place):
            return Outcome("blocked", model.figures, [str(fault)])
    if not names:
        return Outcome("nothing to score", reasons=[f"there is no {suffix} file in {place} yet"])
    stamps = {name: _stamp(name) for name in names if "://" not in name}
    wanted = needed(config, model.columns, model.inputs)
    types = {name: kind for name, kind in wanted.items() if kind}
    try:
        table = load(names, suffix, types)
    except MalformedError as fault:
        return Outcome("blocked", model.figures, [str(fault)])
    wrong = faults(table, wanted)
    # Of a table without its columns the suite would only say the same again.
    warned, wrong = ([], wrong) if wrong else by_suite(config, names, [str(name) for name in table.frame])
    if wrong:
        lines = [*wrong, f"{place} is not scored; mend it, then make score"]
        return Outcome("blocked", model.figures | {"rows_in": len(table.frame)}, lines)
    path = Path(names[0]) if len(names) == 1 and "://" not in names[0] else _brought(names, suffix, scratch)
    return Given(path.resolve(), names, table, types, stamps, [*_unknown(model), *warned])


def _brought(names: list[str], suffix: str, scratch: Path) -> Path:
    """Return the rows of files elsewhere, or of many, as one file here."""
    name = PurePosixPath(names[0]).name if len(names) == 1 else f"input.{suffix}"
    return joined(names, suffix, scratch / name)


def _unknown(model: Model) -> Iterator[str]:
    if model.number and model.columns is None:
        why = "was registered before its columns were recorded"
        yield f"version {model.number} {why}: only declared columns were looked at"


def _many(place: str) -> bool:
    """Say whether a place holds any number of files: a folder, a glob."""
    return any(sign in place for sign in "*?[") or place.endswith("/") or os.path.isdir(place)


def _stamp(name: str) -> tuple[int, ...]:
    """Return numbers that change when a file is written or replaced; none if it is gone."""
    try:
        found = os.stat(name)
    except FileNotFoundError:
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ino
