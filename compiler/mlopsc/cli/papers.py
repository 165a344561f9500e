"""What `check` writes besides its answer: a summary as Markdown, and SARIF."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from mlopsc.cli.summary import LIMIT, Summary
from mlopsc.diagnostics import Diagnostic
from mlopsc.diagnostics.render import render
from mlopsc.workspace import UsageError


@dataclass(frozen=True, slots=True)
class Papers:
    """The files that were asked for by `--summary` and `--sarif`."""

    summary: str | None = None
    sarif: str | None = None

    def begin(self, specs: Sequence[str]) -> Summary | None:
        """Return an empty summary with the room that its file leaves; None where none is wanted.

        Raises `UsageError` when the file cannot be written, before any work is done.
        """
        if self.summary is None:
            return None
        with _asked("--summary", self.summary), open(_made(self.summary), "ab") as file:
            return Summary(LIMIT - os.fstat(file.fileno()).st_size, specs)

    def finish(
        self, summary: Summary | None, refused: Sequence[Diagnostic], stale: Sequence[Diagnostic], alone: str
    ) -> None:
        """Write both: the findings that leave no answer, those about files, and what was left alone."""
        if summary and self.summary is not None:
            with _asked("--summary", self.summary), open(self.summary, "ab") as file:
                file.write(summary.text(refused, alone))
        if self.sarif is not None:
            with _asked("--sarif", self.sarif), open(_made(self.sarif), "w", encoding="utf-8") as file:
                file.write(render("sarif", [*refused, *stale], {}))


def _made(path: str) -> str:
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    return path


@contextmanager
def _asked(option: str, path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"{option} {path}: cannot be written: {(error.strerror or str(error)).lower()}"
        ) from None
