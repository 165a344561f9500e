"""The program, imported once, and a repository whose receivers are on this machine."""

import importlib
import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.conftest_engines import engine
from tests.engines.notify.sinks import Http, http_sink, self_signed

TEMPLATES = Path(__file__).parents[3] / "templates"
PROGRAMS = sorted(file for of in ("notify", "repository") for file in TEMPLATES.glob(f"{of}/ops/*.py"))
PATH = "/services/T0/B0/hidden-token"


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
    """Calls the program, and keeps what it printed."""

    root: Path
    ops: dict[str, ModuleType]
    capture: pytest.CaptureFixture[str]
    slept: list[float] = field(default_factory=list)
    patience: dict[str, float] = field(default_factory=dict)
    now: float = 1_800_000_000.0

    def configure(self, **notify: Any) -> None:
        """Write the configuration."""
        (self.root / "config").mkdir(exist_ok=True)
        config = {"model": {"name": "churn"}, "notify": notify}
        (self.root / "config" / "default.json").write_text(json.dumps(config))

    def tell(self, *arguments: str, title: str = "Drift") -> str:
        """Tell something; return what was printed. It never fails and never shows a secret."""
        patience = self.ops["notify"].Patience(
            sleep=self.slept.append, clock=lambda: self.now, **self.patience
        )
        assert self.ops["notify"].main(["--title", title, *arguments], patience) == 0
        out, err = self.capture.readouterr()
        assert "hidden" not in out + err
        return out + err


@pytest.fixture
def desk(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    programs: dict[str, ModuleType],
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Desk]:
    """Return a repository, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLOPS_ENV", raising=False)
    before = set(threading.enumerate())
    yield Desk(tmp_path, programs, capsys)
    # Those that a test gave up waiting for would go on in the folder of the next.
    for thread in set(threading.enumerate()) - before:
        thread.join()


@pytest.fixture
def http(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Http]:
    """Return an HTTP server, which is what the spec calls Slack."""
    with http_sink() as sink:
        monkeypatch.setenv("SLACK", f"{sink.url}{PATH}")
        desk.configure(slack={"secret": "SLACK"})
        yield sink


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a certificate for 127.0.0.1."""
    engine("openssl")
    return self_signed(tmp_path_factory.mktemp("certificate"))
