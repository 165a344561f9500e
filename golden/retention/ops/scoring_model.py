"""The model that scores: a version of the registry, or what the pipeline left where there is no registry."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from registry import Registry

# What a version scored last: the tag outlives this machine and its reports, and tells whoever holds a
# file of scores, by its hash, which version it is of.
SCORED = "mlops.scored"
# Written by `make register`: the columns of the training data, with their logical types.
COLUMNS = "origin/columns.json"
Columns = Mapping[str, str]


@dataclass(frozen=True)
class Model:
    """A model in a folder, empty where only the command knows one; the columns that it learned from.

    `number` is its version, empty without a registry. `inputs` are the names of its signature's columns.
    """

    folder: str
    number: str = ""
    columns: Columns | None = None
    inputs: tuple[str, ...] = ()
    keep: Callable[[str], None] = field(default=lambda _text: None)

    @property
    def figures(self) -> dict[str, float]:
        """Its version, as a figure of a report; nothing without a registry."""
        return {"version": int(self.number)} if self.number else {}

    @property
    def environment(self) -> dict[str, str]:
        """What the command reads of it."""
        given = {"MLOPS_MODEL": self.folder, "MLOPS_VERSION": self.number}
        return {name: value for name, value in given.items() if value}

    def remember(self, details: Mapping[str, Any]) -> None:
        """Note in the registry what this version has scored."""
        self.keep(json.dumps(details))


@contextmanager
def lent(config: dict[str, Any], wanted: str) -> Iterator[Model | None]:
    """Lend a version by number or alias; None for an alias that no version has yet.

    Raises ValueError for a version that is not there, FileNotFoundError where its model is gone.
    """
    if "registry" not in config:
        artifact = config["model"].get("artifact", "")
        folder = str(Path(artifact).resolve()) if artifact and Path(artifact).exists() else ""
        yield Model(folder)
        return
    # There only where versions are registered.
    with import_module("registry").connected(config) as store:
        if not wanted.isdigit() and wanted not in store.aliases():
            yield None
            return
        with lent_of(store, wanted) as model:
            yield model


@contextmanager
def lent_of(store: Registry, wanted: str) -> Iterator[Model]:
    """Lend a version of a registry that is there."""
    version = store.version(wanted)
    number = str(version.version)
    with store.artifact(version, "model") as folder, store.artifact(version, COLUMNS) as columns:
        if folder is None:
            raise FileNotFoundError(f"the model of version {number} is not in its run any more")
        known = json.loads(columns.read_text(encoding="utf-8")) if columns else None
        inputs = tuple(_inputs(folder))
        yield Model(str(folder), number, known, inputs, lambda text: store.tag(number, SCORED, text))


def _inputs(folder: Path) -> Iterator[str]:
    """Yield the names of the columns in a model's signature; none where it has none, or takes tensors."""
    found = import_module("digests").read_yaml(str(folder / "MLmodel")).get("signature") or {}
    for column in json.loads(found.get("inputs") or "[]"):
        if "name" in column:
            yield str(column["name"])
