"""Reads every rendered text back with a parser of its language, before anything is written."""

from collections.abc import Iterable, Iterator

from mlopsc.diagnostics import Diagnostic, Rejected
from mlopsc.files import Rendered, Template
from mlopsc.languages import language_of


def verify(rendered: Iterable[Rendered]) -> Iterator[Rendered]:
    """Yield what can be read back; raises `Rejected` (M504) for text that its language refuses."""
    for item in rendered:
        if isinstance(item.file.content, Template):
            wrong = language_of(item.file.path, item.file.content.name).check(item.content.decode())
            if wrong:
                hint = "a template makes text that no reader takes; is a house template in use?"
                message = f"{item.file.path} would not be readable: {wrong}"
                raise Rejected([Diagnostic("M504", message, item.file.at, hint=hint)])
        yield item
