"""`make retrain` in processes of its own: arguments, environment, and a lock that outlives a kill."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.engines.retraining.world import PROGRAMS, World

STEP = """
import json, os, pathlib, sys, time
step = sys.argv[1]
with open("calls.log", "a") as log:
    log.write(json.dumps([step, sys.argv[2:], {name: os.environ.get(name) for name in ("MLOPS_MODE", "STRICT", "EVENT", "ARGS")}]) + "\\n")
while step == "pipeline" and os.path.exists("hold"):
    time.sleep(0.02)
pathlib.Path("reports", step + ".json").write_text(json.dumps({"verdict": "passed", "figures": {}, "reasons": []}))
"""
MAKE = """PYTHON ?= .venv/bin/python
STRICT ?=
retrain:
\t@$(PYTHON) ops/retrain.py $(ARGS)
fetch pipeline register promote:
\t@$(PYTHON) ops/step.py $@ $(ARGS)
"""


@pytest.fixture
def repository(world: World) -> Path:
    """Return a repository whose steps are a small program that only says what it was given."""
    engine("make")
    (world.root / "ops").mkdir()
    for file in PROGRAMS:
        shutil.copy(file, world.root / "ops")
    world.write("ops/step.py", STEP)
    world.write("mlops.mk", MAKE)
    world.write("data/all.csv", "id\n1\n")
    return world.root


def start(root: Path, *arguments: str) -> "subprocess.Popen[str]":
    """Start `make retrain`."""
    command = ["make", "-f", "mlops.mk", "retrain", f"PYTHON={sys.executable}", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, cwd=root, stdout=pipe, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def calls(root: Path) -> list[list[object]]:
    """Return what the steps were given so far."""
    log = root / "calls.log"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def test_what_make_retrain_is_given_does_not_reach_its_steps(repository: Path) -> None:
    with start(repository, "TRIGGER=webhook", "EVENT=a b; $(touch x)", "STRICT=1", "-j2") as process:
        output, _ = process.communicate()
    assert process.returncode == 0, output
    assert output.splitlines()[-1] == "retrain: trained"
    assert not (repository / "x").exists()
    clean = {"MLOPS_MODE": "full", "STRICT": None, "EVENT": None, "ARGS": None}
    assert calls(repository) == [[step, [], clean] for step in ("fetch", "pipeline", "register", "promote")]


def test_arguments_are_for_retrain_alone(repository: Path) -> None:
    with start(repository, "ARGS=--trigger manual") as process:
        output, _ = process.communicate()
    assert process.returncode == 0, output
    assert [call[1] for call in calls(repository)] == [[]] * 4


def test_killed_while_a_step_runs_the_next_call_waits_for_that_step(repository: Path) -> None:
    hold = repository / "hold"
    hold.touch()
    first = start(repository, "TRIGGER=webhook", "EVENT=1")
    until(lambda: len(calls(repository)) == 2)
    children = subprocess.run(
        ["pgrep", "-g", str(first.pid), "-f", "ops/retrain.py"], capture_output=True, text=True, check=True
    )
    os.kill(int(children.stdout.split()[-1]), signal.SIGKILL)
    first.wait()
    second = start(repository, "TRIGGER=webhook", "EVENT=1")
    assert second.stdout is not None
    assert second.stdout.readline() == "another retraining is running: waiting for its end\n"
    assert len(calls(repository)) == 2
    hold.unlink()
    output, _ = second.communicate()
    assert second.returncode == 0, output
    assert [call[0] for call in calls(repository)] == ["fetch", "pipeline", "pipeline", "register", "promote"]
    first.stdout.close()


def until(reached: Callable[[], bool]) -> None:
    """Wait a few seconds for a condition."""
    deadline = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)
