"""`--changed-since REF` looks at the specs that a diff touches, whatever of theirs it is, and at no other."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.journeys.begin import files, mlopsc
from tests.journeys.commits import begun, committed, git

COLUMNS = "validation:\n  columns:\n    age: {between: [0, 120]}\n"
COMPANY, HOUSE = "company.yaml", "platform/house.yaml"
A, B, C = (f"models/{name}/mlops.yaml" for name in "abc")
SPECS = {
    COMPANY: "version: 1\ntimezone: Europe/Berlin\n",
    HOUSE: "version: 1\nextends: ../company.yaml\nmodels: ../models/[ab]/mlops.yaml\n",
    A: f"version: 1\nextends: ../../platform/house.yaml\nmodel: {{name: a}}\ndata: {{path: a.csv}}\n{COLUMNS}",
    B: f"version: 1\nextends: ../../platform/house.yaml\nmodel: {{name: b}}\ndata: {{path: b.csv}}\n{COLUMNS}",
    C: f"version: 1\ntemplates: ../../style\nmodel: {{name: c}}\ndata: {{path: c.csv}}\n{COLUMNS}",
}
STYLE = "style/repository/mlops.mk.j2"
LOCK = ".mlopsc.lock"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    engine("git")
    top = tmp_path_factory.mktemp("made") / "shop"
    for name, text in SPECS.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)
    (top / "style/validation/config").mkdir(parents=True)
    (top / "README.md").write_text("ours\n")
    (top / "models/b/RUNBOOK.md").write_text("mine\n")  # somebody's: kept, and the lock knows it
    shutil.copyfile(Path(__file__).parents[2] / "templates/repository/ops/verdict.py", top / "verdict.py")
    (top / "style/repository/ops").mkdir(parents=True)
    (top / "verdict.py").rename(top / "style/repository/ops/verdict.py")
    mlopsc(top, "compile", ".")
    for name in "abc":
        assert (top / "models" / name / LOCK).exists()
    listed(top / HOUSE, "shared.md", "# shared\n")
    listed(top / C, "../../.github/workflows/c-ci.yml", "jobs: {}\n")
    return begun(top)


def listed(spec: Path, name: str, text: str) -> None:
    """Let the lock of a spec list one file more, as a target to come would write it."""
    from mlopsc.tree.lock import digest

    path = spec.parent / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    lock = spec.parent / LOCK
    lock.write_text(lock.read_text().replace("# end\n", f"{digest(text.encode())}  {name}\n# end\n"))


@pytest.fixture
def top(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "shop", symlinks=True))


def more(name: str, text: str = "# more\n") -> Callable[[Path], object]:
    def edit(top: Path) -> None:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        with (top / name).open("a") as file:
            file.write(text)

    return edit


def gone(name: str) -> Callable[[Path], object]:
    return lambda top: (top / name).unlink()


def moved(top: Path) -> None:
    (top / "models/a/ops").rename(top / "models/a/programs")


def linked(top: Path) -> None:
    (top / "models/a/ops/verdict.py").unlink()
    (top / "models/a/ops/verdict.py").symlink_to("../mlops.mk")


def unlisted(top: Path) -> None:
    lock = top / "models/b" / LOCK
    lock.write_text(
        "".join(row for row in lock.read_text().splitlines(True) if not row.endswith("mlops.mk\n"))
    )


# What somebody does, and the specs that are then looked at.
TOUCHED: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "nothing": (lambda top: None, set()),
    "something else": (more("README.md"), set()),
    "a new file beside": (more("models/a/notes.md"), set()),
    "the spec": (more(A), {A}),
    "what it extends": (more(HOUSE), {A, B, HOUSE}),
    "what that extends": (more(COMPANY), {A, B, HOUSE}),
    "a generated file": (more("models/a/ops/verdict.py"), {A}),
    "a generated file deleted": (gone("models/a/ops/verdict.py"), {A}),
    "a generated file replaced by a link": (linked, {A}),
    "a folder of generated files renamed": (moved, {A}),
    "a generated file at the root": (more(".github/workflows/c-ci.yml"), {C}),
    "a generated file of the house": (more("platform/shared.md"), {HOUSE}),
    "a file that was kept": (more("models/b/RUNBOOK.md"), {B}),
    "the lock": (more(f"models/b/{LOCK}"), {B}),
    "a line of the lock": (unlisted, {B}),
    "the lock deleted": (gone(f"models/b/{LOCK}"), {B}),
    "a compile that was killed": (more(f"models/b/{LOCK}.pending"), {B}),
    "a template of the house style": (more("style/repository/ops/verdict.py"), {C}),
    "a new template of the house style": (more(STYLE, "all:\n"), {C}),
    "a template that nobody asks for": (more("style/repository/other.txt"), set()),
    "two of them": (lambda top: (more(A)(top), gone("models/b/mlops.mk")(top)), {A, B}),
}


@pytest.mark.parametrize("name", TOUCHED)
def test_what_the_working_tree_touches(top: Path, name: str) -> None:
    happened, specs = TOUCHED[name]
    happened(top)
    assert looked_at(top, "HEAD") == specs


@pytest.mark.parametrize(
    "name", ["what that extends", "a generated file deleted", "the spec", "a file that was kept"]
)
@pytest.mark.parametrize("state", ["staged", "committed"])
def test_what_a_branch_touches(top: Path, name: str, state: str) -> None:
    git(top, "switch", "--quiet", "--create", "more")
    happened, specs = TOUCHED[name]
    happened(top)
    committed(top) if state == "committed" else git(top, "add", "--all")
    assert looked_at(top, "main") == specs
    assert looked_at(top, "more") == (set() if state == "committed" else specs)


def looked_at(top: Path, ref: str) -> set[str]:
    """Return the specs about which `check` says something."""
    ran = mlopsc(top, "check", ".", "--changed-since", ref, "--format", "text")
    rejected = set(re.findall(r"^error\[M603\]: (\S+)/.mlopsc.lock", ran.err, re.MULTILINE))
    told = {
        line.removesuffix(": up to date")
        for line in ran.out.splitlines()
        if not line.startswith((" ", "since "))
    }
    specs = told | {f"{folder}/mlops.yaml" for folder in rejected}
    left = f"since {ref}: {f'{len(specs)} spec' if specs else 'no spec'}{'s' * (len(specs) != 1)} touched, "
    assert f"{left}{4 - len(specs)} left alone\n" in ran.out
    return specs


def test_what_came_on_main_since_they_parted_does_not_count(top: Path) -> None:
    git(top, "switch", "--quiet", "--create", "more")
    more(A)(top)
    committed(top)
    git(top, "switch", "--quiet", "main")
    more(B)(top)
    committed(top)
    git(top, "switch", "--quiet", "more")
    assert looked_at(top, "main") == {A}


def test_a_lock_of_another_text_is_not_asked_what_the_spec_extends(top: Path) -> None:
    """On main the spec was changed and not compiled: its lock names neither what it extends nor its style."""
    (top / "models/base.yaml").write_text("version: 1\ntimezone: Europe/Paris\n")
    spec = top / C
    spec.write_text(
        spec.read_text().replace("templates: ../../style", "extends: ../base.yaml\ntemplates: ../../look")
    )
    more("look/repository/mlops.mk.j2", "all:\n")(top)
    committed(top)
    assert looked_at(top, "HEAD") == set()
    more("models/base.yaml")(top)
    assert looked_at(top, "HEAD") == {C}
    git(top, "checkout", "--quiet", "--", ".")
    more("look/repository/mlops.mk.j2")(top)
    assert looked_at(top, "HEAD") == {C}


def test_a_link_is_followed_to_what_is_extended(top: Path) -> None:
    (top / "platform/house.yaml").rename(top / "platform/real.yaml")
    (top / "platform/house.yaml").symlink_to("real.yaml")
    committed(top)
    more("platform/real.yaml")(top)
    assert looked_at(top, "HEAD") == {A, B, HOUSE}


def test_a_house_that_is_named_brings_its_models(top: Path) -> None:
    more("models/b/mlops.mk")(top)
    ran = mlopsc(top, "check", HOUSE, "--changed-since", "HEAD")
    assert ran.code == 1
    assert "hand-edited     models/b/mlops.mk" in ran.out
    assert A not in ran.out and HOUSE not in ran.out
    assert "since HEAD: 1 spec touched, 2 left alone\n" in ran.out


def test_other_commands_take_it_too(top: Path) -> None:
    spec = top / A
    spec.write_text(spec.read_text().replace("120", "99"))
    ran = mlopsc(top, "validate", ".", "--changed-since", "HEAD")
    assert (ran.code, ran.out) == (0, f"{A}: ok\nsince HEAD: 1 spec touched, 3 left alone\n")
    ran = mlopsc(top, "diff", ".", "--changed-since", "HEAD")
    assert (ran.code, ran.err) == (1, "since HEAD: 1 spec touched, 3 left alone\n")
    assert ran.out.startswith("--- a/models/a/") and "models/b" not in ran.out
    ran = mlopsc(top, "check", ".", "--changed-since", "HEAD", "--format", "json")
    assert {found["file"].split("/")[1] for found in json.loads(ran.out)["diagnostics"]} == {"a"}
    ran = mlopsc(top, "compile", ".", "--changed-since", "HEAD")
    assert ran.code == 0
    assert ran.out.startswith(f"{A}\n  changed") and ran.out.endswith(
        "since HEAD: 1 spec touched, 3 left alone\n"
    )
    assert mlopsc(top, "check", A).code == 0


def test_from_a_folder_below_and_with_other_roots(top: Path) -> None:
    more("models/a/mlops.mk")(top)
    more("models/b/mlops.mk")(top)
    ran = mlopsc(top / "models/a", "check", "--changed-since", "HEAD")
    assert (ran.code, ran.out.split("\n")[0]) == (1, A)
    assert mlopsc(top / "models/c", "check", "--changed-since", "HEAD").code == 0
    outside = mlopsc(top, "check", ".", "--changed-since", "HEAD", "--into", "../out")
    assert (outside.code, outside.out) == (2, "")
    assert "lies outside of the repository" in outside.err


def test_a_tree_of_its_own_within_the_repository(top: Path) -> None:
    assert mlopsc(top, "compile", "models/c", "--into", "out").code == 0
    committed(top)
    check = ("check", "models/c", "--into", "out", "--changed-since", "HEAD")
    assert mlopsc(top, *check).out == "since HEAD: no specs touched, 1 left alone\n"
    more("out/mlops.mk")(top)
    assert "hand-edited     mlops.mk" in mlopsc(top, *check).out
    git(top, "checkout", "--quiet", "--", ".")
    more(C)(top)
    assert mlopsc(top, *check).out == "mlops.yaml: up to date\n"


def test_it_writes_nothing(top: Path) -> None:
    more(A)(top)
    before = files(top)
    mlopsc(top, "check", ".", "--changed-since", "HEAD")
    after = files(top)
    # Git itself may note in its index which files it has looked at.
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} <= {
        ".git/index"
    }
