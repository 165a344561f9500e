"""The text of `.mlopsc.lock`, and the one question that `check` asks before anything is imported.

`sha256sum -c --strict` reads the file from its own folder; all that it must not see stands in
comments, `# kind value  path`. This module imports next to nothing, to start fast.
"""

import os

from mlopsc.sha256 import sha256

NAME = ".mlopsc.lock"
PENDING = ".pending"
TEMP = ".mlopsc.tmp"
HEADER = f"# Written by mlopsc, not by hand; to verify: sha256sum -c --strict {NAME}"
END = "# end"
KINDS = frozenset({"compiler", "build", "spec", "source", "present", "absent", "house", "kept"})

DIGITS = 64

Line = tuple[str, str, str]


def digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes as 64 hexadecimal digits."""
    return str(sha256(content).hexdigest())


def lines(text: str) -> list[Line]:
    """Return (kind, value, path) for each line; raise ValueError where the text is not a whole lock."""
    rows = text.split("\n")
    if rows[0] != HEADER or rows[-2:] != [END, ""]:
        raise ValueError("its first or last line is missing")
    return [_line(number, row) for number, row in enumerate(rows[1:-2], 2)]


def _line(number: int, row: str) -> Line:
    head, _, path = row.partition("  ")
    if head.startswith("# "):
        kind, _, value = head[2:].partition(" ")
    else:
        kind, value = "file", head
    hashed = kind in ("file", "source")
    if not (kind == "file" or kind in KINDS) or (hashed and not (_is_digest(value) and path)):
        raise ValueError(f"line {number} is not one that mlopsc writes")
    return kind, value, path


def _is_digest(value: str) -> bool:
    return len(value) == DIGITS and not value.strip("0123456789abcdef")


def lock_is_clean(lock_path: str, build: str, spec: str = "") -> bool:
    """Tell whether all is as this very build left it: inputs, names asked about, and every file.

    `spec` is the spec's path from the root, for which the lock must have been written.

    False means "look closer", never an error: a lock that is missing or broken, a compile that was
    killed or had to keep somebody's file, and a house, which answers for its models too, all need
    the whole compiler.
    """
    folder = os.path.dirname(lock_path)
    try:
        with open(lock_path, encoding="utf-8", errors="surrogateescape", newline="") as file:
            rows = lines(file.read())
        return (
            ("build", build, "") in rows
            and (not spec or ("spec", "", spec) in rows)
            and not os.path.lexists(lock_path + PENDING)
            and not _through_link(folder, {os.path.dirname(row[2]) for row in rows if row[0] == "file"})
            and all(_holds(folder, *row) for row in rows)
        )
    except (OSError, ValueError):
        return False


def _holds(folder: str, kind: str, value: str, path: str) -> bool:
    if kind in ("present", "absent"):
        return os.path.lexists(os.path.join(folder, path)) == (kind == "present")
    if kind in ("file", "source"):
        return _digest_of(os.path.join(folder, path), follow=kind == "source") == value
    return kind not in ("house", "kept")


def _digest_of(path: str, follow: bool) -> str:
    # O_NONBLOCK: a pipe put in the place of a file must not make `check` wait for ever.
    extra = getattr(os, "O_NONBLOCK", 0) | (0 if follow else getattr(os, "O_NOFOLLOW", 0))
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | extra)) as file:
        return digest(file.read())


def _through_link(folder: str, below: set[str]) -> bool:
    while below:
        if any(os.path.islink(os.path.join(folder, name)) for name in below):
            return True
        below = {os.path.dirname(name) for name in below} - {"", ".."}
        below = {name for name in below if not name.endswith("/..")}
    return False
