"""The generated programs in a folder of their own, with a suite that the test writes."""

import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.conftest_engines import engine

TEMPLATES = Path(__file__).parents[3] / "templates"
PROGRAMS = sorted(file for target in ("validation", "repository") for file in TEMPLATES.glob(f"{target}/ops/*.py"))


@dataclass
class Repository:
    """A generated repository that holds the validation and nothing else."""

    root: Path

    def suite(self, *expectations: dict[str, Any], **meta: Any) -> dict[str, Any]:
        """Write config/suite.json from expectations, its data and on_failure set by default."""
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

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ops/validate.py as a user does."""
        return subprocess.run(
            [sys.executable, "ops/validate.py", *arguments],
            cwd=self.root,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def report(self, step: str = "validate") -> dict[str, Any]:
        """Return the report that a step left."""
        content: dict[str, Any] = json.loads((self.root / "reports" / f"{step}.json").read_text())
        return content


def expect(kind: str, **kwargs: Any) -> dict[str, Any]:
    """Return an expectation of a suite."""
    return {"type": f"expect_{kind}", "kwargs": kwargs, "meta": {}}


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModuleType]:
    """Return the programs, imported from a copy; one warm Great Expectations serves all tests."""
    engine("great_expectations")
    folder = tmp_path_factory.mktemp("ops")
    for file in PROGRAMS:
        shutil.copy(file, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        return {file.stem: importlib.import_module(file.stem) for file in PROGRAMS}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: dict[str, ModuleType]) -> Repository:
    """Return an empty generated repository, which is the working folder."""
    (tmp_path / "ops").mkdir()
    for file in PROGRAMS:
        shutil.copy(file, tmp_path / "ops")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield Repository(tmp_path)
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def judged(repository: Repository, programs: dict[str, ModuleType]) -> Any:
    """Return a function that validates text in this process and returns its report."""

    def judge(text: str | bytes, *expectations: dict[str, Any], path: str = "data/customers.csv", **meta: Any) -> Any:
        repository.write(path, text)
        data = {"path": path, "format": path.rpartition(".")[2]}
        repository.suite(*expectations, **{"data": data} | meta)
        code = programs["validate"].main(["--no-docs"])
        report = repository.report()
        assert code == {"passed": 0, "warned": 0, "blocked": 3, "error": 2}[report["verdict"]]
        return report

    return judge
