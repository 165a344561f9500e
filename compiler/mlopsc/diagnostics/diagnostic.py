"""One thing to say about a spec, and the one exception that carries such things."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A piece of source text; lines and columns count from 1, `end_column` is exclusive.

    `file` is relative to the repository root, with forward slashes.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding with a documented code, at a symbolic `path` of the spec.

    The span is looked up once, at the end of the stage that found it, because only the
    document knows in which of several extended files the value stands.
    """

    code: str
    message: str
    path: Path = ()
    hint: str = ""
    on_key: bool = False
    span: Span | None = None

    def at(self, span: Span | None) -> "Diagnostic":
        """Return the same finding with its place in the text."""
        return replace(self, span=span)


class Rejected(Exception):
    """A stage refuses its input; raised at most once per stage, caught once in the command line."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(f"{d.code} {d.message}" for d in self.diagnostics))
