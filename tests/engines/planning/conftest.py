"""The generated programs of an A/B test's statistics, imported from where they lie."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest_engines import engine

PROGRAMS = Path(__file__).parents[3] / "templates" / "ab_test" / "ops"
RECKONING = Path(__file__).parents[1] / "ab_statistics"
NAMES = ("ab_margin", "ab_contrasts", "ab_spending", "ab_power")


@pytest.fixture(scope="module")
def programs() -> dict[str, ModuleType]:
    """Return the programs by name."""
    engine("scipy")
    before = set(sys.modules)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(RECKONING))
        patch.syspath_prepend(str(PROGRAMS))
        found = {name: importlib.import_module(name) for name in NAMES}
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith((str(PROGRAMS), str(RECKONING))):
            del sys.modules[name]
    return found
