"""What becomes of a file: one test for each rule of ownership and each cause."""

import pytest
from mlopsc.diagnostics import Rejected
from mlopsc.tree.entry import Entry, Plan
from mlopsc.tree.report import report

from tests.unit.tree.world import World, rendered, starter

A, B = rendered("a.txt", "one\n"), rendered("ops/b.py", "two\n")


def story(plan: Plan) -> dict[str, tuple[str, str]]:
    """The action and cause of each file but the lock."""
    entries = [entry for entry in plan.entries if not entry.path.endswith(".lock")]
    return {entry.path.removeprefix("models/churn/"): (entry.action, entry.cause) for entry in entries}


def only(plan: Plan) -> Entry:
    (entry,) = [entry for entry in plan.entries if not entry.path.endswith(".lock")]
    return entry


def test_first_compile_creates_everything(world: World) -> None:
    root = rendered("/.github/workflows/churn-ci.yml", "on: push\n")
    planned = world.compile(A, B, root)
    assert story(planned) == {
        ".github/workflows/churn-ci.yml": ("created", "missing"),
        "a.txt": ("created", "missing"),
        "ops/b.py": ("created", "missing"),
    }
    assert [entry.path for entry in planned.entries] == sorted(entry.path for entry in planned.entries)
    assert world.files() == {
        "a.txt": "one\n",
        "ops/b.py": "two\n",
        "/.github/workflows/churn-ci.yml": "on: push\n",
    }


def test_second_compile_changes_nothing(world: World) -> None:
    world.compile(A, B)
    before = {path: path.stat().st_mtime_ns for path in world.root.rglob("*")}
    planned = world.compile(A, B)
    assert planned.clean and not planned.kept
    assert story(planned) == {"a.txt": ("unchanged", ""), "ops/b.py": ("unchanged", "")}
    assert {path: path.stat().st_mtime_ns for path in world.root.rglob("*")} == before


def test_a_plan_alone_writes_nothing(world: World) -> None:
    assert not world.plan(A, B).clean
    assert world.files() == {} and not world.lock.exists()


def test_changed_spec_rewrites_and_removes_what_is_unedited(world: World) -> None:
    world.compile(A, B)
    world.respec("version: 1 # changed")
    planned = world.compile(rendered("a.txt", "new\n"))
    assert story(planned) == {"a.txt": ("changed", "spec changed"), "ops/b.py": ("removed", "orphan")}
    assert world.files() == {"a.txt": "new\n"}
    assert not (world.folder / "ops").exists(), "a folder that fell empty goes too"


def test_a_folder_with_a_users_file_stays(world: World) -> None:
    world.compile(A, B)
    (world.folder / "ops/mine.py").write_text("mine\n")
    world.compile(A)
    assert world.files() == {"a.txt": "one\n", "ops/mine.py": "mine\n"}


def test_a_new_file_of_a_changed_spec_is_not_called_missing(world: World) -> None:
    world.compile(A)
    world.respec("more")
    assert story(world.plan(A, B))["ops/b.py"] == ("created", "spec changed")


def test_newer_compiler(world: World) -> None:
    world.compile(A, B)
    world.build = "build2"
    assert world.plan(A, B).clean, "equal bytes are clean whoever wrote them"
    assert story(world.plan(rendered("a.txt", "new\n"), B))["a.txt"] == ("changed", "compiler newer")
    world.compile(A, B)
    assert "# build build2" in world.lock.read_text(), "compile renews the lock"


def test_an_answer_that_changed_is_a_changed_spec(world: World) -> None:
    world.compile(A, names={"params.yaml": False})
    changed = world.plan(rendered("a.txt", "new\n"), names={"params.yaml": True})
    assert only(changed).cause == "spec changed"


def test_deleted_file_is_missing_and_comes_back(world: World) -> None:
    world.compile(A)
    (world.folder / "a.txt").unlink()
    assert story(world.compile(A)) == {"a.txt": ("created", "missing")}
    assert world.files() == {"a.txt": "one\n"}


@pytest.mark.parametrize("wanted", ["one\n", "another\n"])
def test_hand_edited_file_is_kept_and_the_others_are_written(world: World, wanted: str) -> None:
    world.compile(A)
    (world.folder / "a.txt").write_text("mine\n")
    for _ in range(2):
        planned = world.compile(rendered("a.txt", wanted), B)
        assert story(planned)["a.txt"] == ("kept", "hand-edited")
        assert planned.kept and not planned.clean
    assert world.files() == {"a.txt": "mine\n", "ops/b.py": "two\n"}
    detail = next(entry.detail for entry in planned.entries if entry.action == "kept")
    assert detail == (
        "add it to `own:` in the spec, "
        "or compile with --force models/churn/a.txt (its bytes are saved as a.txt.orig)"
    )


def test_an_edit_that_is_taken_back_is_no_edit(world: World) -> None:
    world.compile(A)
    (world.folder / "a.txt").write_text("mine\n")
    world.respec("changed")
    world.compile(rendered("a.txt", "new\n"))
    (world.folder / "a.txt").write_text("one\n")
    assert story(world.compile(rendered("a.txt", "new\n"))) == {"a.txt": ("changed", "spec changed")}
    assert world.files() == {"a.txt": "new\n"}


