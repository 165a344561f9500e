"""The golden workflows, parsed."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from tests.trees import GOLDEN

Mapping = dict[str, Any]


@dataclass(frozen=True)
class Golden:
    """A workflow of golden/<spec>; `text` is what stands in the file."""

    path: Path

    @property
    def spec(self) -> str:
        return self.path.relative_to(GOLDEN).parts[0]

    @property
    def root(self) -> Path:
        return GOLDEN / self.spec

    @property
    def model(self) -> str:
        return self.path.stem.rpartition("-")[0]

    @property
    def kind(self) -> str:
        return self.path.stem.rpartition("-")[2]

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def data(self) -> Mapping:
        found = yaml.safe_load(self.text)
        # YAML 1.1, which this reader speaks, takes the key `on` for a boolean.
        found["on"] = found.pop(True)
        return dict(found)

    @property
    def jobs(self) -> dict[str, Mapping]:
        return dict(self.data["jobs"])

    @property
    def folder(self) -> str:
        return str(self.data["defaults"]["run"].get("working-directory", ""))

    def steps(self) -> Iterator[tuple[str, Mapping]]:
        """Yield (job, step) for all."""
        for name, job in self.jobs.items():
            yield from ((name, step) for step in job["steps"])

    def commands(self) -> Iterator[tuple[str, str]]:
        """Yield (job, make command) for all."""
        yield from ((job, step["run"].removeprefix("make ")) for job, step in self.steps() if "run" in step)


def goldens(kind: str = "*") -> list[Golden]:
    """Return the golden workflows of a kind, in order."""
    return [Golden(path) for path in sorted(GOLDEN.glob(f"*/.github/workflows/*-{kind}.yml"))]
