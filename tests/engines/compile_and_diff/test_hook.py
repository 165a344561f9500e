"""The hook under the real pre-commit, which installs it from a clone of this repository."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.engines.compile_and_diff.world import CAUSES, CHURN, compiled, spoiled
from tests.journeys.commits import IDENTITY, begun, committed, git

ROOT = Path(__file__).parents[3]
PINNED = "pre-commit==4.7.0"
# What a clone of the hook's repository needs to be installed.
_PARTS = (
    "compiler",
    "templates",
    "schemas",
    "tools",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    ".pre-commit-hooks.yaml",
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pre_commit() -> Path:
    """The program, in an environment of its own that is kept."""
    engine("git")
    engine("uv")
    place = ROOT / ".cache" / "pre-commit"
    if not (place / ".ready").exists():
        subprocess.run(["uv", "venv", "--quiet", "--clear", "--python", "3.11", place], check=True)
        subprocess.run(
            ["uv", "pip", "install", "--quiet", "--python", place / "bin/python", PINNED], check=True
        )
        (place / ".ready").touch()
    return place / "bin/pre-commit"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, pre_commit: Path) -> Path:
    """A compiled repository with the hook in its configuration, and a clone of ours to take it from."""
    folder = tmp_path_factory.mktemp("hook")
    leftovers = shutil.ignore_patterns("__pycache__", "*_cache")
    for name in _PARTS:
        source, target = ROOT / name, folder / "mlopsc" / name
        shutil.copytree(source, target, ignore=leftovers) if source.is_dir() else shutil.copy(source, target)
    revision = git(begun(folder / "mlopsc"), "rev-parse", "HEAD").strip()
    top = compiled(folder / "shop")
    hook = f"repos: [{{repo: {folder / 'mlopsc'}, rev: {revision}, hooks: [{{id: mlopsc-check}}]}}]\n"
    (top / ".pre-commit-config.yaml").write_text(hook)
    committed(top)
    run(pre_commit, top, "install")
    return top


def run(program: Path, top: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    env = {
        **os.environ,
        **IDENTITY,
        "PRE_COMMIT_HOME": str(top.parent / "home"),
        "NO_COLOR": "1",
        "TERM": "dumb",
    }
    env["PATH"] = f"{program.parent}{os.pathsep}{env['PATH']}"
    return subprocess.run(
        [str(program), *command], cwd=top, env=env, capture_output=True, text=True, check=False
    )


def test_the_hook_names_each_file_with_its_cause(pre_commit: Path, shop: Path) -> None:
    done = run(pre_commit, shop, "run", "--all-files")
    assert (done.returncode, "Passed" in done.stdout) == (0, True), done.stdout + done.stderr
    spoiled(shop)
    git(shop, "add", "--all")
    done = run(pre_commit, shop, "run")
    assert done.returncode == 1
    assert "- hook id: mlopsc-check\n- exit code: 1\n" in done.stdout
    rows = [line for line in done.stdout.splitlines() if line.startswith("  ")]
    assert {row[18:].partition(":")[0]: row[2:16].strip() for row in rows} == CAUSES
    git(shop, "reset", "--quiet", "--hard")

    # A commit that only deletes has no file to hand to a hook.
    git(shop, "rm", "--quiet", f"{CHURN}/mlops.mk")
    refused = run(Path(shutil.which("git") or "git"), shop, "commit", "--message", "less")
    assert refused.returncode == 1
    assert f"  missing         {CHURN}/mlops.mk" in refused.stdout + refused.stderr
    assert git(shop, "status", "--porcelain") == f"D  {CHURN}/mlops.mk\n"
    git(shop, "reset", "--quiet", "--hard")


def test_try_repo_on_a_fault(pre_commit: Path, shop: Path) -> None:
    with (shop / CHURN / "mlops.mk").open("a") as file:
        file.write("# mine\n")
    git(shop, "add", "--all")
    done = run(pre_commit, shop, "try-repo", str(shop.parent / "mlopsc"), "mlopsc-check")
    git(shop, "reset", "--quiet", "--hard")
    assert done.returncode == 1
    assert f"  hand-edited     {CHURN}/mlops.mk: " in done.stdout
