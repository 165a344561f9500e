"""The whole story: document in, files out. Pure: no clock, no environment variables, no disk."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname

from mlopsc.checks import check
from mlopsc.diagnostics import Diagnostic, Rejected
from mlopsc.files import File, Rendered
from mlopsc.link import link
from mlopsc.model import Model
from mlopsc.plugins import targets_for, with_settings
from mlopsc.render import HouseStyle, Renderer
from mlopsc.resolve import View, model_of, views_of
from mlopsc.source.nodes import Document
from mlopsc.symbols import Symbol, Table, stamped
from mlopsc.targets import Target
from mlopsc.verify import verify


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a spec becomes: its files, the symbols that hold them together, and what is worth saying."""

    model: Model
    files: tuple[Rendered, ...]
    table: Table
    notes: tuple[Diagnostic, ...]
    own: tuple[str, ...]


def compile_spec(document: Document, header: str, beside: Container[str], style: HouseStyle) -> Compiled:
    """Compile one spec.

    `header` is the path by which the files name the spec, `beside` says what exists beside it,
    `style` holds templates that replace ours. Raises `Rejected` with all findings
    of the first stage that has any, each with its place.
    """
    notes: tuple[Diagnostic, ...] = ()
    try:
        views = _views(document, beside)
        written = model_of(views, header)
        targets = targets_for(written)
        notes = check(views, beside, _covered(targets))
        model = with_settings(written, targets)
        table = Table.of(_offers(targets, model))
        files = _files(targets, model, table)
        rendered = tuple(verify(Renderer(header, _folders(targets), style).render(files)))
        own = views[0].spec.own
        # What a back end to come will write cannot be told from a misspelling yet.
        linked = link(rendered, table, () if _incomplete(notes) else own, dirname(header))
    except Rejected as error:
        raise Rejected(document.place(d) for d in (*error.diagnostics, *notes)) from None
    return Compiled(model, linked, table, notes, own)


def _views(document: Document, beside: Container[str]) -> tuple[View, ...]:
    """Return the views; where the shape is wrong, say also what else is wrong."""
    try:
        return views_of(document)
    except Rejected as error:
        from mlopsc.checks.credentials import credentials
        from mlopsc.despite import despite

        more = despite(document, error.diagnostics, lambda views: check(views, beside, frozenset()))
        told = {found.path for found in error.diagnostics if found.code == "M404"}
        # Whatever is printed of a line that holds a credential must hide it.
        hidden = (found for found in credentials(document) if found.path not in told)
        raise Rejected([*error.diagnostics, *more, *hidden]) from None


def _incomplete(notes: Iterable[Diagnostic]) -> bool:
    return any(note.code == "M701" for note in notes)


def _covered(targets: Mapping[str, Target]) -> frozenset[str]:
    return frozenset(section for target in targets.values() for section in target.SECTIONS)


def _offers(targets: Mapping[str, Target], model: Model) -> Iterator[Symbol]:
    for name, target in targets.items():
        for symbol in target.offers(model):
            yield stamped(symbol, name)


def _files(targets: Mapping[str, Target], model: Model, table: Table) -> Iterator[tuple[str, File]]:
    for name, target in targets.items():
        for file in target.files(model, table):
            yield name, file


def _folders(targets: Mapping[str, Target]) -> dict[str, Path]:
    return {
        name: getattr(target, "TEMPLATES") for name, target in targets.items() if hasattr(target, "TEMPLATES")
    }
