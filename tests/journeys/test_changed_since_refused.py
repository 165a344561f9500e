"""Where git cannot tell what changed: exit 2, why, and a way out."""

from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.journeys.begin import mlopsc
from tests.journeys.commits import begun, committed, git
from tests.journeys.terminal import SPEC, ended, repository, started

SINCE = ("check", "--changed-since")


@pytest.fixture
def top(tmp_path: Path) -> Path:
    engine("git")
    folder = tmp_path / "churn"
    folder.mkdir()
    (folder / "mlops.yaml").write_text(SPEC)
    assert mlopsc(folder, "compile").code == 0
    return begun(folder)


@pytest.mark.parametrize("ref", ["nowhere", "HEAD~9", "0" * 40, "no such thing", "HEAD:mlops.yaml"])
def test_no_such_commit(top: Path, ref: str) -> None:
    ran = mlopsc(top, *SINCE, ref)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(
        f"mlopsc: --changed-since {ref}: there is no such commit in this clone; `git fetch"
    )
    assert "fetch-depth: 0" in ran.err


@pytest.mark.parametrize("ref", ["", "--output=owned"])
def test_no_ref_at_all(top: Path, ref: str) -> None:
    ran = mlopsc(top, "check", f"--changed-since={ref}")
    assert (ran.code, ran.out) == (2, "")
    assert (
        ran.err == f"mlopsc: --changed-since: `{ref}` is no commit, branch or tag: is a variable not set?\n"
    )
    assert not (top / "owned").exists()


def test_a_clone_that_is_too_shallow(top: Path, tmp_path: Path) -> None:
    git(top, "switch", "--quiet", "--create", "more")
    for _ in range(3):
        committed(top)
    git(top, "switch", "--quiet", "main")
    committed(top)
    source = top.as_uri()
    git(
        tmp_path,
        "clone",
        "--quiet",
        "--depth",
        "1",
        "--no-single-branch",
        "--branch",
        "more",
        source,
        "shallow",
    )
    ran = mlopsc(tmp_path / "shallow", *SINCE, "origin/main")
    assert (ran.code, ran.out) == (2, "")
    assert "the clone is shallow and ends before the commit at which it and HEAD part" in ran.err
    assert "`git fetch --unshallow`" in ran.err and "fetch-depth: 0" in ran.err
    git(tmp_path / "shallow", "fetch", "--quiet", "--unshallow")
    assert mlopsc(tmp_path / "shallow", *SINCE, "origin/main").code == 0


def test_nothing_in_common(top: Path) -> None:
    git(top, "switch", "--quiet", "--orphan", "other")
    committed(top)
    git(top, "switch", "--quiet", "main")
    ran = mlopsc(top, *SINCE, "other")
    assert (ran.code, ran.out) == (2, "")
    assert (
        ran.err == "mlopsc: --changed-since other: it and HEAD have no commit in common; name another one\n"
    )


def test_no_repository(tmp_path: Path) -> None:
    ran = mlopsc(repository(tmp_path / "churn"), *SINCE, "main")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("mlopsc: --changed-since: git says: not a git repository")
    assert ran.err.endswith("; without the option all specs are looked at\n")


def test_no_git(top: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = ended(started(top, *SINCE, "HEAD", PATH=str(tmp_path / "empty")))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("mlopsc: --changed-since needs git, which cannot be started: ")


def test_settings_of_the_user_change_nothing(top: Path) -> None:
    for name, value in {
        "diff.relative": "true",
        "diff.noprefix": "true",
        "diff.external": "false",
        "core.quotePath": "true",
    }.items():
        git(top, "config", name, value)
    (top / "mlops.mk").write_text("ä\n")
    (top / "näme.txt").write_text("\n")
    assert "hand-edited" in mlopsc(top, *SINCE, "HEAD").out


def test_a_hook_of_git_may_ask(top: Path) -> None:
    (top / "mlops.mk").write_text("mine\n")
    ran = ended(started(top, *SINCE, "HEAD", GIT_DIR="elsewhere", GIT_INDEX_FILE="elsewhere/index"))
    assert (ran.code, "hand-edited" in ran.out) == (1, True)


def test_git_is_not_asked_without_the_option(top: Path, tmp_path: Path) -> None:
    (tmp_path / "git").write_text('#!/bin/sh\ntouch "$0.asked"\n')
    (tmp_path / "git").chmod(0o755)
    path = f"{tmp_path}:/usr/bin:/bin"
    assert ended(started(top, "check", ".", PATH=path)).code == 0
    assert not (tmp_path / "git.asked").exists()
    ended(started(top, *SINCE, "HEAD", PATH=path))
    assert (tmp_path / "git.asked").exists()
