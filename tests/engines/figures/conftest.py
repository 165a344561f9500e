"""The programs that keep figures, imported, and a repository of theirs that is the working folder."""

import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.engines.influxdb.world import World

LATE = ("gauges", "contributions", "freshness", "champion")
Keep = Callable[..., int]


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModuleType]:
    """Return the programs by name; others of this process do not see that there are gauges."""
    world = World(tmp_path_factory.mktemp("programs") / "churn")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(world.root / "ops"))
        names = ("verdict", "exposition", "freshness", "contributions", "gauges", "sources")
        found = {name: importlib.import_module(name) for name in names}
    for name in LATE:
        sys.modules.pop(name, None)
    return found


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: dict[str, ModuleType]) -> World:
    """Return a repository, which is the working folder."""
    found = World(tmp_path / "churn")
    monkeypatch.chdir(found.root)
    for name in ("GITHUB_EVENT_NAME", "GITHUB_OUTPUT", "MLOPS_ENV", "CHANGE_ID"):
        monkeypatch.delenv(name, raising=False)
    for name in ("gauges", "contributions", "freshness"):
        monkeypatch.setitem(sys.modules, name, programs[name])
    found.configure(data={"path": "data.csv", "format": "csv"})
    return found


@pytest.fixture
def keep(world: World, programs: dict[str, ModuleType]) -> Keep:
    """Return what ends a step with an outcome, as each program does."""
    verdict = programs["verdict"]

    def ended(step: str, outcome: str, **gauges: Any) -> int:
        code: int = verdict.run(
            step, lambda: type("Checked", (verdict.Outcome,), {"gauges": gauges})(outcome)
        )
        report = json.loads((world.root / f"reports/{step}.json").read_text())
        assert report.keys() == {"step", "verdict", "figures", "reasons", "results"}
        return code

    return ended
