"""A tiny project under mlopsc: its files, its programs, and the runs of its commands."""

import json
import os
import random
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

TEMPLATES = Path(__file__).parents[3] / "templates"
OWNERS = ("repository", "validation", "pipeline", "registry")
PROGRAMS = sorted(file for owner in OWNERS for file in TEMPLATES.glob(f"{owner}/ops/*.py"))
HERE = Path(__file__).parent
CONFIG: dict[str, Any] = {
    "model": {"name": "churn", "task": "classification", "artifact": "models/model"},
    "data": {
        "path": "data/customers.csv",
        "format": "csv",
        "incoming": "incoming/",
        "types": {"age": "integer", "spend": "number", "churned": "integer"},
    },
    "metrics": {"accuracy": "higher", "rmse": "lower"},
    "tracking": {"uri": "sqlite:///mlflow.db", "experiment": "churn"},
    "pipeline": {
        "metrics": ["metrics.json"],
        "evaluate": "python src/evaluate.py",
        "params": ["params.yaml"],
    },
    "registry": {
        "gate": [{"metric": "accuracy", "min": 0.6}, {"metric": "accuracy", "improves_on": "champion"}]
    },
    "drift": {"reference": "training"},
}


@dataclass
class Project:
    """Its folder, its programs, imported, and its configuration."""

    root: Path
    ops: dict[str, ModuleType]
    config: dict[str, Any] = field(default_factory=lambda: json.loads(json.dumps(CONFIG)))

    def write(self, path: str, text: str) -> Path:
        """Write a file below the root."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def configure(self, **sections: Any) -> None:
        """Replace sections of the configuration, and write it."""
        self.config |= sections
        self.write("config/default.json", json.dumps(self.config))

    def begin(self) -> None:
        """Lay out programs, code and data, and commit the code."""
        for folder in ("ops", "src"):
            (self.root / folder).mkdir(exist_ok=True)
        for file in PROGRAMS:
            shutil.copy(file, self.root / "ops")
        self.configure()
        self.write("data/customers.csv", rows(400))
        self.write("params.yaml", "seed: 1\ntrain: {cut: 40}\n")
        self.write(".gitignore", "__pycache__/\n/mlflow.db\n/mlruns/\n/incoming/\n/data/*.csv\n/models/\n")
        for name in ("evaluate", "train"):
            shutil.copy(HERE / "code" / f"{name}.txt", self.root / "src" / f"{name}.py")
        self.git("init", "-q", "-b", "main")
        self.commit()

    def git(self, *arguments: str) -> str:
        """Run git as somebody."""
        who = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
        done = subprocess.run(
            ["git", *who, *arguments], cwd=self.root, capture_output=True, text=True, check=True
        )
        return done.stdout

    def commit(self) -> str:
        """Commit all that git does not ignore, and return the commit."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")
        return self.git("rev-parse", "HEAD").strip()

    def run(self, program: str, *arguments: str, **environment: str) -> tuple[int, str]:
        """Run a program as `make` does; return its exit code and what it printed."""
        command = [sys.executable, f"ops/{program}.py", *arguments]
        done = subprocess.run(
            command, cwd=self.root, env=os.environ | environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def report(self, step: str) -> dict[str, Any]:
        """Return the report that a step left."""
        found: dict[str, Any] = json.loads((self.root / "reports" / f"{step}.json").read_text())
        return found

    def model(self, cut: float) -> None:
        """Train in no time: a model that says who is older than `cut` leaves, and its evaluation."""
        self.write("params.yaml", f"seed: 1\ntrain: {{cut: {cut}}}\n")
        for name in ("train", "evaluate"):
            subprocess.run([sys.executable, f"src/{name}.py"], cwd=self.root, check=True)

    def step(self, name: str, *arguments: Any) -> dict[str, Any]:
        """Run a step in this process; return its report."""
        program = {"rollback": "promote", "reference": "promote"}.get(name, name)
        main = self.ops[program].main
        code = main() if program in ("register", "fetch") else main([*arguments])
        report = self.report(name)
        fine = report["verdict"] in self.ops["verdict"].FINE
        assert code == (0 if fine else 2 if report["verdict"] == "error" else 3)
        return report

    def aliases(self) -> dict[str, str]:
        """Return the version of each alias."""
        registry = self.ops["registry"]
        client = registry.connect(self.config["tracking"]["uri"])
        found: dict[str, str] = registry.Registry(self.config, client).aliases()
        return found

    def versions(self) -> list[Any]:
        """Return the registered versions, oldest first."""
        client = self.ops["registry"].connect(self.config["tracking"]["uri"])
        return sorted(client.search_model_versions("name='churn'"), key=lambda version: int(version.version))


def rows(count: int, seed: int = 0, shift: int = 0) -> str:
    """Return customers of whom those older than 40 leave, with a little noise."""
    draw = random.Random(seed)
    lines = ["customer_id,age,spend,churned"]
    for number in range(count):
        age = draw.randint(18, 80) + shift
        churned = int(age > 40) if draw.random() < 0.95 else int(age <= 40)
        lines.append(f"{seed}-{number},{age},{draw.uniform(0, 100):.2f},{churned}")
    return "\n".join(lines) + "\n"
