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
        (self.root / ".mlops").mkdir(exist_ok=True)
        (self.root / ".mlops/figures.json").write_text(json.dumps(KNOWN | figures))

    def keep(
        self, history: Mapping[str, Any], model: str = "churn", **environment: str
    ) -> tuple[int, dict[str, Any], str]:
        """Run the program; return its exit code, its report, and all that it printed."""
        config = {"model": {"name": model}, "history": history}
        (self.root / "config").mkdir(exist_ok=True)
        (self.root / "config/default.json").write_text(json.dumps(config))
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
