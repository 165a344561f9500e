"""A generated repository that holds the validation and nothing else."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

TEMPLATES = Path(__file__).parents[3] / "templates"
PROGRAMS = sorted(file for of in ("validation", "repository") for file in TEMPLATES.glob(f"{of}/ops/*.py"))
CODES = {"passed": 0, "warned": 0, "blocked": 3, "error": 2}


def expect(kind: str, **kwargs: Any) -> dict[str, Any]:
    """Return an expectation of a suite."""
    return {"type": f"expect_{kind}", "kwargs": kwargs, "meta": {}}


@dataclass
class Repository:
    """Its folder, and its programs, imported."""

    root: Path
    ops: dict[str, ModuleType]

    def suite(self, *expectations: dict[str, Any], **meta: Any) -> dict[str, Any]:
        """Write config/suite.json; what `meta` leaves out is as the compiler has it by default."""
        data = {"path": "data/customers.csv", "format": "csv"}
        settings = {"data": data, "on_failure": "block", "types": {}, "checked": []} | meta
        suite = {"name": "churn", "expectations": list(expectations), "meta": settings}
        self.write("config/suite.json", json.dumps(suite))
        return suite

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file below the root."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def start(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        """Start ops/validate.py as a user does."""
        command = [sys.executable, "-u", "ops/validate.py", *arguments]
        pipe = subprocess.PIPE
        env = os.environ | environment
        return subprocess.Popen(command, cwd=self.root, env=env, stdout=pipe, stderr=pipe, text=True)

    def run(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """Run ops/validate.py to its end; return its exit code and what it printed."""
        with self.start(*arguments, **environment) as process:
            output, errors = process.communicate()
        return process.returncode, output + errors

    def report(self, step: str = "validate") -> dict[str, Any]:
        """Return the report that a step left."""
        content: dict[str, Any] = json.loads((self.root / "reports" / f"{step}.json").read_text())
        return content

    def judge(self, text: str, *expectations: dict[str, Any], **meta: Any) -> dict[str, Any]:
        """Validate csv text in this process; return the report."""
        self.write("data/customers.csv", text)
        return self.judge_files("data/customers.csv", *expectations, **meta)

    def judge_files(self, path: str, *expectations: dict[str, Any], **meta: Any) -> dict[str, Any]:
        """Validate what is at a path in this process; return the report."""
        data = {"path": path, "format": "parquet" if path.endswith("parquet") else "csv"}
        self.suite(*expectations, **{"data": data} | meta)
        code = self.ops["validate"].main(["--no-docs"])
        report = self.report()
        assert code == CODES[report["verdict"]]
        return report
