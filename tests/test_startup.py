"""What a command loads is what a person waits for: each loads only what it needs."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = {"pandas", "numpy", "scipy", "pyarrow", "sklearn", "matplotlib", "great_expectations", "mlflow"}
HEAVY |= {"airflow", "requests", "rich", "jsonschema"}
UNUSED = {"typer", "click", "argparse", "subprocess", "difflib", "asyncio"}
# Another name for the same module in Python 3.11 and in later ones.
OF_THE_INTERPRETER = {"_sha256", "_sha2"}

_LIST = """
import atexit, sys
sys.argv[0] = "mlopsc"
atexit.register(lambda: print("\\n", *sys.modules, file=sys.stderr))
from mlopsc.__main__ import main
main()
"""
_BY_TYPER = """
import sys
sys.argv[0] = "mlopsc"
import mlopsc.cli.everyday
mlopsc.cli.everyday.work_of = lambda arguments: None
from mlopsc.__main__ import main
main()
"""
_PLAIN = "import sys; sys.argv[0] = 'mlopsc'; from mlopsc.__main__ import main; main()"


def python(code: str, *arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def loaded(*arguments: str, folder: Path) -> set[str]:
    done = python(_LIST, *arguments, folder=folder)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    folder = tmp_path / "spec"
    shutil.copytree(ROOT / "specs" / "churn", folder)
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "customers.csv").touch()
    return folder


def packages(modules: set[str]) -> set[str]:
    return {name.split(".")[0] for name in modules}


def test_help_loads_neither_the_compiler_nor_anything_heavy(tmp_path: Path) -> None:
    modules = loaded("--help", folder=tmp_path)
    assert not packages(modules) & (HEAVY | {"jinja2", "yaml"})
    assert not modules & {"mlopsc.compile", "mlopsc.spec", "mlopsc.render"}


def test_compile_loads_nothing_heavy_and_no_parser_of_options(spec: Path) -> None:
    modules = loaded("compile", folder=spec)
    assert (spec / "ops" / "validate.py").exists()
    assert not packages(modules) & (HEAVY | UNUSED)
    assert not modules & {"mlopsc.diagnostics.codes", "mlopsc.spec.complaints", "mlopsc.spec.story"}


def test_sections_that_are_absent_are_not_loaded(spec: Path) -> None:
    modules = loaded("compile", folder=spec)
    assert "mlopsc.spec.validation" in modules
    assert not modules & {"mlopsc.spec.deployment", "mlopsc.spec.drift", "mlopsc.checks.deployment"}


def test_a_clean_check_loads_a_handful_of_modules(spec: Path) -> None:
    loaded("compile", folder=spec)
    bare = set(python("import sys; print(*sys.modules)", folder=spec).stdout.split())
    own = {"mlopsc", "mlopsc.__main__", "mlopsc.build_id", "mlopsc.sha256", "mlopsc.tree", "mlopsc.tree.lock"}
    extra = loaded("check", folder=spec) - bare - {"atexit"}
    assert own <= extra
    assert extra <= own | OF_THE_INTERPRETER


@pytest.mark.parametrize(
    "line",
    [
        "compile",
        "compile .",
        "compile mlops.yaml --into out",
        "compile --into out --root .",
        "compile --into one --into two",
        "compile nowhere.yaml",
        "compile . nowhere --into out",
        "compile --into",
        "compile --root",
        "compile --dry-run",
        "compile --into=out",
        "compile --nonsense",
        "compile -- mlops.yaml",
        "check",
        "check . --into out",
        "check nowhere.yaml",
        "check --format json",
    ],
)
def test_everyday_lines_mean_what_typer_takes_them_for(spec: Path, tmp_path: Path, line: str) -> None:
    twin = tmp_path / "twin" / "spec"
    shutil.copytree(spec, twin)
    ours = python(_PLAIN, *line.split(), folder=spec)
    typers = python(_BY_TYPER, *line.split(), folder=twin)
    assert (ours.returncode, ours.stdout, ours.stderr) == (typers.returncode, typers.stdout, typers.stderr)
    assert written(spec) == written(twin)


def written(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_a_reader_that_leaves_early_gets_no_traceback(spec: Path) -> None:
    command = f'"{sys.executable}" -m mlopsc compile --root . | true'
    done = subprocess.run(
        ["sh", "-c", command], cwd=spec, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr == ""
