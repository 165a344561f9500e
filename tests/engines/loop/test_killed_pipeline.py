"""A pipeline that is killed with all of its processes, at ten moments, and run again."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.engines.loop import compiled
from tests.engines.loop.conftest import dvc

pytestmark = pytest.mark.slow
KILLS = 10


def test_killed_at_any_moment_the_next_run_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("dvc", "make"):
        engine(name)
    for name in ("DVC_SITE_CACHE_DIR", "DVC_GLOBAL_CONFIG_DIR", "DVC_SYSTEM_CONFIG_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    root = compiled.repository(tmp_path / "churn")
    began = time.monotonic()
    assert compiled.make(root, "pipeline")[0] == 0
    whole, chance, deaths = time.monotonic() - began, random.Random(1), 0
    for number in range(2 * KILLS):
        (root / "params.yaml").write_text(f"seed: 1\ntrain: {{cut: {50 + number}}}\n")
        survived = lived(root, whole * (deaths + chance.random()) / KILLS)
        # A machine that had more to do at first is quicker now.
        whole, deaths = min(whole, survived or whole), deaths + (survived is None)
        code, said = compiled.make(root, "pipeline")
        assert code == 0, said
        assert (root / "models/model/cut.json").read_text() == f"{50 + number}.0"
        assert dvc(root, "status", "train", "evaluate").strip() == "Data and pipelines are up to date."
        if deaths == KILLS:
            break
    assert deaths > KILLS / 2


def lived(root: Path, after: float) -> float | None:
    """Start the pipeline and kill it after so many seconds; return how many it took where it ended before."""
    command = ["make", f"PYTHON={sys.executable}", "pipeline"]
    null, began = subprocess.DEVNULL, time.monotonic()
    process = subprocess.Popen(command, cwd=root, stdout=null, stderr=null, start_new_session=True)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        gone(process.pid)
        return None
    return time.monotonic() - began


def gone(group: int) -> None:
    """Wait until the last process of a group has ended: to DVC a lock of a living process is held."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)
    pytest.fail("a killed process goes on")
