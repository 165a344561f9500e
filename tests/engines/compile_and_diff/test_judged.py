"""What judges say of action.yml and of the hook's manifest; and rules that none of them knows."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from mlopsc.actions import ACTIONS

from tests.conftest_engines import engine
from tests.engines.compile_and_diff.composite import ACTION, ROOT

Judge = Callable[[Path], "subprocess.CompletedProcess[str]"]
BIN = Path(sys.executable).parent
TEXT = (ROOT / "action.yml").read_text("utf-8")
STEPS = ACTION["runs"]["steps"]


def judged(tool: str, *arguments: str | Path, text: str | None = None) -> "subprocess.CompletedProcess[str]":
    if not (BIN / tool).exists():
        engine(tool)
    command = [tool, *map(str, arguments)]
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(command, env=env, input=text, capture_output=True, text=True, check=False)


def zizmor(path: Path) -> "subprocess.CompletedProcess[str]":
    return judged("zizmor", "--offline", "--no-progress", "--persona", "pedantic", path)


def schema(path: Path) -> "subprocess.CompletedProcess[str]":
    return judged("check-jsonschema", "--builtin-schema", "vendor.github-actions", path)


def shellcheck(run: str) -> "subprocess.CompletedProcess[str]":
    return judged("shellcheck", "--shell", "bash", "-", text=f"#!/bin/bash -e\nset -o pipefail\n{run}")


@pytest.mark.parametrize("judge", [zizmor, schema])
def test_a_judge_has_nothing_to_say(judge: Judge) -> None:
    done = judge(ROOT / "action.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_judge_is_awake(tmp_path: Path) -> None:
    path = tmp_path / "action.yml"
    path.write_text(TEXT.replace('"$GITHUB_STEP_SUMMARY"', '"${{ inputs.spec }}"'))
    assert zizmor(path).returncode > 10
    path.write_text(TEXT.replace("using: composite", "using: composed"))
    assert schema(path).returncode == 1
    assert shellcheck("cp $1 $2").returncode == 1


@pytest.mark.parametrize("step", [step for step in STEPS if "run" in step], ids=lambda step: step["id"])
def test_shell_of_the_steps(step: dict[str, str]) -> None:
    done = shellcheck(step["run"])
    assert done.returncode == 0, done.stdout


def test_no_value_is_pasted_into_a_command() -> None:
    assert not [step for step in STEPS if "${{" in step.get("run", "")]


def test_actions_are_those_of_the_table() -> None:
    used = re.findall(r"uses: (\S+)@([0-9a-f]{40})  # (\S+)$", TEXT, re.MULTILINE)
    assert len(used) == TEXT.count("uses:") == 1
    assert all(ACTIONS[name] == (version, commit) for name, commit, version in used)


def test_the_manifest_of_the_hook() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert (hook["id"], hook["entry"], hook["language"]) == ("mlopsc-check", "mlopsc check", "python")
    # A file that was deleted is never handed to a hook, and any other may be a generated one.
    assert hook["always_run"] and not hook["pass_filenames"] and "files" not in hook
