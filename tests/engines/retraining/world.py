"""A generated repository that retrains, with steps that are as idempotent as the real ones."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

TEMPLATES = Path(__file__).parents[3] / "templates"
PROGRAMS = sorted(file for of in ("retraining", "repository") for file in TEMPLATES.glob(f"{of}/ops/*.py"))
STEPS = ["fetch", "pipeline", "register", "promote"]
HOUR = 3600.0
NOON = 1_800_000_000.0


class Killed(BaseException):
    """The process ends here: nothing that it would have done happens."""


@dataclass
class World:
    """Data, training and registry in memory and a few files; the clock and waiting are ours."""

    root: Path
    ops: dict[str, ModuleType]
    now: float = NOON
    slept: list[float] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    environments: list[dict[str, str]] = field(default_factory=list)
    failures: dict[str, int] = field(default_factory=dict)
    trained: list[str] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    promoted: list[int] = field(default_factory=list)
    gate: str = "passed"
    blocked: bool = False
    # Called with a point in time that a killed process may have reached.
    at: Callable[[str], None] = lambda _point: None

    def configure(self, **retraining: Any) -> None:
        """Write the configuration; `retraining` is its section, `triggers` first of all."""
        config = {
            "model": {"name": "churn"},
            "data": {"path": "data/all.csv", "format": "csv", "incoming": "incoming/"},
            "metrics": {"accuracy": "higher", "rmse": "lower"},
            "registry": {"gate": []},
            "retraining": {"triggers": {"webhook": True}, "mode": "full", "max_attempts": 1, "steps": STEPS}
            | retraining,
        }
        self.write("config/default.json", json.dumps(config))

    def write(self, path: str, text: str) -> Path:
        """Write a file below the root."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def arrive(self, name: str, rows: int, start: int = 0) -> None:
        """Let a file with so many records come."""
        self.write(f"incoming/{name}", "".join(["id\n", *(f"{start + row}\n" for row in range(rows))]))

    def drift(self, verdict: str = "drift", **metric: float) -> None:
        """Leave a report of a drift check; `metric` are the accuracy and by how much it is worse."""
        results = [{"column": "accuracy", "method": "metric", **metric}] if metric else []
        report = {
            "step": "drift",
            "verdict": verdict,
            "figures": {},
            "reasons": ["age: ks"],
            "results": results,
        }
        self.write("reports/drift.json", json.dumps(report))

    def retrain(self, trigger: str = "", event: str = "") -> dict[str, Any]:
        """Call the program; return its report, whose verdict and exit code agree."""
        world = self.ops["steps"].World(self.run, lambda: self.now, self.slept.append)
        code = self.ops["retrain"].main(["--trigger", trigger, "--event", event], world)
        report: dict[str, Any] = json.loads((self.root / "reports" / "retrain.json").read_text())
        assert code == {"blocked": 3, "refused": 3, "error": 2}.get(report["verdict"], 0)
        return report

    def verdict(self, trigger: str = "", event: str = "") -> str:
        """Call the program; return its verdict."""
        return str(self.retrain(trigger, event)["verdict"])

    def state(self) -> dict[str, Any]:
        """Return what is remembered."""
        file = self.root / ".mlops" / "retraining.json"
        return dict(json.loads(file.read_text())) if file.exists() else {}

    def run(self, step: str, extra: Mapping[str, str]) -> int:
        """Take a step, and leave its report unless it fails."""
        self.at(f"before {step}")
        self.calls.append(step)
        self.environments.append(dict(extra))
        if self.failures.get(step):
            self.failures[step] -= 1
            return 2
        verdict, figures = getattr(self, f"_{step}")()
        self.at(f"{step} without its report")
        self.report(step, verdict, figures)
        self.at(f"after {step}")
        return 2 if verdict in ("blocked", "refused") else 0

    def report(self, step: str, verdict: str, figures: Mapping[str, int] | None = None) -> None:
        """Write the report of a step."""
        report = {"step": step, "verdict": verdict, "figures": figures or {}, "reasons": [f"{step} said so"]}
        self.write(f"reports/{step}.json", json.dumps(report))

    def _data(self) -> str:
        file = self.root / "data" / "all.csv"
        return file.read_text() if file.exists() else ""

    def _fetch(self) -> tuple[str, dict[str, int]]:
        for file in sorted((self.root / "incoming").glob("*.csv")):
            rows = file.read_text()
            if rows not in self._data():
                self.write("data/all.csv", self._data() + rows)
        # As with DVC's lock: data is new until the pipeline has run on it.
        return ("nothing new" if [self._data()] == self.trained[-1:] else "fetched"), {}

    def _pipeline(self) -> tuple[str, dict[str, int]]:
        if self.blocked:
            return "blocked", {}
        if [self._data()] != self.trained[-1:]:
            self.trained.append(self._data())
        return "passed", {}

    def _register(self) -> tuple[str, dict[str, int]]:
        if self.trained[-1] not in self.versions:
            self.versions.append(self.trained[-1])
        return self.gate, {"version": self.versions.index(self.trained[-1]) + 1}

    def _promote(self) -> tuple[str, dict[str, int]]:
        self.promoted = list(dict.fromkeys([*self.promoted, len(self.versions)]))
        return "promoted", {}


def clean_environment() -> None:
    """Forget what a make around the tests may have set."""
    for name in ("TRIGGER", "EVENT", "MLOPS_ENV", "GITHUB_OUTPUT", "MAKEFLAGS", "ARGS", "STRICT"):
        os.environ.pop(name, None)
