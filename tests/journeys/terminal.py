"""Small repositories and the real command line in them; `begin.mlopsc` runs one command to its end."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.journeys.begin import COMPILER, Ran

HERE = Path(__file__).parent
LOCK = ".mlopsc.lock"
HEAD = "version: 1\nmodel: {name: churn}\ndata: {path: data/customers.csv}\n"
SPEC = HEAD + "validation:\n  columns:\n    age: {between: [0, 120]}\n"
OTHER = SPEC.replace("120", "99")
GENERATED = (
    "Makefile",
    "RUNBOOK.md",
    "config/suite.json",
    "mlops.mk",
    "ops/tables.py",
    "ops/validate.py",
    "ops/verdict.py",
    "ops/watch.py",
    "requirements-mlops.txt",
)


def repository(top: Path, specs: Mapping[str, str] | None = None) -> Path:
    """Make a repository with some specs, each with data beside it; return its top."""
    (top / ".git").mkdir(parents=True)
    for name, text in (specs or {"mlops.yaml": SPEC}).items():
        spec = top / name
        (spec.parent / "data").mkdir(parents=True, exist_ok=True)
        (spec.parent / "data/customers.csv").write_text("customer_id,age\n1,30\n2,41\n")
        spec.write_text(text)
    return top


def named(name: str) -> str:
    """Return the spec with another model name."""
    return SPEC.replace("churn", name)


def started(folder: Path, *arguments: str, hook: Path | None = None, **env: str) -> subprocess.Popen[str]:
    """Start a command; `hook` is a folder with a sitecustomize.py that the interpreter runs first."""
    path = os.pathsep.join(str(each) for each in (hook, COMPILER) if each)
    return subprocess.Popen(
        [sys.executable, "-m", "mlopsc", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "NO_COLOR": "1", "TERM": "dumb", **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> Ran:
    """Wait for a command."""
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in err, err
    return Ran(process.returncode, out, err)
