"""Say what made a version: code, data, parameters, validation, and what the gate said.

lineage.py [VERSION]   a number or an alias; the champion by default
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import registry
from registry import GATE, REASON, Registry
from verdict import Outcome

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion


def main(arguments: list[str] | None = None) -> int:
    """Print the lineage; return 2 if there is no such version."""
    given = sys.argv[1:] if arguments is None else arguments
    version = registry.wanted(given)
    return registry.run("lineage", lambda store: lineage(store, version))


def lineage(store: Registry, wanted: str) -> Outcome:
    """Return what made a version, one line per thing."""
    version = store.version(wanted)
    made = recorded(store, version)
    lines = [f"{key}: {value}" for key, value in told(version, made)]
    return Outcome("passed", {"version": int(version.version)}, lines, [made])


def recorded(store: Registry, version: ModelVersion) -> dict[str, Any]:
    """Return the origin that was stored with a version; raise ValueError if there is none."""
    with store.artifact(version, "origin/origin.json") as file:
        if file is None:
            raise ValueError(f"version {version.version} was not registered by `make register`")
        made: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return made


def told(version: ModelVersion, made: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the lineage as pairs of name and text, for people."""
    dirty = made["dirty"]
    code = (made["commit"] or "in no git repository") + (f", changed: {', '.join(dirty)}" if dirty else "")
    validation = made["validation"]
    pairs = [
        ("code", code),
        ("data", f"{made['data']['path']} {made['data']['hash']}"),
        ("validation", validation.get("verdict", "none")),
        ("training", made["mode"]),
        ("model", f"{made['model']['path']} {made['model']['hash']}"),
        ("champion then", made["aliases"].get("champion", "none")),
        (
            "gate",
            ": ".join([version.tags.get(GATE, "open"), version.tags.get(REASON, "").replace("\n", "; ")]),
        ),
    ]
    for name, stage in made["stages"].items():
        pairs += [(f"stage {name}", f"{path} {content}") for path, content in stage["deps"].items()]
    pairs += [(f"parameter {name}", value) for name, value in made["params"].items()]
    return pairs + [(f"metric {name}", str(value)) for name, value in made["metrics"].items()]


if __name__ == "__main__":
    sys.exit(main())
