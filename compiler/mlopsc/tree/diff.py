"""A plan as a unified diff, ready for `patch -p1`; colour is the command line's."""

from collections.abc import Iterator

from mlopsc.tree.entry import Entry, Plan

NO_NEWLINE = "\\ No newline at end of file"


def diff(plan: Plan) -> Iterator[str]:
    """Yield the lines, without line ends, of all files whose bytes differ from the wanted ones."""
    for entry in plan.entries:
        if entry.old != entry.new:
            yield from _file(entry)


def _file(entry: Entry) -> Iterator[str]:
    before = "/dev/null" if entry.old is None else f"a/{entry.path}"
    after = "/dev/null" if entry.new is None else f"b/{entry.path}"
    old, new = _rows(entry.old), _rows(entry.new)
    if old is None or new is None:
        yield f"Binary files {before} and {after} differ"
        return
    yield f"--- {before}"
    yield f"+++ {after}" + (f"\t(kept: {entry.cause})" if entry.action == "kept" else "")
    for row in _hunks(old, new):
        yield row.removesuffix("\n")
        if not row.endswith("\n"):
            yield NO_NEWLINE


def _hunks(old: list[str], new: list[str]) -> Iterator[str]:
    from difflib import unified_diff

    rows = unified_diff(old, new)
    next(rows, None)
    next(rows, None)
    return rows


def _rows(content: bytes | None) -> list[str] | None:
    """Split at line feeds alone, since other separators are part of a line; None if not text."""
    if content is None:
        return []
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    rows = [row + "\n" for row in text.split("\n")]
    rows[-1] = rows[-1].removesuffix("\n")
    return None if "\0" in text else [row for row in rows if row]
