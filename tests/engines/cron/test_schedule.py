"""ops/schedule.py against the real crontab, in a mount namespace of its own."""

import importlib.util
import json
import os
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim

from tests.conftest_engines import engine

TEMPLATES = Path(__file__).parents[3] / "templates"
PROGRAMS = [*TEMPLATES.glob("schedule/ops/*.py"), TEMPLATES / "repository" / "ops" / "verdict.py"]
# Whatever crontab the user of this machine has stays untouched.
PRIVATE = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs tmpfs /var/spool/cron/crontabs && exec sh -c "$0"']


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "a repo with 100%"
    (root / "ops").mkdir(parents=True)
    (root / "config").mkdir()
    for program in PROGRAMS:
        shutil.copy(program, root / "ops")
    (root / "mlops.mk").write_text("validate:\n\t@echo validated; exit $(CODE)\n")
    configure(root, "UTC", "30 6 * * *")
    return root


@pytest.fixture
def schedule(repository: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(repository / "ops"))
    spec = importlib.util.spec_from_file_location("schedule_under_test", repository / "ops" / "schedule.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def configure(root: Path, timezone: str, cron: str) -> dict[str, object]:
    config = {
        "model": "churn",
        "timezone": timezone,
        "with": "crontab",
        "jobs": [{"name": "validate", "make": ["validate"], "cron": cron}],
    }
    (root / "config" / "schedule.json").write_text(json.dumps(config))
    return config


def in_private_crontab(script: str, root: Path, **env: str) -> subprocess.CompletedProcess[str]:
    engine("crontab")
    engine("unshare")
    if os.geteuid() != 0:
        engine("root")
    return subprocess.run(
        [*PRIVATE, script],
        cwd=root,
        env={**os.environ, "TZ": "UTC", **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_install_keeps_the_rest_of_the_crontab_and_remove_restores_it(repository: Path) -> None:
    done = in_private_crontab(
        "printf '# mine\\n5 4 * * * true\\n' | crontab - && python3 ops/schedule.py install >/dev/null &&"
        " python3 ops/schedule.py install >/dev/null && crontab -l && echo == &&"
        " python3 ops/schedule.py remove && crontab -l",
        repository,
    )
    assert done.returncode == 0, done.stderr
    installed, after = done.stdout.split("==\n")
    lines = installed.splitlines()
    assert lines[:2] == ["# mine", "5 4 * * * true"]
    assert len([line for line in lines if "ops/schedule.py run validate" in line]) == 1
    assert lines[3].startswith("30 6 * * * cd ") and "--due" not in lines[3]
    assert after.splitlines() == ["no job of churn is in the crontab any more", "# mine", "5 4 * * * true"]


def test_cron_runs_the_installed_line_as_it_stands(repository: Path) -> None:
    done = in_private_crontab("python3 ops/schedule.py install >/dev/null && crontab -l", repository)
    line = next(line for line in done.stdout.splitlines() if "schedule.py run" in line)
    command = line.split(" ", 5)[5].replace("\\%", "%")
    ran = subprocess.run(["sh", "-c", command], env={"PATH": "/usr/bin:/bin", "CODE": "0"}, check=False)
    assert ran.returncode == 0
    log = (repository / "reports" / "validate.log").read_text()
    assert log.endswith("make validate\nvalidated\n")


def test_without_crontab_the_way_out_is_named(
    repository: Path,
    schedule: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", "")
    assert schedule.main(["install"]) == 2
    assert capsys.readouterr().err == "there is no `crontab` on this machine: install cron\n"


def test_a_job_that_still_runs_is_skipped_and_said_so(repository: Path, schedule: ModuleType) -> None:
    import fcntl

    (repository / "reports").mkdir()
    with (repository / "reports" / ".validate.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert schedule.main(["run", "validate"]) == 0
    assert "still going on; skipped" in (repository / "reports" / "validate.log").read_text()


def test_a_failing_job_gives_its_exit_code_and_its_output_is_logged(
    repository: Path, schedule: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODE", "3")
    assert schedule.main(["run", "validate"]) == 2
    assert "validated" in (repository / "reports" / "validate.log").read_text()


def test_a_large_log_is_put_aside(repository: Path, schedule: ModuleType) -> None:
    (repository / "reports").mkdir()
    (repository / "reports" / "validate.log").write_text("x" * 1_000_001)
    schedule.main(["run", "validate"])
    assert (repository / "reports" / "validate.log.1").stat().st_size == 1_000_001
    assert (repository / "reports" / "validate.log").stat().st_size < 1000


def test_an_unknown_job_is_an_error(schedule: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert schedule.main(["run", "nothing"]) == 2
    assert capsys.readouterr().err == "config/schedule.json has no job nothing\n"


@pytest.mark.parametrize(
    ("zone", "starts"),
    [
        ("UTC", "30 6 * * * "),
        ("Europe/Berlin", "30 * * * * "),
        ("Asia/Kolkata", "* * * * * "),
        ("Australia/Lord_Howe", "* * * * * "),
    ],
)
def test_the_crontab_line_knows_the_model_time_zone(
    schedule: ModuleType, repository: Path, monkeypatch: pytest.MonkeyPatch, zone: str, starts: str
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    (line,) = import_module("crontab").crontab_lines(configure(repository, zone, "30 6 * * *"), repository)
    assert line.startswith(starts)
    assert ("--due" in line) == (zone != "UTC")
    assert "100\\%" in line


@pytest.mark.parametrize(
    "cron",
    [
        "*/15 * * * *",
        "0 */6 * * *",
        "30 6 * * 1-5",
        "0 0 1 * *",
        "5,35 8-18/2 * jan,jul sun",
        "0 12 13 * 5",
        "1/20 3 */10 */5 7",
    ],
)
def test_due_agrees_with_cronsim_minute_by_minute(schedule: ModuleType, cron: str) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    expected, simulated = set(), CronSim(cron, start - timedelta(minutes=1))
    while (moment := next(simulated)) < start + timedelta(days=45):
        expected.add(moment)
    minutes = (start + timedelta(minutes=n) for n in range(45 * 24 * 60))
    assert {minute for minute in minutes if schedule.due(cron, minute)} == expected


def test_a_repeated_hour_counts_once(schedule: ModuleType) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 2, 30, tzinfo=berlin)
    assert schedule.due("30 2 * * *", first)
    assert not schedule.due("30 2 * * *", first.replace(fold=1))
