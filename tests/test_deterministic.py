"""The same bytes from every folder, locale, time zone, hash seed, umask and Python."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest_engines import engine, missed
from tests.properties.installed import pip
from tests.trees import NAMES, ROOT, copied, differences, golden, tree

COMPILER = ROOT / "compiler"
NEEDED = tuple(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"])
# Each differs in several ways at once: none of them may matter.
WORLDS = {
    "C locale, Kiritimati, hash seed 0": {
        "LANG": "C",
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "TZ": "Pacific/Kiritimati",
        "PYTHONHASHSEED": "0",
    },
    "Turkish locale, west of Greenwich, hash seed 1": {
        "LANG": "tr_TR.UTF-8",
        "LC_ALL": "tr_TR.UTF-8",
        "TZ": "America/Los_Angeles",
        "PYTHONHASHSEED": "1",
    },
    "Latin-1, another home and user, any hash seed": {
        "PYTHONIOENCODING": "latin-1",
        "PYTHONUTF8": "0",
        "HOME": "/nonexistent",
        "USER": "nobody",
        "MLOPS_ENV": "production",
        "PYTHONHASHSEED": "random",
    },
    "optimised": {"PYTHONOPTIMIZE": "2"},
}


def compile_(folder: Path, *arguments: str, python: str = sys.executable, **environment: str) -> None:
    """Run `mlopsc compile` in a folder; it must succeed. Bytecode goes where PYTHONPYCACHEPREFIX says, if it does."""
    known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(COMPILER)}
    known |= {} if "PYTHONPYCACHEPREFIX" in environment else {"PYTHONDONTWRITEBYTECODE": "1"}
    command = [python, "-m", "mlopsc", "compile", *arguments]
    done = subprocess.run(command, cwd=folder, env={**known, **environment}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")


def all_match(into: Path, run: Callable[[str, str], None]) -> None:
    """Compile every folder of specs/ with `run(spec, into)` and compare with golden/."""
    for name in NAMES:
        run(str(ROOT / "specs" / name), str(into / name))
        assert not differences(tree(into / name), golden(name)), name


@pytest.mark.parametrize("world", WORLDS)
def test_the_environment_does_not_matter(world: str, tmp_path: Path) -> None:
    given = {"PYTHONPYCACHEPREFIX": str(tmp_path / "bytecode"), **WORLDS[world]}
    all_match(tmp_path / "out", lambda spec, into: compile_(tmp_path, spec, "--into", into, **given))


@pytest.mark.parametrize("folder", ["a b", "grün/ 中文 🦜", "--into", "x'y\"z$HOME`id`", "%s{0}", "a" * 200])
def test_the_folder_does_not_matter(folder: str, tmp_path: Path) -> None:
    home = copied("churn", tmp_path / folder / "churn")
    compile_(home)
    made = {name: data for name, data in tree(home).items() if name != "mlops.yaml"}
    assert not differences(made, golden("churn"))


def test_a_folder_in_a_git_repository_is_named_in_the_headers(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    home = copied("minimal", tmp_path / "models" / "churn")
    compile_(tmp_path, "models/churn/mlops.yaml")
    wanted = {
        name: data.replace(b"from mlops.yaml", b"from models/churn/mlops.yaml")
        for name, data in golden("minimal").items()
    }
    assert not differences({name: data for name, data in tree(home).items() if name != "mlops.yaml"}, wanted)


@pytest.mark.parametrize("folder", ["a --> b", "it's #1 $(id)", "a\udcff"])
def test_a_header_cannot_be_more_than_a_comment(folder: str, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    home = copied("minimal", tmp_path / folder)
    compile_(tmp_path, f"{folder}/mlops.yaml")
    for name, data in golden("minimal").items():
        made = (home / name).read_bytes()
        assert (
            made.splitlines()[data.startswith((b"#", b"<!--")) :]
            == data.splitlines()[data.startswith((b"#", b"<!--")) :]
        )


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_the_umask_does_not_matter(mask: int, tmp_path: Path) -> None:
    before = os.umask(mask)
    try:
        compile_(tmp_path, str(ROOT / "specs/churn"), "--into", str(tmp_path / "out"))
    finally:
        os.umask(before)
    assert not differences(tree(tmp_path / "out"), golden("churn"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("change", ["crlf", "bom", "both"])
def test_line_ends_and_marks_of_editors_do_not_matter(change: str, name: str, tmp_path: Path) -> None:
    home = copied(name, tmp_path / name)
    for spec in home.rglob("*.yaml"):
        data = spec.read_bytes()
        data = data.replace(b"\n", b"\r\n") if change != "bom" else data
        spec.write_bytes(b"\xef\xbb\xbf" + data if change != "crlf" else data)
    compile_(tmp_path, str(home), "--into", str(tmp_path / "out"))
    assert not differences(tree(tmp_path / "out"), golden(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_second_compile_writes_nothing(name: str, tmp_path: Path) -> None:
    arguments = (str(ROOT / "specs" / name), "--into", str(tmp_path))
    compile_(ROOT, *arguments)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    compile_(ROOT, *arguments)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_the_python_does_not_matter(version: str, tmp_path: Path) -> None:
    python = interpreter(version, tmp_path / "venv")
    given = {"python": python, "PYTHONPYCACHEPREFIX": str(tmp_path / "bytecode")}
    all_match(tmp_path / "out", lambda spec, into: compile_(tmp_path, spec, "--into", into, **given))


def interpreter(version: str, folder: Path) -> str:
    """Return a Python of a version with what the compiler needs; where there is none, an engine is missing."""
    engine("uv")
    found = next(filter(runs, candidates(f"python{version}")), None) or missed(f"python{version}")
    subprocess.run(["uv", "venv", "-q", "--python", str(found), folder], check=True)
    pip(folder / "bin" / "python", "install", *NEEDED)
    return str(folder / "bin" / "python")


def candidates(name: str) -> Iterator[str]:
    """Yield where a Python may be: on the path, or among those of pyenv, whose shims may answer for another."""
    yield from filter(None, [shutil.which(name)])
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(map(str, pyenv.glob(f"versions/*/bin/{name}")))


def runs(python: str) -> bool:
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
