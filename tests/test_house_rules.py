"""The shape of the house: who imports whom, how large a thing may be, and what stays out of templates."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "compiler" / "mlopsc"
TEMPLATES = ROOT / "templates"
MODULES = sorted(PACKAGE.rglob("*.py"))
PROGRAMS = sorted(TEMPLATES.rglob("*.py"))
TREES = {path: ast.parse(path.read_text("utf-8")) for path in (*MODULES, *PROGRAMS)}
Function = ast.FunctionDef | ast.AsyncFunctionDef

# The only places of the compiler that know a library.
HOMES = {
    "jinja2": "render",
    "pydantic": "spec",
    "pydantic_core": "spec",
    "typer": "cli",
    "yaml": "source languages begin",
}
HEAVY = {"pandas", "numpy", "scipy", "mlflow", "great_expectations", "pyarrow", "sklearn", "requests", "rich"}
TARGETS_MAY = {"actions", "model", "symbols", "files", "pins", "targets"}


def imports(path: Path) -> Iterator[str]:
    """Yield the dotted names that a module imports, also inside its functions."""
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name} imports relatively"
            yield node.module or ""


def functions(path: Path) -> Iterator[Function]:
    yield from (node for node in ast.walk(TREES[path]) if isinstance(node, Function))


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def length(function: Function) -> int:
    """The lines of a function's body and signature, without decorators and docstring."""
    has_doc = ast.get_docstring(function) is not None
    doc = function.body[0] if has_doc else None
    own = (function.end_lineno or 0) - function.lineno + 1
    return own - ((doc.end_lineno or 0) - doc.lineno + 1 if doc else 0)


def part(path: Path) -> str:
    """The name of a module's part of the package: its folder, or itself."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_imports_go_one_way() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stdout


@pytest.mark.parametrize("library", HOMES)
def test_a_library_has_one_home(library: str) -> None:
    users = {part(path) for path in MODULES for name in imports(path) if name.split(".")[0] == library}
    assert users
    assert users <= set(HOMES[library].split())


def test_nothing_heavy_is_imported() -> None:
    assert not [
        (path.name, name) for path in MODULES for name in imports(path) if name.split(".")[0] in HEAVY
    ]


def test_targets_know_the_model_and_the_vocabulary_only() -> None:
    for path in (PACKAGE / "targets").rglob("*.py"):
        own = [name for name in imports(path) if name.startswith("mlopsc")]
        assert {name.split(".")[1] for name in own} <= TARGETS_MAY, path
        target = path.relative_to(PACKAGE / "targets").parts[0].removesuffix(".py")
        others = {name.split(".")[2] for name in own if name.startswith("mlopsc.targets.")}
        assert target == "__init__" or others <= {target, "offered", "loop"}, path


def test_targets_mirror_templates() -> None:
    from mlopsc.targets import TARGETS

    modules = {path.stem if path.is_file() else path.name for path in (PACKAGE / "targets").iterdir()}
    targets = modules - {"__init__", "__pycache__", "offered", "loop", "expectations"}
    assert (
        targets
        == set(TARGETS)
        == {path.name for path in TEMPLATES.iterdir() if not path.name.startswith(".")}
    )


def test_modules_are_small() -> None:
    sizes = {path: lines(path) for path in (*MODULES, *PROGRAMS)}
    assert not {path.name: size for path, size in sizes.items() if size > 200}
    # A package's one-line front door is no module to be proud of.
    assert median(size for path, size in sizes.items() if path.name != "__init__.py") <= 70


def test_functions_are_short() -> None:
    sizes = {f"{path.name}:{each.name}": length(each) for path in TREES for each in functions(path)}
    assert not {name: size for name, size in sizes.items() if size > 40}
    assert median(sizes.values()) <= 8


def test_names_say_what_is_inside() -> None:
    vague = re.compile(r"(utils?|helpers?|misc|common|stuff|.*_[0-9]+)")
    assert not [path for path in (*MODULES, *PROGRAMS) if vague.fullmatch(path.stem)]


def test_everything_is_annotated() -> None:
    for path in TREES:
        for each in functions(path):
            arguments = [*each.args.posonlyargs, *each.args.args, *each.args.kwonlyargs]
            bare = [a.arg for a in arguments if a.annotation is None and a.arg not in ("self", "cls")]
            assert each.returns is not None and not bare, f"{path.name}:{each.name}"


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX)\b")
    assert not [path for path in (*MODULES, *PROGRAMS) if later.search(path.read_text("utf-8"))]


def test_targets_hold_no_text_of_files() -> None:
    """Shape lives in templates: a line break in a target's literal would be a template in hiding."""
    for path in (PACKAGE / "targets").rglob("*.py"):
        docs = {
            ast.get_docstring(node, clean=False)
            for node in ast.walk(TREES[path])
            if isinstance(node, _DOCUMENTED)
        }
        texts = [node.value for node in ast.walk(TREES[path]) if isinstance(node, ast.Constant)]
        assert not [text for text in texts if isinstance(text, str) and "\n" in text and text not in docs], (
            path
        )


_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)
_TAG = re.compile(r"<%(?![=#])\s*(\w+)")


def test_templates_only_loop_and_choose() -> None:
    """Decisions are made in targets: few choices, and not many blocks of any kind per line."""
    texts = [path.read_text("utf-8") for path in TEMPLATES.rglob("*.j2")]
    tags = [tag for text in texts for tag in _TAG.findall(text)]
    size = sum(len(text.splitlines()) for text in texts)
    assert set(tags) <= {"for", "endfor", "if", "elif", "else", "endif"}
    assert sum(tag in ("if", "elif", "else") for tag in tags) < 0.15 * size
    assert sum(tag in ("for", "if", "elif", "else") for tag in tags) < 0.2 * size


def test_templates_hold_no_long_expressions() -> None:
    hole = re.compile(r"<%=(.*?)%>", re.DOTALL)
    plain = re.compile(r"\s*\w+(\.\w+)*(\s*\|\s*(comment|code|go|keywords|name|plain))?\s*")
    for path in TEMPLATES.rglob("*.j2"):
        assert not [text for text in hole.findall(path.read_text("utf-8")) if not plain.fullmatch(text)], path


def test_programs_have_no_holes() -> None:
    assert PROGRAMS
    assert not [path for path in PROGRAMS if "<%" in path.read_text("utf-8")]


def test_the_project_speaks_of_itself_alone() -> None:
    """No path of the machine that it was written on, and no registry that it was fetched from."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    odd = re.compile(rf"(?<![\w.])/{'work'}/|{'artifact'}ory|{'internal'}\.(corp|net)", re.IGNORECASE)
    for name in tracked.splitlines():
        path = ROOT / name
        if path.is_file() and path.suffix in (
            ".py",
            ".md",
            ".toml",
            ".yaml",
            ".j2",
            ".sh",
            ".txt",
            ".in",
            "",
        ):
            assert not odd.search(path.read_text("utf-8", "replace")), name
