"""The specs of one command, one after the other, with what is found on the way."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from mlopsc.cli.console import print_findings, say
from mlopsc.compile import Compiled
from mlopsc.diagnostics import Diagnostic, Rejected
from mlopsc.diagnostics.render import Form
from mlopsc.houses import members
from mlopsc.project import Project
from mlopsc.source.text import shown
from mlopsc.tree.disk import trouble
from mlopsc.workspace import Site, reader, sites

if TYPE_CHECKING:
    from mlopsc.changed import Changed

T = TypeVar("T")


@dataclass(slots=True)
class Session:
    """Goes through the specs and collects what is to be said about them.

    `command` shows all findings where `form` has no room for them. With `since`, a commit, only the
    specs are compiled that the diff from there touches; `alone` counts the others. `unsaved` holds
    texts by name that findings point into and that no file holds.
    """

    form: Form = "text"
    command: str = "mlopsc validate"
    since: str | None = None
    alone: int = 0
    findings: list[Diagnostic] = field(default_factory=list)
    visited: list[Site] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    unsaved: dict[str, str] = field(default_factory=dict)
    rejected: int = 0

    def run(
        self, specs: list[str] | None, into: str | None, root: str | None
    ) -> Iterator[tuple[Project, Compiled]]:
        """Yield each spec that compiles; a rejected one is noted, and the others go on.

        Raises `UsageError` for specs that do not exist, and for a `since` that git cannot answer.
        """
        queue, changed = sites(specs or [], into, root), self._changed()
        seen = {site.name for site in queue}
        while queue:
            site = queue.pop(0)
            self.visited.append(site)
            made = self.guard(lambda: self._make(site, queue, seen, changed))  # noqa: B023 - called at once
            if made:
                yield made

    def guard(self, step: Callable[[], T]) -> T | None:
        """Return a step's result; note its diagnostics and return None when it is rejected."""
        try:
            return step()
        except Rejected as error:
            self.rejected += 1
            self.findings += error.diagnostics
            return None

    def report(self) -> None:
        """Print what was found; the forms for programs are printed even when that is nothing."""
        if self.findings or self.form != "text":
            print_findings(self.findings, self._sources(), self.form, self.visited, self.command)

    def left_alone(self) -> str:
        """Return a line on the specs that no change touches; empty if every spec was looked at."""
        if not self.alone:
            return ""
        count = len(self.visited) - self.alone
        touched = f"{count or 'no'} spec{'s' * (count != 1)} touched"
        return f"since {self.since}: {touched}, {self.alone} left alone"

    def tell_left_alone(self) -> None:
        """Print that line, except where standard output is a document."""
        line = self.left_alone()
        if line and self.form in ("text", "github"):
            say(line)

    def _changed(self) -> "Changed | None":
        if self.since is None:
            return None
        from mlopsc.changed import Changed

        return Changed(self.since)

    def _make(
        self, site: Site, queue: list[Site], seen: set[str], changed: "Changed | None"
    ) -> tuple[Project, Compiled] | None:
        touch = changed.touch(site) if changed else "touched"
        self.alone += touch != "touched"
        if touch == "left alone":
            return None
        with trouble("read", site.name):
            project = Project.read(site)
        more = [site.beside(name) for name in members(project) if name not in seen]
        seen.update(each.name for each in more)
        queue[:0] = more
        if touch != "touched":
            return None
        compiled = project.compile()
        self._refuse_second(compiled.model.name, project)
        self.findings += compiled.notes
        return project, compiled

    def _refuse_second(self, name: str, project: Project) -> None:
        other = self.names.setdefault(name, project.site.name) if name else project.site.name
        if other != project.site.name:
            message = f"{other} has the model name `{name}` too"
            hint = "files at the repository root bear the model's name: give each model its own"
            found = Diagnostic("M124", message, ("model", "name"), hint=hint)
            raise Rejected([project.document.place(found)])

    def _sources(self) -> dict[str, str]:
        """Return the texts that the findings point into, as far as they are text."""
        texts: dict[str, str] = {}
        for file in {found.span.file for found in self.findings if found.span}:
            for base in {site.sources for site in self.visited}:
                with suppress(OSError):
                    texts[file] = shown(reader(base)(file))
        return texts | self.unsaved
