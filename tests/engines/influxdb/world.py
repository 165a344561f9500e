"""A generated repository that keeps history, with figures that some programs have left."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parents[3] / "templates"
PROGRAMS = [
    *(TEMPLATES / "history/ops").glob("*.py"),
    *(TEMPLATES / "figures/ops").glob("*.py"),
    *(TEMPLATES / "repository/ops").glob("*.py"),
]
KNOWN = {"valid": 1, "validated": 1764000000.5, "drift_score": 0.25, "checked": 1764000100}


class World:
    """Its folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "ops").mkdir(parents=True)
        for file in PROGRAMS:
            shutil.copy(file, root / "ops")

    def left(self, **figures: Any) -> None:
        """Write what programs have left."""
        self.write(".mlops/figures.json", json.dumps(KNOWN | figures))

    def write(self, path: str, text: str) -> None:
        """Write a file below the root; who reads it sees all of it."""
        draft = self.root / f".{Path(path).name}.draft"
        draft.write_text(text)
        (self.root / path).parent.mkdir(exist_ok=True)
        draft.replace(self.root / path)

    def configure(self, **sections: Any) -> None:
        """Write the settings."""
        self.write("config/default.json", json.dumps({"model": {"name": "churn"}} | sections))

    def keep(self, history: Mapping[str, Any], **environment: str) -> tuple[int, dict[str, Any], str]:
        """Run the program; return its exit code, its report, and all that it printed."""
        self.configure(history=history)
        env = {key: value for key, value in os.environ.items() if key not in ("MLOPS_ENV", "GITHUB_OUTPUT")}
        done = subprocess.run(
            [sys.executable, "-B", "ops/history.py"],
            cwd=self.root,
            env=env | {"no_proxy": "127.0.0.1"} | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        report = json.loads((self.root / "reports/history.json").read_text())
        return done.returncode, report, done.stdout + done.stderr
