"""SIGKILL, Ctrl-C and two compiles at once: nothing is lost, nobody is accused, the next compile ends well."""

import shutil
import signal
from pathlib import Path

import pytest

from tests.journeys.begin import Ran, files, mlopsc
from tests.journeys.terminal import LOCK, OTHER, SPEC, ended, named, repository, started

SCHEDULED = SPEC.replace("  columns", "  schedule: daily\n  columns")
# A first compile puts a pending lock, nine files and the lock in place; a later one fewer.
STEPS = [0, 1, 5, 10]


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes | str]:
    """Return what a compile of the scheduled spec makes that nobody disturbs."""
    top = repository(tmp_path_factory.mktemp("calm") / "churn", {"mlops.yaml": SCHEDULED})
    assert mlopsc(top, "compile").code == 0
    return files(top)


def dies(top: Path, by: str, step: int, *options: str) -> Ran:
    """Compile and be killed before the given step."""
    hook = top.parent / "hook"
    hook.mkdir(exist_ok=True)
    shutil.copy(Path(__file__).with_name("dying.py"), hook / "sitecustomize.py")
    return ended(started(top, "compile", *options, hook=hook, DIES_AT=str(step), DIES_BY=by))


def goes_on(top: Path, wanted: dict[str, bytes | str]) -> None:
    """Change the spec, look, compile: the result must not show that anything happened."""
    (top / "mlops.yaml").write_text(SCHEDULED)
    looked = mlopsc(top, "check")
    assert looked.code == 1
    assert "hand-edited" not in looked.out and "not ours" not in looked.out
    ran = mlopsc(top, "compile")
    assert (ran.code, ran.err) == (0, "")
    assert files(top) == wanted


@pytest.mark.parametrize("step", STEPS)
def test_killed_in_a_first_compile(tmp_path: Path, step: int, wanted: dict[str, bytes | str]) -> None:
    top = repository(tmp_path / "churn")
    assert dies(top, "SIGKILL", step).code == -signal.SIGKILL
    goes_on(top, wanted)


@pytest.mark.parametrize("step", [1, 2])
def test_killed_in_a_later_compile(tmp_path: Path, step: int, wanted: dict[str, bytes | str]) -> None:
    top = repository(tmp_path / "churn")
    assert mlopsc(top, "compile").code == 0
    (top / "mlops.yaml").write_text(OTHER)
    assert dies(top, "SIGKILL", step).code == -signal.SIGKILL
    goes_on(top, wanted)


@pytest.mark.parametrize(("step", "options"), [(0, ()), (5, ()), (5, ("--force", "mlops.mk"))])
def test_ctrl_c(tmp_path: Path, step: int, options: tuple[str, ...], wanted: dict[str, bytes | str]) -> None:
    top = repository(tmp_path / "churn")
    ran = dies(top, "SIGINT", step, *options)
    says = "mlopsc: interrupted; no file is half written, and the next compile goes on from here\n"
    assert (ran.code, ran.err) == (130, says)
    assert not any(name.endswith(".mlopsc.tmp") for name in files(top))
    goes_on(top, wanted)


def test_an_edit_between_kill_and_compile_is_kept(tmp_path: Path) -> None:
    top = repository(tmp_path / "churn")
    dies(top, "SIGKILL", 5)
    (top / "Makefile").write_text("mine\n")
    (top / "config/suite.json").write_text("mine, too\n")
    (top / "mlops.yaml").write_text(OTHER)
    ran = mlopsc(top, "compile")
    assert ran.code == 1
    assert "  kept       config/suite.json (hand-edited)" in ran.out
    assert (top / "Makefile").read_text() == "mine\n"
    assert (top / "config/suite.json").read_text() == "mine, too\n"


def test_two_compiles_of_one_spec_at_once(tmp_path: Path, wanted: dict[str, bytes | str]) -> None:
    top = repository(tmp_path / "churn", {"mlops.yaml": SCHEDULED})
    both = [started(top, "compile") for _ in range(2)]
    assert [(ran.code, ran.err) for ran in map(ended, both)] == [(0, "")] * 2
    assert files(top) == wanted
    assert mlopsc(top, "check").code == 0


def test_two_compiles_of_two_specs_at_once(tmp_path: Path) -> None:
    specs = {f"models/{name}/mlops.yaml": named(name) for name in ("churn", "ltv")}
    calm, busy = repository(tmp_path / "calm", specs), repository(tmp_path / "busy", specs)
    assert mlopsc(calm, "compile", ".").code == 0
    both = [started(busy, "compile", spec) for spec in specs]
    assert [(ran.code, ran.err) for ran in map(ended, both)] == [(0, "")] * 2
    assert files(busy) == files(calm)
    assert sum(name.endswith(LOCK) for name in files(busy)) == 2
