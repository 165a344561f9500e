"""The table of commands: each row with its exit codes."""

from pathlib import Path
from subprocess import run

import pytest

from tests.journeys.begin import files, mlopsc
from tests.journeys.terminal import GENERATED, HEAD, LOCK, OTHER, SPEC, repository

WRONG = SPEC.replace("age:", "age: 5\n    plan:")
WARNED = SPEC.replace("data/customers.csv", "data/lost.csv")


@pytest.fixture
def top(tmp_path: Path) -> Path:
    return repository(tmp_path / "churn")


@pytest.fixture
def compiled(top: Path) -> Path:
    assert mlopsc(top, "compile").code == 0
    return top


def test_without_arguments_it_says_what_there_is(tmp_path: Path) -> None:
    ran = mlopsc(tmp_path)
    assert ran.code == 2
    shown = ran.out + ran.err
    rows = [line.split()[0] for line in shown.partition("Commands:\n")[2].splitlines()]
    assert rows == [
        "init",
        "add",
        "validate",
        "compile",
        "check",
        "diff",
        "show",
        "schema",
        "explain",
        "targets",
    ]
    assert "..." not in shown.partition("Commands:")[2], "each row tells its whole sentence"


def test_validate_a_good_spec(top: Path) -> None:
    ran = mlopsc(top, "validate")
    assert (ran.code, ran.out, ran.err) == (0, "mlops.yaml: ok\n", "")


def test_validate_a_wrong_spec(top: Path) -> None:
    (top / "mlops.yaml").write_text(WRONG)
    before = files(top)
    ran = mlopsc(top, "validate")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error[M202] mlops.yaml:6:10: `validation.columns.age` must be a mapping")
    assert files(top) == before


@pytest.mark.parametrize(("command", "code"), [("validate", 0), ("compile", 0), ("check", 1)])
def test_warnings_alone_are_no_failure(top: Path, command: str, code: int) -> None:
    (top / "mlops.yaml").write_text(WARNED)
    ran = mlopsc(top, command)
    assert ran.code == code
    assert ("warning[M309]" in ran.err) == (command != "check")


def test_compile_says_what_happens_to_each_file(top: Path) -> None:
    ran = mlopsc(top, "compile")
    assert ran.code == 0
    created = [f"  created    {name}" for name in GENERATED]
    last = "next: `make setup`, then `make help` lists the commands"
    assert ran.out.splitlines() == ["mlops.yaml", *created, last]
    assert set(files(top)) == {*GENERATED, LOCK, "mlops.yaml", "data/customers.csv"}


def test_a_second_compile_changes_nothing(compiled: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in compiled.rglob("*")}
    ran = mlopsc(compiled, "compile")
    assert (ran.code, ran.out) == (0, "mlops.yaml\n  unchanged  9 files\n")
    assert {path: path.stat().st_mtime_ns for path in compiled.rglob("*")} == before


def test_compile_writes_only_what_changed(compiled: Path) -> None:
    (compiled / "mlops.yaml").write_text(OTHER)
    ran = mlopsc(compiled, "compile")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "mlops.yaml",
        "  changed    RUNBOOK.md",
        "  changed    config/suite.json",
        "  unchanged  7 files",
    ]


def test_compile_removes_what_is_no_longer_made(compiled: Path) -> None:
    (compiled / "mlops.yaml").write_text(HEAD + "events: {broker: kafka}\n")
    ran = mlopsc(compiled, "compile")
    assert ran.code == 0
    assert [line.split()[0] for line in ran.out.splitlines()[1:]] == ["removed"] * 9
    assert set(files(compiled)) == {LOCK, "mlops.yaml", "data/customers.csv"}
    assert not (compiled / "ops").exists()


def test_compile_refuses_a_wrong_spec_and_leaves_all_as_it_is(compiled: Path) -> None:
    (compiled / "mlops.yaml").write_text(WRONG)
    before = files(compiled)
    assert mlopsc(compiled, "compile").code == 1
    assert files(compiled) == before


def test_a_dry_run_says_it_all_and_writes_nothing(top: Path) -> None:
    before = files(top)
    ran = mlopsc(top, "compile", "--dry-run")
    assert ran.code == 0
    assert ran.out.splitlines()[0] == "mlops.yaml (dry run: nothing is written)"
    assert [line.split()[1] for line in ran.out.splitlines()[1:]] == list(GENERATED)
    assert files(top) == before


