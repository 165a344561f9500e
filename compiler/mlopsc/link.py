"""The linker: proof that the artifacts agree with each other before any of them is written."""

from collections.abc import Iterable, Iterator, Sequence
from posixpath import join, normpath

from mlopsc.diagnostics import Diagnostic, Rejected
from mlopsc.files import Place, Rendered
from mlopsc.symbols import Alert, Command, Dag, Job, Metric, Need, Program, Symbol, Table


def link(
    rendered: Sequence[Rendered], table: Table, own: Sequence[str] = (), folder: str = ""
) -> tuple[Rendered, ...]:
    """Return the files in order when all that they rely on is there.

    `folder` is that of the spec, from the root: where it is the root, ROOT and MODEL files meet.
    Raises `Rejected`: M501 something needed that nothing brings, M505 two files with one path or a
    path outside, M506 an `own` entry that names no generated file.
    """
    paths = {item.file.path for item in rendered}
    findings = [
        *_places(rendered, folder),
        *(d for item in rendered for need in item.file.needs for d in _missing(item, need, table)),
        *(d for symbol in table for d in _references(symbol, table, paths)),
        *_owned(own, paths),
    ]
    if findings:
        raise Rejected(findings)
    return tuple(sorted(rendered, key=lambda item: (item.file.place.name, item.file.path)))


def _places(rendered: Sequence[Rendered], folder: str) -> Iterator[Diagnostic]:
    seen: dict[str, Rendered] = {}
    for item in rendered:
        path = item.file.path
        if normpath(path) != path or path.split("/")[0] in ("", "..") or not path.isprintable():
            yield Diagnostic(
                "M505",
                f"the target {item.target} writes to `{path}`",
                item.file.at,
                hint="a target writes inside the repository, by a plain relative path",
            )
        other = seen.setdefault(join(folder if item.file.place is Place.MODEL else "", path), item)
        if other is not item:
            both = other.target != item.target
            who = (
                f"the targets {other.target} and {item.target} both write"
                if both
                else f"{item.target} writes"
            )
            yield Diagnostic(
                "M505",
                f"{who} {path}{'' if both else ' twice'}",
                item.file.at,
                hint="one file has one owner; offer a symbol to the other target instead",
            )


def _missing(item: Rendered, need: Need, table: Table) -> Iterator[Diagnostic]:
    if need not in table:
        kind = _KINDS.get(need.kind, need.kind.__name__.lower())
        names = [symbol.name for symbol in table[need.kind]]
        message = f"{item.file.path} needs the {kind} `{need.name}`, which nothing brings"
        yield Diagnostic("M501", message, need.at or item.file.at, hint=_nearest(need.name, names))


def _references(symbol: Symbol, table: Table, paths: set[str]) -> Iterator[Diagnostic]:
    match symbol:
        # Further words may be the user's own paths.
        case Command(run=(program, *_)) if program.startswith("ops/") and program not in paths:
            yield _dangling(symbol, "runs", program, sorted(paths))
        case Program() if symbol.name not in paths:
            yield _dangling(symbol, "is", symbol.name, sorted(paths))
        case Job():
            yield from _named(symbol, "runs the command", symbol.commands, table[Command])
        case Dag():
            yield from _named(symbol, "runs the command", symbol.commands, table[Command])
        case Alert():
            yield from _named(symbol, "watches the metric", symbol.metrics, table[Metric])
        case _:
            pass


def _named(symbol: Symbol, verb: str, names: Iterable[str], known: Sequence[Symbol]) -> Iterator[Diagnostic]:
    present = [other.name for other in known]
    return (_dangling(symbol, verb, name, present) for name in names if name not in present)


def _dangling(symbol: Symbol, verb: str, name: str, known: Sequence[str]) -> Diagnostic:
    kind = _KINDS.get(type(symbol), type(symbol).__name__.lower())
    message = f"the {kind} `{symbol.name}` of {symbol.target} {verb} `{name}`, which nothing brings"
    return Diagnostic("M501", message, symbol.at, hint=_nearest(name, known))


def _owned(own: Sequence[str], paths: set[str]) -> Iterator[Diagnostic]:
    for index, path in enumerate(own):
        if path not in paths:
            message = f"`{path}` is not a file that this spec generates"
            yield Diagnostic("M506", message, ("own", index), hint=_nearest(path, sorted(paths)))


def _nearest(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    return (
        f"there is {', '.join(f'`{k}`' for k in list(known)[:8])}"
        if known
        else "nothing of this kind is there"
    )


_KINDS: dict[type[Symbol], str] = {Command: "command", Dag: "DAG"}
