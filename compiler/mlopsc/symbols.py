"""The vocabulary in which targets say what they bring and what they rely on.

A target's `offers` yields symbols; the linker's table is made of them. A symbol names the spec
path that brought it (`at`), so that a link error points into mlops.yaml.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal, TypeVar

from mlopsc.diagnostics import Diagnostic, Path, Rejected


@dataclass(frozen=True, slots=True)
class Symbol:
    """Something with a name that one target brings and others may rely on.

    `doubles` says what happens when two targets offer the same name: `refuse` (the default),
    or `collapse`, which keeps one of two equal symbols and refuses unequal ones.
    """

    doubles: ClassVar[Literal["refuse", "collapse"]] = "refuse"
    name: str
    at: Path = field(default=(), kw_only=True, compare=False)
    target: str = field(default="", kw_only=True, compare=False)


@dataclass(frozen=True, slots=True)
class Command(Symbol):
    """A `make` command: `run` is an argument vector, `verdict` says that exit 3 is a result.

    A `run` that starts with a `.py` file is run by the repository's own interpreter.
    """

    run: tuple[str, ...] = ()
    help: str = ""
    verdict: bool = False


@dataclass(frozen=True, slots=True)
class Requirement(Symbol):
    """A Python package of the generated repository, pinned exactly."""

    doubles = "collapse"
    version: str = ""
    extras: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Secret(Symbol):
    """An environment variable that is never printed or written."""

    doubles = "collapse"
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class EnvVar(Symbol):
    """An environment variable that is plain configuration."""

    doubles = "collapse"
    purpose: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Program(Symbol):
    """A program or module of the generated repository; `name` is its path.

    A `shared` one is offered by every target that relies on it, and written by `repository`.
    """

    doubles = "collapse"
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Report(Symbol):
    """A file that a program writes under reports/; `name` is its path."""

    help: str = ""


@dataclass(frozen=True, slots=True)
class Job(Symbol):
    """Scheduled work: `command` names a Command, `cron` is a five-field expression."""

    command: str = ""
    cron: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Stage(Symbol):
    """A DVC stage."""

    cmd: str = ""
    deps: tuple[str, ...] = ()
    outs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metric(Symbol):
    """A Prometheus metric that some program exports."""

    help: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert(Symbol):
    """An alerting rule over one exported metric."""

    metric: str = ""
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Topic(Symbol):
    """A topic or queue of the broker."""

    doubles = "collapse"


@dataclass(frozen=True, slots=True)
class KubernetesObject(Symbol):
    """A manifest's object; `name` is `Kind/name`."""

    environment: str = ""


@dataclass(frozen=True, slots=True)
class Dag(Symbol):
    """An Airflow DAG; `commands` are the make commands that its tasks call."""

    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note(Symbol):
    """What was decided, for the runbook; `name` is the heading, `lines` are its list."""

    lines: tuple[str, ...] = ()


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
