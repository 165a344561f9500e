"""What a scheduled job tells people: that a step failed or asks for action, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.engines.cron.world import lay_out, step, told

JOBS: list[dict[str, object]] = [
    {"name": "drift", "make": ["drift", "retrain"], "cron": "0 */6 * * *"},
    {"name": "retrain", "make": ["retrain", "TRIGGER=schedule"], "cron": "0 3 * * 0"},
]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    engine("make")
    root = lay_out(tmp_path, JOBS)
    step(root, "drift", "no drift")
    step(root, "retrain", "not due")
    return root


def run(root: Path, job: str) -> int:
    """Run a job as the clock does."""
    command = [sys.executable, "ops/schedule.py", "run", job]
    return subprocess.run(command, cwd=root, check=False).returncode


def test_a_job_calls_make_as_the_schedule_says(repository: Path) -> None:
    assert run(repository, "retrain") == 0
    assert (repository / "reports/retrain.log").read_text().endswith("\nretrain trigger=schedule\n")
    assert run(repository, "drift") == 0
    assert "\ndrift trigger=\nretrain trigger=\n" in (repository / "reports/drift.log").read_text()


@pytest.mark.parametrize("verdict", ["no drift", "unknown", "nothing new", "cooling down", "trained"])
def test_nobody_is_told_that_all_is_well(repository: Path, verdict: str) -> None:
    step(repository, "drift", verdict)
    assert (run(repository, "drift"), told(repository)) == (0, [])


def test_what_asks_for_action_is_told_with_its_reasons(repository: Path) -> None:
    step(repository, "drift", "drift", reasons=("age: KS distance 0.31", *(f"r{n}" for n in range(20))))
    step(repository, "retrain", "refused", reasons=("accuracy 0.6 is not at least 0.7",))
    assert run(repository, "drift") == 0
    (drift, retrain) = told(repository)
    assert drift[:2] == ["--title", "drift: drift"]
    assert drift[3].splitlines() == ["age: KS distance 0.31", *(f"r{n}" for n in range(9))]
    assert retrain == [
        "--title", "retrain: refused", "--text", "accuracy 0.6 is not at least 0.7", "--severity", "warning",
    ]  # fmt: skip


def test_an_error_is_told_and_the_job_fails(repository: Path) -> None:
    step(repository, "drift", "error", 2, ("there is no reference",))
    assert run(repository, "drift") == 2
    assert told(repository)[0][:4] == ["--title", "drift: error", "--text", "there is no reference"]


def test_a_step_that_died_without_a_report_is_told(repository: Path) -> None:
    step(repository, "drift", "", 1)
    (repository / "steps/drift.json").unlink()
    assert run(repository, "drift") == 2
    assert [call[1] for call in told(repository)] == ["make drift retrain failed"]


def test_the_report_of_an_earlier_run_is_not_told_again(repository: Path) -> None:
    step(repository, "drift", "no drift")
    (repository / "steps/drift.json").rename(repository / "steps/none")
    (repository / "reports").mkdir()
    old = repository / "reports/drift.json"
    old.write_text('{"step": "drift", "verdict": "drift", "figures": {}, "reasons": ["old"]}')
    os.utime(old, (1_000_000_000, 1_000_000_000))
    assert (run(repository, "drift"), told(repository)) == (0, [])


def test_a_repository_that_tells_nobody_runs_its_jobs(repository: Path) -> None:
    (repository / "ops/notify.py").unlink()
    step(repository, "drift", "drift")
    assert run(repository, "drift") == 0


def test_a_message_that_cannot_be_sent_fails_no_job(repository: Path) -> None:
    (repository / "ops/notify.py").write_text("raise SystemExit(1)\n")
    step(repository, "drift", "drift")
    assert run(repository, "drift") == 0
