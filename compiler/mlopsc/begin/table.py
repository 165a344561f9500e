"""A csv file's first rows, read as the programs of a compiled repository will read them."""

import csv
import gzip
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from mlopsc.begin.declined import Declined
from mlopsc.begin.values import is_header

# Enough to see what is usual in a column; reading them takes a moment, however large the file is.
MOST_ROWS = 10_000
_MOST_CELLS = 2_000_000
# Keeps gigabytes without a line end from being read as one line.
_LONGEST_LINE = 1_000_000

_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


class UnusableData(Declined):
    """A data file that is there, but from which no spec can be made."""


@dataclass(frozen=True, slots=True)
class Table:
    """Column names, and the texts of each column; `whole` says that no row was left unread."""

    names: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    whole: bool

    @property
    def rows(self) -> int:
        """Return how many rows were read."""
        return len(self.columns[0])


def read_table(path: Path) -> Table:
    """Read the header and at most `MOST_ROWS` rows.

    Raises `UnusableData` with the reason for what is no csv with a header and rows.
    """
    lines = _Lines()
    try:
        with _opened(path) as file:
            return _table(csv.reader(lines.of(file), strict=True), lines)
    except UnicodeDecodeError as error:
        reason = " is binary, not csv text" if b"\0" in error.object else _not_text(error)
    except csv.Error as error:
        reason = f":{lines.number}: {_in_words(error)}"
    except (OSError, EOFError) as error:
        reason = f" cannot be read: {(getattr(error, 'strerror', None) or str(error)).lower()}"
    except UnusableData as error:
        reason = str(error)
    raise UnusableData(f"{path}{reason}")


def _opened(path: Path) -> IO[str]:
    if not path.is_file():
        raise UnusableData(" is not a file")
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


@dataclass(slots=True)
class _Lines:
    """Counts the lines of a file, and refuses what no text has."""

    number: int = 0

    def of(self, file: IO[str]) -> Iterator[str]:
        while line := file.readline(_LONGEST_LINE):
            self.number += 1
            if "\0" in line:
                raise UnusableData(" is binary, not csv text")
            if len(line) == _LONGEST_LINE:
                raise UnusableData(f":{self.number}: the line is longer than {_LONGEST_LINE:,} characters")
            yield line


def _table(rows: Iterator[list[str]], lines: _Lines) -> Table:
    # pandas skips blank lines too; a line with nothing but "" is none.
    filled = (row for row in rows if len(row) > 1 or (row and not row[0].isspace()))
    header = next(filled, None)
    if header is None:
        raise UnusableData(" is empty: a csv has a header and rows")
    _check_header(header)
    most = min(MOST_ROWS, 1 + _MOST_CELLS // len(header))
    body = list(_even(itertools.islice(filled, most), len(header), lines))
    if not body:
        raise UnusableData(" has a header and no rows: there is nothing to propose checks from")
    return Table(tuple(header), tuple(zip(*body, strict=True)), next(filled, None) is None)


def _check_header(header: Sequence[str]) -> None:
    other = next((sign for sign in _OTHER_DELIMITERS if sign in header[0]), None)
    if len(header) == 1 and other:
        raise UnusableData(f" separates its columns by {_OTHER_DELIMITERS[other]}: save it with commas")
    if not is_header(header):
        raise UnusableData(f" has no header: its first line holds values ({', '.join(header[:3])})")
    double = next((name for name in header if name and header.count(name) > 1), None)
    if double is not None:
        raise UnusableData(f" has two columns named {double!r}: give each its own name")


def _even(rows: Iterator[list[str]], width: int, lines: _Lines) -> Iterator[list[str]]:
    for row in rows:
        if len(row) > width:
            cells = f"{len(row)} values, and the header has {width}"
            raise UnusableData(f":{lines.number}: the row has {cells}; quote values that hold a comma")
        yield row + [""] * (width - len(row))


def _not_text(error: UnicodeDecodeError) -> str:
    return f" is not UTF-8 text (byte 0x{error.object[error.start]:02x}): save it as UTF-8"


def _in_words(error: csv.Error) -> str:
    return "a quoted value is never closed" if "unexpected end" in str(error) else str(error)
