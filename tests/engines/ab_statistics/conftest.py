"""The generated programs that know statistics, imported."""

import importlib
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.conftest_engines import engine

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
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
        shutil.copy(_place(name), folder)
    shutil.copy(next((ROOT / "templates").glob("*/ops/label_metrics.py")), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        found = {name.removeprefix("ab_"): importlib.import_module(name) for name in NAMES}
        return SimpleNamespace(**found, metrics=importlib.import_module("label_metrics"))


def _place(name: str) -> Path:
    """Return where a module lies: but for the reckoning of these tests, all are the repository's."""
    own = HERE / f"{name}.py"
    return own if own.exists() else ROOT / "templates" / "ab_test" / "ops" / f"{name}.py"
