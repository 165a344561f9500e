"""Verdicts: every step leaves reports/<step>.json, and CI learns the verdict as a step output."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module, util
from pathlib import Path
from typing import Any

FINE = frozenset({"passed", "warned", "no drift", "unknown", "fetched", "nothing new", "due", "not due"})
FINE |= {"cooling down", "trained", "promoted", "rolled back", "restored", "done", "skipped", "running"}
FINE |= {"scored", "compared", "nothing to score", "promote", "keep"}


@dataclass(frozen=True)
class Outcome:
    """What a step found: a verdict, its figures, one line per reason, and details."""

    verdict: str
    figures: Mapping[str, float] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """Return 0 for fine, 2 for error, 3 for a verdict that asks for action."""
        return 0 if self.verdict in FINE else 2 if self.verdict == "error" else 3

    def lines(self, step: str) -> str:
        """Return the reasons, then the verdict with its figures, one per line."""
        figures = ", ".join(f"{name} {value}" for name, value in self.figures.items())
        return "\n".join([*self.reasons, f"{step}: {self.verdict}" + (f" ({figures})" if figures else "")])


def write_json(path: Path, value: Any) -> None:
    """Write a value as strict JSON; a reader sees the old file or the whole new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # JSON has no NaN: the second pass writes it as text.
    text = json.dumps(value, default=lambda each: each.item() if hasattr(each, "item") else str(each))
    strict = json.loads(text, parse_constant=str)
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(json.dumps(strict, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    os.replace(temporary, path)


def run(step: str, work: Callable[[], Outcome]) -> int:
    """Do the work of a step, publish its outcome, and return the exit code.

    Whatever is raised becomes the verdict `error`; only the unexpected keeps its traceback.
    """
    report = Path("reports", f"{step}.json")
    report.parent.mkdir(exist_ok=True)
    if not (ignore := report.with_name(".gitignore")).exists():
        ignore.write_text("*\n", encoding="utf-8")
    # Removed first, so that a killed run does not leave the verdict of an earlier one.
    report.unlink(missing_ok=True)
    try:
        outcome = work()
    except Exception as fault:
        if not isinstance(fault, OSError | ValueError | ImportError):
            logging.exception("%s failed", step)
        outcome = Outcome("error", reasons=[f"{type(fault).__name__}: {fault}"])
    write_json(report, {"step": step, **vars(outcome)})
    if util.find_spec("gauges"):  # there only where figures are kept for Prometheus
        import_module("gauges").keep(step, outcome)
    if output := os.environ.get("GITHUB_OUTPUT"):
        with open(output, "a", encoding="utf-8") as stream:
            stream.write(f"verdict={outcome.verdict}\nversion={outcome.figures.get('version', '')}\n")
    print(outcome.lines(step), flush=True)
    return outcome.exit_code


def counted(column: str, count: int, total: int, phrase: str, examples: Iterable[Any]) -> str:
    """Return a line such as `age: 2 of 400 values (0.5%) are not at least 0: -4, -1`."""
    some = ", ".join(list(dict.fromkeys(map(plain, examples)))[:5])
    return f"{column}: {count} of {total} values ({100 * count / total:.3g}%) {phrase}{some and f': {some}'}"


def plain(value: Any) -> str:
    """Return a value as text, whole numbers without a decimal point."""
    if isinstance(value, tuple):
        return f"({', '.join(map(plain, value))})"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def bounds(limits: Mapping[str, Any]) -> str:
    """Return what min_value and max_value ask for, empty when neither is given."""
    low, high = (limits.get(key) for key in ("min_value", "max_value"))
    words = {"at least": low, "at most": high}
    if low is not None and high is not None:
        return f"between {plain(low)} and {plain(high)}"
    return "".join(f"{word} {plain(bound)}" for word, bound in words.items() if bound is not None)
