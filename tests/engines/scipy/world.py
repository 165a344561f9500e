"""A generated repository that checks for drift and does nothing else."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

TEMPLATES = Path(__file__).parents[3] / "templates"
PROGRAMS = sorted(
    file for of in ("drift", "figures", "repository") for file in TEMPLATES.glob(f"{of}/ops/*.py")
)
CODES = {"no drift": 0, "unknown": 0, "drift": 3, "broken": 3, "error": 2}
KS = {"columns": ["age"], "method": "ks", "p_value": 0.05}


def normal(rows: int, shift: float = 0.0, seed: int = 0) -> np.ndarray:
    """Return normal values, a sample of its own for each seed."""
    return np.random.default_rng([seed, rows]).normal(shift, 1, rows)


@dataclass
class World:
    """The repository's folder, and its programs, imported."""

    root: Path
    ops: dict[str, ModuleType]
    config: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        data = {"path": "data/customers.csv", "format": "csv", "incoming": "incoming/", "types": {}}
        self.config = {
            "model": {"name": "churn"},
            "data": data | {"id": "customer_id", "timestamp": "seen_at", "target": "churned"},
            "metrics": {"accuracy": "higher", "rmse": "lower", "profit": "higher", "recall.pro": "higher"},
            "pipeline": {"metrics": ["metrics.json"]},
            "outcomes": {
                "path": "data/outcomes.csv",
                "id": "customer_id",
                "value": "churned",
                "delay_seconds": 86400,
            },
            "scoring": {"input": "data/score.csv", "output": "data/scores.csv"},
            "drift": {
                "reference": "training",
                "current": "incoming",
                "correction": "fdr_bh",
                "alpha": 0.05,
                "min_rows": 500,
                "min_effect": 0.1,
                "score": {"statistic": "ks", "across": "max"},
                "tests": [KS],
            },
        }

    def write(self, path: str, table: dict[str, Any] | str) -> Path:
        """Write a table, or text, below the root."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(table, str):
            file.write_text(table)
        elif path.endswith("parquet"):
            pd.DataFrame(table).to_parquet(file, index=False)
        else:
            pd.DataFrame(table).to_csv(file, index=False)
        return file

    def reference(self, **columns: Any) -> None:
        """Write the training data, as csv."""
        self.write("data/customers.csv", columns)

    def arrive(self, name: str = "a.csv", **columns: Any) -> None:
        """Write a file into incoming/."""
        self.write(f"incoming/{name}", columns)

    def tests(self, *tests: dict[str, Any], **drift: Any) -> None:
        """Set the tests, and other settings of the section."""
        self.config["drift"] |= {"tests": list(tests)} | drift

    def check(self, *arguments: str, now: datetime | None = None) -> dict[str, Any]:
        """Run the check in this process; return its report."""
        self.write("config/default.json", json.dumps(self.config))
        code = self.ops["drift"].main(list(arguments), now)
        report: dict[str, Any] = json.loads((self.root / "reports" / "drift.json").read_text())
        assert code == CODES[report["verdict"]], report
        return report

    def one(self, *arguments: str, **times: Any) -> dict[str, Any]:
        """Run the check; return the first result."""
        found: dict[str, Any] = self.check(*arguments, **times)["results"][0]
        return found

    def run(self, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run the program as a user does."""
        self.write("config/default.json", json.dumps(self.config))
        command = [sys.executable, "ops/drift.py"]
        return subprocess.run(
            command, cwd=self.root, env=os.environ | environment, capture_output=True, text=True, check=False
        )

    def read(self, path: str) -> str:
        """Return the text of a file below the root."""
        return (self.root / path).read_text()

    def scores(self) -> list[str]:
        """Return the lines of the drift score in the figures for Prometheus."""
        lines = self.read("reports/metrics.prom").split("\n")
        return [line for line in lines if line.startswith("model_drift_score{")]