def test_a_hand_edit_is_kept_and_does_not_hold_back_the_rest(compiled: Path) -> None:
    (compiled / "RUNBOOK.md").write_text("mine\n")
    (compiled / "mlops.yaml").write_text(OTHER)
    ran = mlopsc(compiled, "compile")
    assert ran.code == 1
    assert (
        "  kept       RUNBOOK.md (hand-edited): add it to `own:` in the spec, or compile with --force RUNBOOK.md"
        in ran.out
    )
    assert "  changed    config/suite.json" in ran.out
    assert (compiled / "RUNBOOK.md").read_text() == "mine\n"


def test_force_saves_the_old_bytes(compiled: Path) -> None:
    written = (compiled / "RUNBOOK.md").read_bytes()
    (compiled / "RUNBOOK.md").write_text("mine\n")
    (compiled / "mlops.mk").write_text("mine, too\n")
    ran = mlopsc(compiled, "compile", "--force", "RUNBOOK.md")
    assert ran.code == 1, "mlops.mk is kept"
    assert "  changed    RUNBOOK.md (your version is kept as RUNBOOK.md.orig)" in ran.out
    assert (compiled / "RUNBOOK.md").read_bytes() == written
    assert (compiled / "RUNBOOK.md.orig").read_text() == "mine\n"
    assert (compiled / "mlops.mk").read_text() == "mine, too\n"


@pytest.mark.parametrize(
    ("here", "name"),
    [(".", "models/churn/mlops.mk"), ("models/churn", "models/churn/mlops.mk"), ("models/churn", "mlops.mk")],
)
def test_force_takes_the_path_as_it_was_printed(tmp_path: Path, here: str, name: str) -> None:
    top = repository(tmp_path / "shop", {"models/churn/mlops.yaml": SPEC})
    spec = top / "models/churn/mlops.yaml"
    assert mlopsc(top, "compile", str(spec)).code == 0
    (top / "models/churn/mlops.mk").write_text("mine\n")
    assert mlopsc(top / here, "compile", str(spec), "--force", name).code == 0
    assert (top / "models/churn/mlops.mk.orig").read_text() == "mine\n"


def test_a_file_that_the_user_owns_is_left_alone(compiled: Path) -> None:
    (compiled / "RUNBOOK.md").write_text("mine\n")
    (compiled / "mlops.yaml").write_text(SPEC + "own: [RUNBOOK.md]\n")
    assert mlopsc(compiled, "compile").code == 0
    assert (compiled / "RUNBOOK.md").read_text() == "mine\n"
    assert mlopsc(compiled, "check").code == 0


def test_check_and_diff_answer_alike(compiled: Path) -> None:
    assert mlopsc(compiled, "check").code == 0
    same = mlopsc(compiled, "diff")
    assert (same.code, same.out) == (0, "")
    (compiled / "mlops.yaml").write_text(OTHER)
    before = files(compiled)
    assert mlopsc(compiled, "check").code == 1
    ran = mlopsc(compiled, "diff")
    assert ran.code == 1
    assert "--- a/config/suite.json\n+++ b/config/suite.json\n" in ran.out
    (compiled / "mlops.yaml").write_text(WRONG)
    assert mlopsc(compiled, "check").code == mlopsc(compiled, "diff").code == 2
    (compiled / "mlops.yaml").write_text(OTHER)
    assert files(compiled) == before


def test_diff_is_a_patch(compiled: Path) -> None:
    (compiled / "mlops.yaml").write_text(OTHER)
    for changed in ("config/suite.json", LOCK):
        patch = mlopsc(compiled, "diff").out
        assert f"+++ b/{changed}\n" in patch
        run(["git", "apply", "-"], cwd=compiled, input=patch, text=True, check=True)
    assert mlopsc(compiled, "check").code == 0


def test_a_pattern_that_python_frowns_at_is_no_noise(top: Path) -> None:
    (top / "mlops.yaml").write_text(SPEC + "    plan: {matches: '[a&&b]'}\n")
    ran = mlopsc(top, "validate")
    assert (ran.code, ran.err) == (0, "")
