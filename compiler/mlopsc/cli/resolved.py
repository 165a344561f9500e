"""The work of `show`: the merged document with its defaults, as YAML that explains itself."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mlopsc.checks.statistics.facts import facts
from mlopsc.cli.console import say, styled
from mlopsc.cli.session import Session
from mlopsc.diagnostics import Path
from mlopsc.languages.yaml import encode
from mlopsc.resolve import View, views_of
from mlopsc.spec.dump import Told, tell
from mlopsc.workspace import UsageError


def show_resolved(spec: str | None, root: str | None, environment: str, *, origin: bool) -> int:
    """Print the resolved spec; returns the exit code: 0, or 1 when it is rejected."""
    session = Session()
    for project, _ in session.run([spec] if spec else None, None, root):
        view = _chosen(views_of(project.document), environment)
        for line in _Printer(view, origin).lines():
            say(line)
    session.report()
    return 1 if session.rejected else 0


def _chosen(views: tuple[View, ...], name: str) -> View:
    known = {view.environment: view for view in views}
    if name not in known:
        names = [each for each in known if each]
        close = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there is {', '.join(names) or 'none'}"
        raise UsageError(f"--env {name}: no such environment; {hint}")
    return known[name]


@dataclass
class _Printer:
    view: View
    origin: bool
    told: dict[Path, Told] = field(default_factory=dict)
    meant: dict[Path, str] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        values, self.told = tell(self.view.spec)
        self.meant = {fact.path: fact.text for fact in facts(self.view.spec)}
        yield from self._mapping(values, (), 0)

    def _mapping(self, values: dict[str, Any], path: Path, indent: int) -> Iterator[str]:
        for key, value in values.items():
            here = (*path, key)
            lead = f"{'  ' * indent}{encode(key)}:"
            if isinstance(value, dict) and value and here not in self.told:
                yield lead + _comment(self._meaning(here))
                yield from self._mapping(value, here, indent + 1)
            elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
                yield lead
                yield from self._items(value, here, indent + 1)
            else:
                yield f"{lead} {encode(value)}{self._remark(here)}"

    def _items(self, values: list[Any], path: Path, indent: int) -> Iterator[str]:
        for index, value in enumerate(values):
            yield f"{'  ' * indent}- {encode(value)}{self._remark((*path, index))}"

    def _remark(self, path: Path) -> str:
        told = self.told.get(path)
        parts = [told.words] if told and told.words else []
        parts += self._meaning(path)
        if self.origin:
            parts.append(self._origin(path, told))
        return _comment(parts)

    def _meaning(self, path: Path) -> list[str]:
        return [self.meant[path]] if path in self.meant else []

    def _origin(self, path: Path, told: Told | None) -> str:
        node = self.view.document.find(path)
        if node:
            return f"{node.span.file}:{node.span.line}"
        return f"default: {told.reason}" if told and told.reason else "default"


def _comment(parts: list[str]) -> str:
    return styled(f"  # {'; '.join(parts)}", "place") if parts else ""
