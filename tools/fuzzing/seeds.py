"""The specs that mutation starts from, and the pool of values that it draws on."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlopsc.diagnostics import Rejected
from mlopsc.source.compose import compose

ROOT = Path(__file__).resolve().parent.parent.parent
SPEC = "mlops.yaml"


@dataclass(frozen=True)
class Seed:
    """A spec and the files that it may extend; `tree` is its data, or None where it is no YAML."""

    files: Mapping[str, bytes]
    spec: str
    tree: dict[str, Any] | None


@dataclass(frozen=True)
class Seeds:
    """`good` specs, `bad` ones that are refused, and the values seen anywhere, by their key."""

    good: list[Seed]
    bad: list[Seed]
    values: dict[str, list[Any]]


def load() -> Seeds:
    """Read specs/, the north star, the refused examples, and the examples of the JSON Schema."""
    examples = [*ROOT.glob("specs/*"), *ROOT.glob("tests/data/north-star/*")]
    good = sorted(_seeds(examples), key=lambda seed: (seed.spec, *seed.files.values()))
    bad = sorted(_seeds(ROOT.glob("tests/rejected/*/*")), key=lambda seed: (seed.spec, *seed.files.values()))
    values: dict[str, list[Any]] = {}
    for seed in good:
        _collect(seed.tree, values)
    _examples(json.loads((ROOT / "schemas" / "mlops.schema.json").read_text("utf-8")), values)
    return Seeds([seed for seed in good if seed.tree], bad, values)


def _seeds(paths: Any) -> Iterator[Seed]:
    for path in paths:
        if path.is_dir():
            files = {each.relative_to(path).as_posix(): each.read_bytes() for each in path.rglob("*.yaml")}
            yield from (_seed(files, name) for name in files)
        elif path.suffix == ".yaml":
            yield _seed({SPEC: path.read_bytes()}, SPEC)


def _seed(files: Mapping[str, bytes], spec: str) -> Seed:
    try:
        return Seed(files, spec, compose(files[spec].decode("utf-8"), spec).data())
    except (Rejected, UnicodeDecodeError):
        return Seed(files, spec, None)


def _collect(value: Any, values: dict[str, list[Any]]) -> None:
    if isinstance(value, dict):
        for key, below in value.items():
            values.setdefault(key, []).append(below)
            _collect(below, values)
    elif isinstance(value, list):
        for below in value:
            _collect(below, values)


def _examples(schema: Any, values: dict[str, list[Any]]) -> None:
    if isinstance(schema, dict):
        for key, field in schema.get("properties", {}).items() if "properties" in schema else ():
            values.setdefault(key, []).extend(field.get("examples", []) + field.get("enum", []))
        for below in schema.values():
            _examples(below, values)
    elif isinstance(schema, list):
        for below in schema:
            _examples(below, values)
