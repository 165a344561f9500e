"""Figures of this run beside the champion's and main's, and what the gate would say of this model.

It reads and registers nothing: no run, no version, no alias comes of it. The champion is scored on the
same data where that is possible; main's figures are those in git at $COMPARE_WITH.
"""

from __future__ import annotations

import json
import math
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from comparison import publish, row
from processes import git
from settings import settings
from verdict import Outcome, run

NO_NUMBERS = ("nan", "inf", "-inf", "infinity", "-infinity")
MAINS = ("origin/HEAD", "origin/main", "main")


@dataclass
class Judged:
    """The champion's figures, what the gate would say, and where the figures come from."""

    champion: dict[str, float] = field(default_factory=dict)
    gate: str = ""
    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def main() -> int:
    """Compare; return 0, or 2 for metrics that cannot be read."""
    return run("compare", compare)


def compare() -> Outcome:
    """Write reports/compare.md, and add it to the summary of the job."""
    config = settings()
    paths: list[str] = config["pipeline"]["metrics"]
    if absent := [path for path in paths if not Path(path).exists()]:
        return Outcome("skipped", reasons=[f"there is no {absent[0]}: run `make pipeline` first"])
    new = figures(paths)
    old, note = of_main(paths)
    judged = of_registry(config)
    better: dict[str, str] = config.get("metrics", {})
    names = dict.fromkeys([*better, *new, *old])
    rows = [row(name, better.get(name, ""), new, judged.champion, old) for name in names]
    gate = [f"The gate would say: {judged.gate}", *judged.lines] if judged.gate else []
    notes = [*judged.notes, note]
    publish(config["model"]["name"], rows, [*gate, *notes])
    return Outcome("done", {"metrics": len(rows)}, [*gate, *notes], rows)


def figures(paths: list[str], folder: Path = Path()) -> dict[str, float]:
    """Return the metrics of files in JSON or YAML by dotted name; raise ValueError for other files."""
    raw: dict[str, Any] = {}
    for path in paths:
        text = (folder / path).read_text(encoding="utf-8")
        found = json.loads(text) if path.endswith(".json") else _yaml(path, text)
        if not isinstance(found, dict):
            raise ValueError(f"{path} holds no metrics by name")
        raw |= found
    # How large the sample is, and intervals: not metrics.
    return dict(_flat({name: value for name, value in raw.items() if name not in ("n", "ci")}))


def of_main(paths: list[str]) -> tuple[dict[str, float], str]:
    """Return the figures that git holds at $COMPARE_WITH, and where that is or why there are none."""
    wanted = os.environ.get("COMPARE_WITH")
    names = [wanted] if wanted else MAINS
    found = next(((name, commit) for name in names if (commit := _commit(name))), None)
    if found is None:
        return {}, f"main: there is no {' or '.join(names)} in this clone"
    where = f"main: {found[0]}, commit {found[1][:10]}"
    with tempfile.TemporaryDirectory() as folder:
        held = [path for path in paths if _shown(found[1], path, Path(folder))]
        try:
            old = figures(held, Path(folder))
        except ValueError as fault:
            return {}, f"{where}, whose figures cannot be read: {_why(fault)}"
    lost = [path for path in paths if path not in held]
    return old, where + (f", which has no {', '.join(lost)}" if lost else "")


def of_registry(config: dict[str, Any]) -> Judged:
    """Return what the registry knows; where it does not answer, the notes say so."""
    if "registry" not in config:
        return Judged(notes=["champion: the spec has no registry"])
    try:
        # There only where the spec has a registry.
        with import_module("registry").connected(config) as store:
            return _judge(config, store)
    except Exception as fault:
        return Judged(notes=[f"champion: the registry was not asked: {_why(fault)}"])


def _judge(config: dict[str, Any], store: Any) -> Judged:
    """Do what the gate does, but for writing anything down."""
    register, judged = import_module("register"), Judged()
    new = import_module("figures").read(config["pipeline"]["metrics"])
    champion = _champion(register, store, judged)
    if champion is not None:
        # MLflow knows a recorded metric by its own spelling.
        kept = {name: name if name in champion.metrics else register.cleaned(name) for name in new.metrics}
        judged.champion = {n: champion.metrics[k] for n, k in kept.items() if k in champion.metrics}
    try:
        made = register.candidate(config)
    except ValueError as fault:
        judged.gate, judged.lines = "error", [str(fault)]
        return judged
    if early := register.decided(store, store.by_hash(made["model"]["hash"]), made):
        judged.gate, judged.lines = early[0], [early[1]]
        return judged
    rulings = import_module("gate").judge(config["registry"]["gate"], config["metrics"], new, champion)
    judged.gate = "passed" if all(ruling.passed for ruling in rulings) else "refused"
    judged.lines = [ruling.line for ruling in rulings]
    return judged


def _champion(register: Any, store: Any, judged: Judged) -> Any:
    """Return the champion's figures, scored here or as recorded; None without a champion."""
    if (number := store.aliases().get("champion")) is None:
        judged.notes.append("champion: there is none yet")
        return None
    try:
        champion, said = register.scored(store, number)
    except Exception as fault:
        champion = register.recorded(store, store.version(number))
        said = [f"champion {number} could not be scored here ({_why(fault)}): its recorded figures count"]
    judged.notes += [f"champion: version {number}", *said]
    return champion


def _commit(name: str) -> str:
    try:
        return git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").strip()
    except OSError:
        return ""


def _shown(commit: str, path: str, folder: Path) -> bool:
    """Write a file as it is in a commit into a folder; return whether it is there."""
    try:
        text = git("show", f"{commit}:./{path}")
    except OSError:
        return False
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text, encoding="utf-8")
    return True


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif value is None or str(value).lower() in NO_NUMBERS:
            yield f"{prefix}{key}", math.nan
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{prefix}{key}", float(value)


def _yaml(path: str, text: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        raise ValueError(f"{path} is no YAML") from None


def _why(fault: Exception) -> str:
    """Return the first line of what went wrong; others than our own may repeat what is secret."""
    ours = isinstance(fault, OSError | ValueError | ImportError)
    return str(fault).strip().split("\n")[0] if ours and str(fault).strip() else type(fault).__name__


if __name__ == "__main__":
    sys.exit(main())
