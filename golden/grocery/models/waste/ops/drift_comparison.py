"""The reference and the current data side by side: which columns are compared, and how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from drift_data import Sample, Source, draw, logical_types
from drift_pairs import Axis, Pair, pairs

NUMERIC = ("ks", "wasserstein", "msd")
SIDES = ("reference", "current data")


@dataclass(frozen=True)
class Test:
    """One method on one column: drift below a p-value, or above a statistic."""

    column: str
    method: str
    p_value: float | None = None
    above: float | None = None
    by_id: bool = False


@dataclass(frozen=True)
class Comparison:
    """Two sources of the same columns, and the tests of these; `key` is the column that joins rows."""

    sources: tuple[Source, Source]
    tests: list[Test]
    key: str = ""

    @cached_property
    def samples(self) -> tuple[Sample, Sample]:
        """Return the rows of both sides, or samples of them."""
        key = self.key if any(test.by_id for test in self.tests) else ""
        return draw(self.sources[0], key), draw(self.sources[1], key)

    @cached_property
    def pairs(self) -> dict[Axis, Pair]:
        """Return the counts of each tested column that both sides have."""
        axes = dict.fromkeys(self.axis(test) for test in self.tests if not self.missing(test.column))
        return pairs(self.sources, self.samples, list(axes))

    @property
    def rows(self) -> tuple[int, int]:
        """Return the number of rows of both sides."""
        return self.samples[0].rows, self.samples[1].rows

    def kind(self, column: str) -> str:
        """Return the logical type of a column."""
        return self.sources[0].types[column]

    def axis(self, test: Test) -> Axis:
        """Return what a test compares: a column, as numbers or as categories."""
        numbers = self.kind(test.column) in ("integer", "number", "timestamp")
        return test.column, test.method in NUMERIC or (test.method == "psi" and numbers)

    def missing(self, column: str) -> str:
        """Return which side has no such column in any file, empty where both have it."""
        rows = zip(SIDES, self.sources, self.samples, strict=True)
        return " and the ".join(
            side for side, source, _ in rows if len(source.lacking.get(column, [])) == len(source.files)
        )

    def joined(self, column: str) -> Any:
        """Return the values of a column in the rows of both sides that have one key; the last row counts."""
        sides = [
            sample.frame[[self.key, column]].dropna().drop_duplicates(self.key, keep="last")
            for sample in self.samples
        ]
        return sides[0].merge(sides[1], on=self.key).iloc[:, 1:].to_numpy(dtype=float)

    def notes(self) -> Iterator[str]:
        """Yield what is wrong with values and files, whatever the tests say."""
        for side, source in zip(SIDES, self.sources, strict=True):
            for name, count in source.unread.items():
                if count:
                    yield f"{name}: {count} values of the {side} cannot be read as {source.types[name]}"
            for name, files in source.lacking.items():
                if len(files) < len(source.files):
                    yield f"{name}: {len(files)} of {len(source.files)} files of the {side} lack the column"


def compare(
    reference: tuple[list[str], str],
    current: tuple[list[str], str],
    tests: list[Test],
    declared: dict[str, str],
    key: str = "",
) -> Comparison:
    """Return the comparison of two lists of files, each with its format.

    A column has its declared type, else the one that it has in the reference.
    """
    names = list(dict.fromkeys([*(test.column for test in tests), *([key] if key else [])]))
    types = dict.fromkeys(names, "") | logical_types(*current, names, declared)
    types |= {name: kind for name, kind in logical_types(*reference, names, declared).items() if kind}
    for test in tests:
        if test.method in NUMERIC and types[test.column] in ("", "string"):
            types[test.column] = "number"
    types = {name: kind or "string" for name, kind in types.items()}
    sources = [Source(*side, types, declared) for side in (reference, current)]
    return Comparison((sources[0], sources[1]), tests, key)
