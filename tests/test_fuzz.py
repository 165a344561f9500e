"""A short run of `make fuzz`, and proof that it would see what it looks for."""

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import fuzz  # noqa: E402
from fuzzing import case  # noqa: E402
from fuzzing.minimise import minimise  # noqa: E402

GOOD = b"version: 1\nmodel: {name: churn}\ndata: {path: a.csv}\nvalidation: {columns: {age: {min: 0}}}\n"


def test_a_short_run_ends_well() -> None:
    command = [sys.executable, "tools/fuzz.py", "--count", "1000", "--seed", "7"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "0 failures" in done.stdout


def test_a_case_depends_on_seed_and_number_alone() -> None:
    made = [fuzz.make(3, number) for number in range(20)]
    assert made == [fuzz.make(3, number) for number in range(20)]
    assert made != [fuzz.make(4, number) for number in range(20)]
    assert [kind for kind, _, _ in made[:2]] == ["structure", "text"]


def test_a_good_spec_compiles_and_a_bad_one_is_diagnosed(tmp_path: Path) -> None:
    assert case.run({"mlops.yaml": GOOD}, "mlops.yaml", tmp_path, 0).compiled
    outcome = case.run({"mlops.yaml": GOOD.replace(b"min", b"mni")}, "mlops.yaml", tmp_path, 0)
    assert not outcome.compiled
    assert outcome.codes == {"M201"}


def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, step: str, instead: object) -> str:
    monkeypatch.setattr(step, instead)
    return fuzz.signature({"mlops.yaml": GOOD}, "mlops.yaml", tmp_path, 0)[0]


def test_an_exception_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*_: object) -> None:
        raise RecursionError

    assert broken(monkeypatch, tmp_path, "mlopsc.project.load", fail).startswith("RecursionError")


def test_an_unknown_code_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = broken(monkeypatch, tmp_path, "fuzzing.case.all_codes", dict)
    assert found.startswith("code: M")


def test_a_place_outside_of_the_file_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = broken(monkeypatch, tmp_path, "fuzzing.case._lines", lambda _: ["one line"])
    assert found.startswith("misplaced: M")


def test_bytes_that_change_from_run_to_run_are_a_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    headers = iter(range(100))
    found = broken(monkeypatch, tmp_path, "mlopsc.render.render._header", lambda _: f"run {next(headers)}")
    assert found.startswith(("unsteady", "unsettled"))


def test_a_write_outside_of_the_scratch_folder_is_a_failure(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from fuzzing import case; scratch = Path(sys.argv[1])\n"
        "case.guard(scratch); case.Guard.on = True\n"
        "(scratch / 'inside').write_text('')\n"
        "try: (scratch.parent / 'outside').write_text('')\n"
        "except case.Broken as error: print(error)\n"
    )
    (tmp_path / "scratch").mkdir()
    command = [sys.executable, "-c", code, str(tmp_path / "scratch")]
    done = subprocess.run(command, cwd=ROOT / "tools", capture_output=True, text=True, check=True)
    assert done.stdout.startswith("outside: open")
    assert not (tmp_path / "outside").exists()


def test_a_worker_that_dies_is_a_failure_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    real = fuzz.make

    def make(seed: int, number: int) -> object:
        if number == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(seed, number)

    monkeypatch.setattr(fuzz, "make", make)
    total = fuzz.run(partial(fuzz.work, 1), count=10, workers=1)
    assert total.failures == {"exit -9": "case 3"}
    assert sum(total.cases.values()) >= 6


def test_minimise_keeps_what_fails() -> None:
    assert minimise(b"a\nbad\nc\n" * 50, lambda text: b"bad" in text) == b"bad"
