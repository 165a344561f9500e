"""The programs of a repository that can play its rollouts, imported by themselves."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

TEMPLATES = Path(__file__).parents[3] / "templates"
OPS = [TEMPLATES / name / "ops" for name in ("simulation", "rollout", "repository")]
NAMES = sorted(path.stem for folder in OPS for path in folder.glob("*.py"))


@pytest.fixture(scope="module")
def ops() -> Iterator[SimpleNamespace]:
    """Lend the modules by name; the simulation changes how long the controller sleeps, which others must not see."""
    others = {name: sys.modules.pop(name) for name in NAMES if name in sys.modules}
    with pytest.MonkeyPatch.context() as patch:
        for folder in OPS:
            patch.syspath_prepend(str(folder))
        wanted = [name for name in NAMES if name.startswith(("simul", "rollout"))]
        yield SimpleNamespace(**{name: importlib.import_module(name) for name in wanted})
    for name in NAMES:
        sys.modules.pop(name, None)
    sys.modules.update(others)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take back what the program writes into the environment of its process."""
    monkeypatch.setenv("MLOPS_ENV", "")
