"""The table of all that the targets bring."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from mlopsc.diagnostics import Diagnostic, Path, Rejected
from mlopsc.symbols.kinds import Symbol

S = TypeVar("S", bound=Symbol)


@dataclass(frozen=True, slots=True)
class Need:
    """What a file relies on: the symbol `name` of `kind`, because of the spec path `at`."""

    kind: type[Symbol]
    name: str
    at: Path = ()


class Table:
    """All offered symbols, by kind and name, in the order of their names."""

    def __init__(self, symbols: dict[tuple[type[Symbol], str], Symbol]) -> None:
        self._symbols = symbols

    @classmethod
    def of(cls, symbols: Iterable[Symbol]) -> "Table":
        """Collect symbols; raise `Rejected` when two that may not double have one name."""
        table: dict[tuple[type[Symbol], str], Symbol] = {}
        clashes: list[Diagnostic] = []
        for symbol in symbols:
            key = (type(symbol), symbol.name)
            known = table.setdefault(key, symbol)
            if known is not symbol and (symbol.doubles == "refuse" or known != symbol):
                clashes.append(_clash(known, symbol))
        if clashes:
            raise Rejected(clashes)
        return cls(dict(sorted(table.items(), key=lambda item: (item[0][0].__name__, item[0][1]))))

    def __getitem__(self, kind: type[S]) -> tuple[S, ...]:
        return tuple(s for s in self._symbols.values() if type(s) is kind)

    def __contains__(self, need: Need) -> bool:
        return (need.kind, need.name) in self._symbols

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self._symbols.values())


def stamped(symbol: Symbol, target: str) -> Symbol:
    """Return the symbol with the name of the target that brings it."""
    return replace(symbol, target=target)


def _clash(known: Symbol, symbol: Symbol) -> Diagnostic:
    kind = type(symbol).__name__.lower()
    return Diagnostic(
        "M502",
        f"the targets {known.target} and {symbol.target} both bring the {kind} `{symbol.name}`",
        symbol.at or known.at,
        hint="rename one of them; two files or commands of one name cannot both be right",
    )
