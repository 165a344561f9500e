"""Append the new files of a folder or URL to the training data, each once, told by name and content.

May be killed at any point: the ledger beside the data first says what is about to be in it, and the
data is replaced in one step, so that the next run sees which of the two it finds.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

from digests import digest
from tables import MalformedError, find
from verdict import write_json

Judge = Callable[[str], list[str]]
Check = Callable[[str, list[str]], None]
LeftOut = dict[str, list[str]]


class UnfitError(MalformedError):
    """A file that does not fit the data; `name` is the file."""

    def __init__(self, name: str, why: str) -> None:
        """Take the file, and what is wrong with it."""
        super().__init__(why)
        self.name = name


def take(config: dict[str, Any], judge: Judge, check: Check) -> tuple[list[str], LeftOut]:
    """Append what is new; return the files that came in, and those that were left out, each with reasons.

    `judge` returns what is wrong with a file. `check` sees the data as it would be, and the new files;
    what it raises leaves the data as it is. Raises ValueError for data at a URL or a glob.
    """
    path = Path(config["path"])
    if "://" in config["path"] or any(sign in config["path"] for sign in "*?["):
        raise ValueError(f"cannot append to {config['path']}: give data.fetch, a command that does")
    ledger = path.with_name(f"{path.name}.fetched.json")
    done = _settled(ledger, path)
    waiting = {name: digest(name) for name in _incoming(config)}
    new = sorted(name for name, content in waiting.items() if done.get(name) != content)
    left = {name: why for name in new if (why := judge(name))}
    new = [name for name in new if name not in left]
    draft = path.with_name(f".{path.name}.draft{path.suffix}")
    try:
        new = _fitting(draft, path, new, waiting, config["format"], left)
        if not new:
            return [], left
        check(str(draft), new)
        files = done | {name: waiting[name] for name in new}
        write_json(ledger, {"files": done, "next": {"data": digest(str(draft)), "files": files}})
        _replace(draft, path)
        write_json(ledger, {"files": files})
    finally:
        _remove(draft)
    return new, left


def _fitting(
    draft: Path, path: Path, new: list[str], hashes: dict[str, str], suffix: str, left: LeftOut
) -> list[str]:
    """Write the data as it would be with the files that fit, and return these; the others are left out."""
    while new:
        try:
            _draft(draft, path, new, hashes, suffix)
            break
        except UnfitError as fault:
            left[fault.name] = [str(fault)]
            new = [name for name in new if name != fault.name]
    return new


def _settled(ledger: Path, path: Path) -> dict[str, str]:
    """Return the files that are in the data, also after a run that was killed on the way."""
    if not ledger.exists():
        return {}
    known = json.loads(ledger.read_text(encoding="utf-8"))
    coming = known.get("next")
    done: dict[str, str] = (
        coming["files"] if coming and coming["data"] == digest(str(path)) else known["files"]
    )
    return done


def _incoming(config: dict[str, Any]) -> list[str]:
    try:
        found = find(config["incoming"], config["format"])
    except FileNotFoundError:
        return []
    # Where `make watch` puts what it refused.
    return [name for name in found if "/quarantine/" not in name]


def _draft(draft: Path, path: Path, new: list[str], hashes: dict[str, str], suffix: str) -> None:
    """Write the data as it would be with the new files."""
    draft.parent.mkdir(parents=True, exist_ok=True)
    _remove(draft)
    if path.is_dir() or not path.suffix:
        if path.exists():
            shutil.copytree(path, draft, copy_function=os.link)
        draft.mkdir(exist_ok=True)
        for name in new:
            _copy(name, draft / f"{Path(name).stem}-{hashes[name][:8]}.{suffix}")
        return
    if suffix == "parquet":
        _join_parquet(draft, [*([str(path)] if path.exists() else []), *new])
        return
    if path.exists():
        shutil.copyfile(path, draft)
    with draft.open("a", newline="", encoding="utf-8") as out:
        _join_csv(out, next(_rows(str(path)), []) if path.exists() else [], _ends_open(draft), new)


def _ends_open(file: Path) -> bool:
    """Return whether the last line of a file lacks its end."""
    with file.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - 1))
        return stream.read() not in (b"", b"\n")


def _join_csv(out: TextIO, header: list[str], open_end: bool, names: list[str]) -> None:
    """Write the rows of csv files in the order of the header; without one, that of the first file."""
    out.write("\n" if open_end else "")
    writer = csv.writer(out, lineterminator="\n")
    for name in names:
        rows = _rows(name)
        own = next(rows, [])
        if not header:
            header = own
            writer.writerow(header)
        places = _places(name, own, header)
        for number, row in enumerate(rows, 2):
            if len(row) != len(own):
                raise UnfitError(name, f"has {len(row)} fields instead of {len(own)} in row {number}")
            writer.writerow([row[place] for place in places])


def _rows(name: str) -> Iterator[list[str]]:
    import fsspec

    with fsspec.open(name, "r", newline="", encoding="utf-8-sig") as stream:
        yield from (row for row in csv.reader(stream) if row)


def _join_parquet(target: Path, sources: list[str]) -> None:
    import fsspec
    import pyarrow.parquet as pq

    writer = None
    try:
        for name in sources:
            with fsspec.open(name, "rb") as stream:
                file = pq.ParquetFile(stream)
                schema = writer.schema if writer else file.schema_arrow
                writer = writer or pq.ParquetWriter(target, schema)
                _places(name, file.schema_arrow.names, schema.names)
                for batch in file.iter_batches():
                    writer.write_batch(batch.select(schema.names).cast(schema))
    finally:
        if writer:
            writer.close()


def _places(name: str, own: list[str], wanted: list[str]) -> list[int]:
    """Return where a file has each wanted column; raise UnfitError if it has others."""
    if sorted(own) != sorted(wanted):
        lacking, more = sorted(set(wanted) - set(own)), sorted(set(own) - set(wanted))
        said = [f"lacks {', '.join(lacking)}"] * bool(lacking) + [f"also has {', '.join(more)}"] * bool(more)
        raise UnfitError(name, " and ".join(said) or "has a column twice")
    return [own.index(column) for column in wanted]


def _copy(name: str, target: Path) -> None:
    import fsspec

    with fsspec.open(name, "rb") as source, target.open("wb") as out:
        shutil.copyfileobj(source, out)


def _replace(draft: Path, path: Path) -> None:
    if not path.is_dir():
        os.replace(draft, path)
        return
    # Files only come to a folder, so that any part of it is a state that the next run completes.
    for file in sorted(draft.iterdir()):
        if not (path / file.name).exists():
            os.replace(file, path / file.name)


def _remove(draft: Path) -> None:
    if draft.is_dir():
        shutil.rmtree(draft)
    draft.unlink(missing_ok=True)
