"""The generated programs that know statistics, imported."""

import importlib
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.conftest_engines import engine

ROOT = Path(__file__).parents[3]
NAMES = (
    "ab_margin",
    "ab_contrasts",
    "ab_intervals",
    "ab_result",
    "ab_statistics",
    "ab_counted",
    "ab_errors",
    "ab_bootstrap",
    "ab_spending",
    "ab_power",
)


@pytest.fixture(scope="session")
def ops(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """Return the programs by their names without `ab_`, and label_metrics as `metrics`."""
    for name in ("scipy", "statsmodels"):
        engine(name)
    folder = tmp_path_factory.mktemp("ops")
    for name in NAMES:
        shutil.copy(ROOT / "templates" / "ab_test" / "ops" / f"{name}.py", folder)
    shutil.copy(next((ROOT / "templates").glob("*/ops/label_metrics.py")), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        found = {name.removeprefix("ab_"): importlib.import_module(name) for name in NAMES}
        return SimpleNamespace(**found, metrics=importlib.import_module("label_metrics"))
