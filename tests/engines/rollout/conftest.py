"""The controller's own modules, and a way to let it lead a rollout."""

import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.engines.rollout.cluster import Cluster

OPS = Path(__file__).parents[3] / "templates" / "rollout" / "ops"


@pytest.fixture(scope="session")
def rollout() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(OPS))
        return importlib.import_module("rollout")


@pytest.fixture(scope="session")
def modules(rollout: ModuleType) -> dict[str, ModuleType]:
    return {name: each for name, each in sys.modules.items() if name.startswith("rollout_")}


@pytest.fixture
def lead(rollout: ModuleType) -> Callable[..., int]:
    """Let a controller lead; its lines are kept."""

    def run(cluster: Cluster, identity: str = "one", said: list[Any] | None = None) -> int:
        lines: list[Any] = [] if said is None else said
        say = lambda line: lines.append(json.loads(line))  # noqa: E731
        code: int = rollout.run(
            cluster.config, cluster.clock, cluster.sleep, cluster.network(identity), identity, say
        )
        return code

    return run
