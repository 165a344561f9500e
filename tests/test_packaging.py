"""The wheel stands alone: its own dependencies and no more, templates compiled, the same output."""

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.properties.installed import pip
from tests.trees import LOCK, NAMES, ROOT, differences, golden, tree

pytestmark = pytest.mark.slow
DEPENDENCIES = {"pydantic", "jinja2", "pyyaml", "typer", "jsonschema", "cronsim"}
# What those bring along; a name more is a decision.
BROUGHT = {
    "annotated-doc", "annotated-types", "attrs", "click", "jsonschema-specifications", "markdown-it-py", "markupsafe",
    "mdurl", "pydantic-core", "pygments", "referencing", "rich", "rpds-py", "shellingham", "typing-extensions",
    "typing-inspection",
}  # fmt: skip


def build(kind: str, source: Path, folder: Path) -> Path:
    """Build a wheel or an sdist with hatchling; returns its path."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (made,) = folder.iterdir()
    return made


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def fresh(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel in it; returns its bin folder."""
    return environment(tmp_path_factory.mktemp("fresh"), wheel)


def environment(folder: Path, *packages: Path | str) -> Path:
    engine("uv")
    subprocess.run(["uv", "venv", "-q", "--python", sys.executable, folder / "venv"], check=True)
    pip(folder / "venv/bin/python", "install", *packages)
    return folder / "venv" / "bin"


def run(folder: Path, *command: Path | str) -> str:
    """Run a program in an empty surrounding, so that nothing of the checkout is found."""
    done = subprocess.run(
        command, cwd=folder, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def all_compile(command: tuple[Path | str, ...], folder: Path) -> None:
    for name in NAMES:
        run(folder, *command, "compile", ROOT / "specs" / name, "--into", folder / name)
        assert not differences(tree(folder / name), golden(name)), name


def test_the_dependencies_are_these(wheel: Path) -> None:
    (metadata,) = (data for name, data in contents(wheel).items() if name.endswith("/METADATA"))
    needed = message_from_bytes(metadata).get_all("Requires-Dist") or []
    plain = [line for line in needed if "extra ==" not in line]
    assert {line.partition("<")[0].partition(">")[0].strip() for line in plain} == DEPENDENCIES
    assert all("<" in line for line in plain), "each has an upper bound"


def test_what_is_in_it(wheel: Path) -> None:
    names = set(contents(wheel))
    assert {
        "mlopsc/BUILD", "mlopsc/py.typed", "mlopsc/render/compiled.py", "mlopsc/schemas/mlops.schema.json",
        "mlopsc/templates/repository/mlops.mk.j2", "mlopsc/templates/validation/ops/validate.py",
    } <= names  # fmt: skip
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"mlopsc"}
    odd = ("__pycache__", "_cache", "golden/", "tests/", ".orig")
    assert not [name for name in names if any(part in name for part in odd)]
    ours = [
        path.relative_to(ROOT / "templates").as_posix()
        for path in (ROOT / "templates").rglob("*")
        if path.is_file()
    ]
    assert {f"mlopsc/templates/{name}" for name in ours if "cache" not in name} <= names


def test_two_builds_are_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    assert build("wheel", ROOT, tmp_path).read_bytes() == wheel.read_bytes()


def test_a_fresh_environment_holds_its_dependencies_only(fresh: Path) -> None:
    lines = run(fresh, fresh / "python", "-c", LIST_INSTALLED).splitlines()
    assert DEPENDENCIES | {"mlopsc"} <= set(lines) <= DEPENDENCIES | BROUGHT | {"mlopsc"}


LIST_INSTALLED = """
from importlib.metadata import distributions
print(*sorted(d.name.lower().replace("_", "-") for d in distributions()), sep="\\n")
"""


def test_it_compiles_from_there(fresh: Path, tmp_path: Path) -> None:
    all_compile((fresh / "mlopsc",), tmp_path)


def test_as_a_module_too(fresh: Path, tmp_path: Path) -> None:
    assert run(tmp_path, fresh / "python", "-m", "mlopsc", "--version") == run(
        tmp_path, fresh / "mlopsc", "--version"
    )
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["name"]
    assert run(tmp_path, fresh / "mlopsc", "--version").startswith(f"{version} ")


def test_its_templates_are_compiled_ahead(fresh: Path, tmp_path: Path) -> None:
    """Without jinja2 it writes the same: the compiled templates are what is used."""
    blocked = "import sys; sys.modules['jinja2'] = None; from mlopsc.__main__ import main; main()"
    all_compile((fresh / "python", "-c", blocked), tmp_path)


def test_the_build_id_is_that_of_the_sources(wheel: Path, fresh: Path, tmp_path: Path) -> None:
    from mlopsc.build_id import build_id

    built = contents(wheel)["mlopsc/BUILD"].decode().strip()
    assert built == build_id()
    run(tmp_path, fresh / "mlopsc", "compile", ROOT / "specs/minimal", "--into", tmp_path)
    assert built in (tmp_path / LOCK).read_text()


def test_a_checkout_and_a_wheel_agree_that_nothing_changed(fresh: Path, tmp_path: Path) -> None:
    spec = tmp_path / "mlops.yaml"
    spec.write_bytes((ROOT / "specs/minimal/mlops.yaml").read_bytes())
    run(tmp_path, fresh / "mlopsc", "compile")
    line = [sys.executable, "-m", "mlopsc", "check"]
    assert subprocess.run(line, cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_the_schema_is_in_it(fresh: Path, tmp_path: Path) -> None:
    assert run(tmp_path, fresh / "mlopsc", "schema") == (ROOT / "schemas/mlops.schema.json").read_text()


def test_an_sdist_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    sdist = build("sdist", ROOT, tmp_path / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (source,) = (tmp_path / "unpacked").iterdir()
    left_out = {"golden", ".venv", ".cache", ".hypothesis", ".git", "build", "dist"}
    assert not left_out & {path.name for path in source.iterdir()}
    assert contents(build("wheel", source, tmp_path / "wheel")) == contents(wheel)


def test_an_editable_install_reads_the_checkout(tmp_path: Path) -> None:
    bin_ = environment(tmp_path, "--editable", ROOT)
    (tmp_path / "out").mkdir()
    all_compile((bin_ / "mlopsc",), tmp_path / "out")
    where = run(tmp_path, bin_ / "python", "-c", "import mlopsc; print(mlopsc.__file__)")
    assert where.strip() == str(ROOT / "compiler" / "mlopsc" / "__init__.py")
