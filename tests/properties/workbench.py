"""Compiles specs given as data, through a YAML text on disk, as the command line would."""

import functools
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, ClassVar

import yaml
from mlopsc.compile import Compiled
from mlopsc.diagnostics import Diagnostic, Rejected
from mlopsc.diagnostics.render import render
from mlopsc.houses import members
from mlopsc.project import Project
from mlopsc.spec.parse import OVERLAID
from mlopsc.targets import TARGETS
from mlopsc.workspace import sites

from tests.properties.fields import ALWAYS, REFUSED, Data, Field, Steps, get, places, put, specimens

# Stands nowhere else; names of environment variables are in capitals.
MARKS = ("zqmark", "ZQMARK")


# The sections from which something is written.
SHOWN = frozenset(name for target in TARGETS.values() for name in target.SECTIONS) | {"plugins"}
# How many specs are tried for a better view of one field.
PATIENCE = 4


class Plainly(yaml.CSafeDumper):
    """Writes what stands twice out twice, without anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class Slowly(yaml.SafeDumper):
    """The same for text that libyaml cannot take: lone surrogates."""

    ignore_aliases = Plainly.ignore_aliases  # type: ignore[assignment]


def written(data: Data) -> str:
    """Return the YAML text of a spec, as a program would write it."""
    try:
        text: str = yaml.dump(data, Dumper=Plainly, allow_unicode=True, sort_keys=False)
    except UnicodeEncodeError:
        text = yaml.dump(data, Dumper=Slowly, allow_unicode=True, sort_keys=False)
    return text


class Bench:
    """A folder in memory with one spec."""

    def __init__(self) -> None:
        memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
        self.folder = Path(tempfile.mkdtemp(dir=memory))
        (self.folder / "house.yaml").write_text("version: 1\n")

    def close(self) -> None:
        shutil.rmtree(self.folder)

    def compile(self, data: Data) -> Compiled | tuple[Diagnostic, ...]:
        """Return what the spec becomes, or why it is refused; any other exception is a bug."""
        spec = self.folder / "mlops.yaml"
        spec.write_text(written(data), "utf-8")
        try:
            (site,) = sites([str(spec)], None, str(self.folder))
            project = Project.read(site)
            list(members(project))
            return project.compile()
        except Rejected as error:
            return error.diagnostics

    def sources(self) -> dict[str, str]:
        return {"mlops.yaml": (self.folder / "mlops.yaml").read_text("utf-8")}

    @functools.cache  # noqa: B019 - one bench lives as long as the tests
    def shrunk(self, index: int, section: str) -> Data | None:
        """Return a specimen without the sections that a section does not need; None if it has none."""
        data = specimens()[index]
        if isinstance(self.compile(data), tuple):
            return None
        size = 0
        while size != len(data):
            size = len(data)
            for name in [name for name in reversed(data) if name not in (*ALWAYS, section)]:
                smaller = {key: value for key, value in data.items() if key != name}
                data = smaller if isinstance(self.compile(smaller), Compiled) else data
        return data

    @functools.cache  # noqa: B019
    def baseline(self, field: Field) -> "Baseline | None":
        """Return a spec that has the field and compiles: one that shows a mark in what it writes, if any does."""
        best = None
        enough = Baseline.SEEN if field.steps[0] in SHOWN else 2
        for tries, each in enumerate(self._baselines(field)):
            if best is None or each.worth > best.worth:
                best = each
            if each.worth >= enough or tries == PATIENCE:
                break
        return best

    def _baselines(self, field: Field) -> Iterator["Baseline"]:
        for data in self._specs(field):
            for path in places(field, data):
                for value, alone in product(
                    _values(field, data, path), (False,) if field.is_key else (False, True)
                ):
                    made = put(data, field, path, value, alone)
                    compiled = self.compile(made)
                    if isinstance(compiled, Compiled):
                        yield Baseline(made, (*path[:-1], value) if field.is_key else path, value, compiled)

    def _specs(self, field: Field) -> Iterator[Data]:
        """Yield specs for a field; one of an overlay stands there with all that the section has."""
        overlaid = field.steps[0] == "environments" and len(field.steps) > 3 and field.steps[2] in OVERLAID
        section = str(field.steps[2] if overlaid else field.steps[0])
        for index in range(len(specimens())):
            data = self.shrunk(index, section)
            if data and not overlaid:
                yield data
            elif data and section in data:
                whole = specimens()[index].get("environments", {"test": {}})
                refused = {steps[3] for steps in REFUSED if steps[2] == section}
                laid = {key: value for key, value in data[section].items() if key not in refused}
                overlays = {name: {**each, section: laid} for name, each in whole.items()}
                yield {**data, "environments": overlays}


def _values(field: Field, data: Data, path: Steps) -> Iterator[str]:
    present = path[-1] if field.is_key else get(data, path)
    suffix = Path(present).suffix if isinstance(present, str) and "/" in present else ""
    names = ("house.yaml", "mlops.mk") if field.unit == "Path" else ()
    tried = (*MARKS, MARKS[0] + suffix, present, *field.examples, *names)
    yield from dict.fromkeys(value for value in tried if isinstance(value, str))


@dataclass
class Baseline:
    """A spec that compiles, with the value at `path` that is to be replaced."""

    data: Data
    path: Steps
    value: str
    compiled: Compiled
    SEEN: ClassVar[int] = 3

    @property
    def mark(self) -> str:
        """The value, if it is one that stands nowhere else."""
        return self.value if self.value.startswith(MARKS) else ""

    @property
    def worth(self) -> int:
        """How much can be seen: a mark in a written file, a mark, written files, nothing."""
        if any(self.mark.encode() in made.content for made in self.compiled.files) and self.mark:
            return self.SEEN
        return 2 if self.mark and self.compiled.files else int(bool(self.compiled.files))

    @property
    def suffix(self) -> str:
        """What must follow any text in this place."""
        return self.mark[len(MARKS[0]) :]


def told(found: tuple[Diagnostic, ...], sources: dict[str, str]) -> None:
    """Assert that a refusal can be shown in every form."""
    assert found
    for diagnostic in found:
        assert diagnostic.code and diagnostic.message and diagnostic.span, diagnostic
    for form in ("text", "json", "github", "sarif"):
        text = render(form, found, sources)  # type: ignore[arg-type]
        assert found[0].code in text
        assert not any(ord(char) < 32 and char != "\n" for char in text), text
