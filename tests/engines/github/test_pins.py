"""One table of actions: what is written of them elsewhere says the same."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from mlopsc.actions import ACTIONS, uses

from tests.engines.github.judges import INPUTS, read
from tests.trees import GOLDEN, ROOT
from tools import pins

SHA = "0123456789abcdef0123456789abcdef01234567"


def written(texts: Iterable[str]) -> set[tuple[str, str]]:
    """Return (reference, comment) of each action in workflows or actions."""
    return {pair for text in texts for pair in re.findall(r"uses: (\S+@\S+)\s+# (\S+)$", text, re.MULTILINE)}


def test_a_pin_is_a_commit_and_a_version() -> None:
    for name in ACTIONS:
        pin = uses(name)
        assert re.fullmatch(rf"{re.escape(name)}@[0-9a-f]{{40}}", pin.ref)
        assert re.fullmatch(r"v\d+\.\d+\.\d+", pin.version)
    with pytest.raises(KeyError):
        uses("somebody/thing")


def test_two_actions_share_no_commit() -> None:
    assert len({commit for _, commit in ACTIONS.values()}) == len(ACTIONS)


def test_the_table_of_inputs_is_of_these_versions() -> None:
    table = json.loads(INPUTS.read_text("utf-8"))
    assert {(ref, told["version"]) for ref, told in table.items()} == _pins()
    assert all(told["read_from"] and told["inputs"] for told in table.values())


def test_golden_files_use_these_versions() -> None:
    found = written(read(GOLDEN).values())
    assert found
    assert found <= _pins()


def test_the_action_of_the_project_uses_these_versions() -> None:
    found = written([(ROOT / "action.yml").read_text("utf-8")])
    assert found
    assert found <= _pins()


def test_pins_are_shown_with_how_they_are_renewed(tmp_path: Path) -> None:
    done = _shown(tmp_path)
    assert not done.returncode, done.stderr
    assert "not compared" in done.stdout
    for name, (version, commit) in ACTIONS.items():
        assert f"{name}  {version}  {commit}" in re.sub("  +", "  ", done.stdout)
        assert f"git ls-remote https://github.com/{name} 'refs/tags/{version}*'" in done.stdout
    assert "compiler/mlopsc/pins.py" in done.stdout


def test_a_pin_that_is_not_what_it_says_fails(tmp_path: Path) -> None:
    """Asked of a git on the PATH that knows all tags, first with the right commits, then with one other."""
    git, (first, *_) = tmp_path / "git", ACTIONS
    for other, code in (("", 0), (SHA, 1)):
        rows = [
            f"*/{name}) echo '{other if other and name == first else commit}\trefs/tags/{version}' ;;"
            for name, (version, commit) in ACTIONS.items()
        ]
        git.write_text("\n".join(["#!/bin/sh", 'case "$3" in', *rows, "esac", ""]))
        git.chmod(0o755)
        done = _shown(tmp_path)
        assert done.returncode == code, done.stdout + done.stderr
        assert (f"WRONG: the tag is {SHA}" in done.stdout) == bool(code)
        assert "not compared" not in done.stdout


@pytest.mark.parametrize(
    ("tags", "answer"),
    [
        (f"{SHA}\trefs/tags/v1.2.3\n", (True, "the newest")),
        (f"{'f' * 40}\trefs/tags/v1.2.3\n{SHA}\trefs/tags/v1.2.3^{{}}\n", (True, "the newest")),
        (f"{SHA}\trefs/tags/v1.2.3\n{SHA}\trefs/tags/v1.2.3-rc1\n", (True, "the newest")),
        (f"{SHA}\trefs/tags/v1.2.3\n{'f' * 40}\trefs/tags/v1.10.0\n", (True, f"newer: v1.10.0 {'f' * 40}")),
        (f"{'f' * 40}\trefs/tags/v1.2.3\n", (False, f"the tag is {'f' * 40}")),
        (f"{SHA}\trefs/tags/v1.2.4\n", (False, "there is no such tag")),
    ],
)
def test_a_pin_is_compared_with_the_tags_of_its_repository(tags: str, answer: tuple[bool, str]) -> None:
    assert pins.compared("v1.2.3", SHA, tags) == answer


def _pins() -> set[tuple[str, str]]:
    return {(uses(name).ref, uses(name).version) for name in ACTIONS}


def _shown(programs: Path) -> "subprocess.CompletedProcess[str]":
    """Run the program with what it may start in one folder: no git to ask with, or one of ours."""
    return subprocess.run(
        [sys.executable, "tools/pins.py"],
        cwd=ROOT,
        env={"PATH": f"{programs}:/bin" if (programs / "git").exists() else str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )
