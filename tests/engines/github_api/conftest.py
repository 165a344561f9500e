"""The programs, imported once, and a repository at a GitHub that is this machine."""

import importlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.engines.github_api.standin import TOKEN, Hub, hub_server

TEMPLATES = Path(__file__).parents[3] / "templates"
PROGRAMS = sorted(
    file for of in ("github", "repository", "retraining") for file in TEMPLATES.glob(f"{of}/ops/*.py")
)
NOON = 1_800_000_000.0
CLEAN = ("GIT_", "GITHUB_", "GH_", "MLOPS_", "TRIGGER", "EVENT", "VERSION")


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModuleType]:
    """Return the programs by name."""
    folder = tmp_path_factory.mktemp("ops")
    for file in PROGRAMS:
        shutil.copy(file, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        return {file.stem: importlib.import_module(file.stem) for file in PROGRAMS}


@dataclass
class Desk:
    """Calls the programs; nothing that they print or leave behind shows the token."""

    root: Path
    ops: dict[str, ModuleType]
    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch
    slept: list[float] = field(default_factory=list)
    printed: str = ""

    def configure(self, **sections: Any) -> None:
        """Write the configuration."""
        (self.root / "config").mkdir(exist_ok=True)
        (self.root / "config" / "default.json").write_text(
            json.dumps({"model": {"name": "churn"}} | sections)
        )

    def patience(self) -> Any:
        """Return a patience that does not wait."""
        return self.ops["github_api"].Patience(sleep=self.slept.append, clock=lambda: NOON, answer=5.0)

    def client(self) -> Any:
        """Return the client."""
        return self.ops["github_api"].GitHub(self.patience())

    def run(self, program: str, *arguments: Any) -> dict[str, Any]:
        """Call a program; return its report, whose verdict and exit code agree."""
        code = self.ops[program].main(*arguments, patience=self.patience())
        name = {"protection": "protected"}.get(program, program.replace("_", "-"))
        name += f"-{arguments[0][0]}" if program == "dispatch" else ""
        text = (self.root / "reports" / f"{name}.json").read_text()
        out, err = self.capture.readouterr()
        self.printed = out + err
        assert "hidden" not in self.printed + text
        assert "Traceback" not in self.printed
        report: dict[str, Any] = json.loads(text)
        assert code == {"refused": 3, "error": 2}.get(report["verdict"], 0)
        return report

    def report(self, step: str, verdict: str, **figures: Any) -> Path:
        """Leave the report of an earlier step."""
        path = self.root / "reports" / f"{step}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(
            json.dumps({"step": step, "verdict": verdict, "figures": figures, "reasons": ["@ann said so"]})
        )
        return path


@pytest.fixture
def desk(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    programs: dict[str, ModuleType],
    capsys: pytest.CaptureFixture[str],
) -> Desk:
    """Return a repository, which is the working folder; no variable of a CI around the tests is seen."""
    for name in [each for each in os.environ if each.startswith(CLEAN)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    desk = Desk(tmp_path, programs, capsys, monkeypatch)
    desk.configure()
    return desk


@pytest.fixture
def hub(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """Return GitHub; a request that it would not understand fails the test."""
    with hub_server() as hub:
        monkeypatch.setenv("GITHUB_API_URL", hub.url)
        monkeypatch.setenv("GITHUB_REPOSITORY", "acme/models")
        monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
        yield hub
    assert hub.faults == []
