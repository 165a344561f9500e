"""The disk as it is: files in the way, broken locks, a read-only and a full file system."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.journeys.begin import COMPILER, files, mlopsc
from tests.journeys.terminal import GENERATED, LOCK, OTHER, SPEC, ended, repository, started


@pytest.fixture
def top(tmp_path: Path) -> Path:
    return repository(tmp_path / "churn")


@pytest.fixture
def compiled(top: Path) -> Path:
    assert mlopsc(top, "compile").code == 0
    return top


def codes(top: Path) -> dict[str, str]:
    """Return the code of each file that `check` complains about."""
    found = json.loads(mlopsc(top, "check", "--format", "json").out)["diagnostics"]
    return {d["file"]: d["code"] for d in found}


def test_files_in_every_state_have_their_codes(compiled: Path) -> None:
    (compiled / "mlops.mk").unlink()
    (compiled / "mlops.mk").symlink_to("elsewhere")
    (compiled / "RUNBOOK.md").write_text("mine\n")
    (compiled / "ops/watch.py").unlink()
    schedule = SPEC.replace("  columns", "  schedule: daily\n  columns")
    (compiled / "mlops.yaml").write_text(schedule)
    assert codes(compiled) == {
        "RUNBOOK.md": "M605",
        "config/schedule.json": "M607",
        "mlops.mk": "M601",
        "ops/cron.py": "M607",
        "ops/crontab.py": "M607",
        "ops/schedule.py": "M607",
        "ops/watch.py": "M607",
    }
    assert mlopsc(compiled, "compile").code == 1
    (compiled / "mlops.yaml").write_text(SPEC)
    found = codes(compiled)
    assert (found["ops/schedule.py"], found["config/schedule.json"]) == ("M608", "M608")


def test_a_file_that_was_there_first(top: Path) -> None:
    (top / "mlops.mk").write_text("mine\n")
    ran = mlopsc(top, "compile")
    assert ran.code == 1
    assert "  kept       mlops.mk (not ours): add it to `own:` in the spec" in ran.out
    assert codes(top) == {"mlops.mk": "M606"}
    assert (top / "mlops.mk").read_text() == "mine\n"
    assert mlopsc(top, "compile", "--force", "mlops.mk").code == 0
    assert (top / "mlops.mk.orig").read_text() == "mine\n"


def test_a_foreign_makefile_is_the_users(top: Path) -> None:
    (top / "Makefile").write_text("all:\n\t@echo mine\n")
    ran = mlopsc(top, "compile")
    assert ran.code == 0
    assert "  yours      Makefile: add the line `include mlops.mk`\n" in ran.out
    assert (top / "Makefile").read_text() == "all:\n\t@echo mine\n"
    assert mlopsc(top, "check").code == 0
    with (top / "Makefile").open("a") as file:
        file.write("include mlops.mk\n")
    assert "Makefile" not in mlopsc(top, "compile").out
    engine("make")
    done = subprocess.run(["make", "help"], cwd=top, capture_output=True, text=True, check=True)
    assert "validate" in done.stdout


def test_a_lock_with_conflict_markers(compiled: Path) -> None:
    lock = (compiled / LOCK).read_text()
    (compiled / LOCK).write_text(lock.replace("# spec", "<<<<<<< HEAD\n# spec"))
    (compiled / "mlops.yaml").write_text(OTHER)
    before = files(compiled)
    assert mlopsc(compiled, "check").code == 2
    ran = mlopsc(compiled, "compile")
    assert ran.code == 1
    assert ran.err.startswith("error[M603]: .mlopsc.lock is not a whole lock: line 4 is not one that mlopsc")
    assert files(compiled) == before
    (compiled / "mlops.yaml").write_text(SPEC)
    (compiled / LOCK).unlink()
    assert mlopsc(compiled, "compile").code == 0, "equal files are taken over"


def test_a_folder_whose_name_no_lock_can_hold(tmp_path: Path) -> None:
    top = repository(tmp_path / "shop", {"models\\old/mlops.yaml": SPEC})
    ran = mlopsc(top, "compile", ".")
    assert ran.code == 1
    assert "error[M604]: 'models\\\\old/" in ran.err
    assert set(files(top)) == {"models\\old/mlops.yaml", "models\\old/data/customers.csv"}


def test_a_file_that_an_editor_saves_meanwhile(compiled: Path, tmp_path: Path) -> None:
    hook = tmp_path / "hook"
    hook.mkdir()
    shutil.copy(Path(__file__).with_name("saving.py"), hook / "sitecustomize.py")
    (compiled / "mlops.yaml").write_text(OTHER)
    ran = ended(started(compiled, "compile", hook=hook, SAVED=str(compiled / "config/suite.json")))
    assert ran.code == 1
    assert "error[M609]: config/suite.json changed while mlopsc was compiling\n" in ran.err
    assert (compiled / "config/suite.json").read_text() == "saved meanwhile\n"
    ran = mlopsc(compiled, "compile")
    assert ran.code == 1
    assert "  kept       config/suite.json (hand-edited)" in ran.out


@pytest.mark.parametrize("into", ["file", "file/below"])
def test_an_output_folder_that_is_a_file(top: Path, into: str) -> None:
    (top.parent / "file").write_text("mine\n")
    ran = mlopsc(top, "compile", "--into", f"../{into}")
    assert ran.code == 1
    assert f"error[M602]: cannot write to {top.parent}/{into}: " in ran.err
    assert "help: a file stands where " in ran.err
    assert (top.parent / "file").read_text() == "mine\n"


# Commands for a shell with mounts of its own; `compile` is mlopsc, `save` keeps what it finds for us.
MOUNTED = """
set -u
compile() { "$PYTHON" -m mlopsc compile . --into out 2>&1; echo "exit $?"; }
save() { cp -a out/. "$1"; }
mkdir -p out
"""


def mounted(top: Path, script: str) -> str:
    """Run shell commands as root of a mount namespace, where file systems refuse even root."""
    inside = _namespace()
    env = {**os.environ, "PYTHONPATH": str(COMPILER), "PYTHON": sys.executable, "NO_COLOR": "1"}
    command = [*inside, "sh", "-c", MOUNTED + script]
    done = subprocess.run(command, cwd=top, env=env, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.stdout


def _namespace() -> list[str]:
    engine("unshare")
    for command in (["unshare", "-m"], ["unshare", "-rm"]):
        trial = [*command, "mount", "-t", "tmpfs", "none", "/mnt"]
        if subprocess.run(trial, capture_output=True, check=False).returncode == 0:
            return command
    engine("mount-namespaces")
    raise AssertionError("engine() ends the test")


def test_a_read_only_disk(top: Path) -> None:
    said = mounted(
        top,
        "compile; mount --bind out out; mount -o remount,bind,ro out\n"
        "sed -i s/120/99/ mlops.yaml; compile; umount out; compile\n",
    )
    first, second, third = said.split("exit ")[:3]
    assert "created    mlops.mk" in first
    assert second.startswith("0\nerror[M602]: cannot write .mlopsc.lock.pending: read-only file system\n")
    assert (
        "  = help: this file system is read-only: compile with --into a folder that can be written" in second
    )
    assert third.startswith("1\n")
    assert "changed    config/suite.json" in third
    assert said.endswith("exit 0\n")


def test_a_full_disk_at_the_first_compile(top: Path) -> None:
    said = mounted(
        top,
        "mount -t tmpfs -o size=20k none out; compile; save part; ls -A out | grep mlopsc\n"
        "mount -o remount,size=1m out; compile; save whole\n",
    )
    assert "no space left on device\n" in said
    assert "  = help: free some space and compile again; the next compile goes on from here\n" in said
    assert ".mlopsc.tmp" not in said
    assert said.count("exit 1") == 1
    assert said.endswith("exit 0\n")
    whole = files(top / "whole")
    assert set(whole) == {*GENERATED, LOCK}
    part = {name: content for name, content in files(top / "part").items() if LOCK not in name}
    assert part.items() < whole.items(), "what was written is whole"


def test_a_full_disk_at_a_later_compile(top: Path) -> None:
    said = mounted(
        top,
        "mount -t tmpfs -o size=100k none out; compile; save before\n"
        "sed -i s/120/99/ mlops.yaml; head -c 200k /dev/zero >out/filler 2>/dev/null\n"
        "compile; save full; rm out/filler; compile; save after\n",
    )
    assert [said[i + 5] for i in range(len(said)) if said.startswith("exit ", i)] == ["0", "1", "0"]
    before, full, after = (files(top / name) for name in ("before", "full", "after"))
    assert set(full) - {"filler"} == set(before) == set(after)
    assert {name: full[name] for name in before} == before, "the old files are whole"
    assert b"99" in after["config/suite.json"]