def test_an_edit_that_equals_what_is_wanted_is_adopted(world: World) -> None:
    world.compile(A)
    (world.folder / "a.txt").write_text("new\n")
    assert story(world.compile(rendered("a.txt", "new\n"))) == {"a.txt": ("unchanged", "")}
    world.respec("again")
    assert story(world.compile(rendered("a.txt", "newer\n"))) == {"a.txt": ("changed", "spec changed")}


def test_edited_orphan_is_reported_until_it_is_gone_or_owned(world: World) -> None:
    world.compile(A, B)
    edited = world.folder / "ops/b.py"
    edited.write_text("mine\n")
    for _ in range(2):
        planned = world.compile(A)
        assert story(planned)["ops/b.py"] == ("kept", "hand-edited")
    assert next(entry for entry in planned.entries if entry.action == "kept").detail.startswith(
        "it is no longer generated: delete it, "
    )
    owned = world.compile(A, own={"models/churn/ops/b.py"})
    assert story(owned)["a.txt"] == ("unchanged", "") and not owned.kept
    assert world.plan(A).clean and edited.read_text() == "mine\n"


def test_foreign_file_is_never_written(world: World) -> None:
    (world.folder / "a.txt").write_text("mine\n")
    planned = world.compile(A, B)
    assert story(planned) == {"a.txt": ("kept", "not ours"), "ops/b.py": ("created", "missing")}
    assert world.files()["a.txt"] == "mine\n"
    world.compile(B)
    assert world.files()["a.txt"] == "mine\n", "and never removed"


def test_foreign_file_with_our_bytes_is_adopted(world: World) -> None:
    (world.folder / "a.txt").write_text("one\n")
    world.compile(A)
    assert story(world.compile(B))["a.txt"] == ("removed", "orphan")


MAKEFILE = rendered("Makefile", "include mlops.mk\n", yields="include mlops.mk")


def test_yielding_file_gives_way_and_says_which_line_is_lacking(world: World) -> None:
    makefile = world.folder / "Makefile"
    makefile.write_text("all:\n")
    assert (only(world.compile(MAKEFILE)).action, only(world.plan(MAKEFILE)).detail) == (
        "yields",
        "include mlops.mk",
    )
    makefile.write_text("all:\n\ninclude mlops.mk\n")
    assert only(world.plan(MAKEFILE)).detail == ""
    assert world.plan(MAKEFILE).clean
    makefile.unlink()
    assert only(world.plan(MAKEFILE)).action == "created"


def test_yielding_file_gives_way_to_a_link_too(world: World) -> None:
    (world.folder / "Makefile").symlink_to("elsewhere")
    assert only(world.plan(MAKEFILE)).action == "yields"


def test_yielding_file_that_we_wrote_is_ours(world: World) -> None:
    world.compile(MAKEFILE)
    (world.folder / "Makefile").write_text("all:\n")
    assert only(world.plan(MAKEFILE)).cause == "hand-edited"


@pytest.mark.parametrize("own", ["models/churn/ops/b.py", "models/churn/ops"])
def test_owned_file_is_left_alone(world: World, own: str) -> None:
    world.compile(A, B)
    (world.folder / "ops/b.py").write_text("mine\n")
    planned = world.compile(A, B, own={own})
    assert "ops/b.py" not in story(planned) and not planned.kept
    world.compile(A, own={own})
    assert world.files()["ops/b.py"] == "mine\n"
    assert "ops/b.py" not in world.lock.read_text()


def test_owned_folder_does_not_own_its_namesakes(world: World) -> None:
    planned = world.compile(rendered("ops2/c.py", ""), own={"models/churn/ops"})
    assert story(planned) == {"ops2/c.py": ("created", "missing")}


def test_starters_are_not_compiled_and_not_removed(world: World) -> None:
    world.compile(rendered("params.yaml", "lr: 1\n"))
    assert "params.yaml" not in story(world.compile(starter("params.yaml", "lr: 2\n")))
    world.compile()
    assert world.files() == {"params.yaml": "lr: 1\n"}


@pytest.mark.parametrize(
    "path",
    ["../../../out.txt", "/../out.txt", "../../.git/hooks/x", "a\nb", "a\\b", ".mlopsc.lock", "/.", "a\x7f"],
)
def test_path_that_may_not_be_used_is_refused(world: World, path: str) -> None:
    with pytest.raises(Rejected) as refused:
        world.plan(A, rendered(path, "x"), rendered("../../../also.txt", "x"))
    assert [finding.code for finding in refused.value.diagnostics] == ["M604", "M604"]


def test_report_has_one_finding_per_file(world: World) -> None:
    world.compile(A, B)
    (world.folder / "a.txt").write_text("mine\n")
    (world.folder / "c.txt").write_text("foreign\n")
    findings = report(world.plan(A, rendered("c.txt", "ours\n"), rendered("d.txt", "d\n")))
    assert [(each.code, each.message) for each in findings] == [
        ("M605", "models/churn/a.txt: hand-edited"),
        ("M606", "models/churn/c.txt: not ours"),
        ("M607", "models/churn/d.txt: missing"),
        ("M608", "models/churn/ops/b.py: orphan"),
    ]
    assert findings[2].hint == "run `mlopsc compile`" and findings[2].span
    assert report(world.compile(A)) and not report(Plan(()))
