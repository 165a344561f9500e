"""The systemd variant: units that systemd takes, and timers that fire when cron would."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim

from tests.conftest_engines import engine
from tests.engines.cron.world import lay_out, program

ELAPSES = 5
NEXT = re.compile(r"(?:Next elapse|Iter\. #\d+): \w+ (\S+ \S+) UTC")
CRONS = [
    "*/15 * * * *",
    "0 */6 * * *",
    "30 6 * * 1-5",
    "0 0 1 * *",
    "5,35 8-18/2 * jan,jul sun",
    "0 12 13 * 5",
]
JOBS: list[dict[str, object]] = [
    {"name": "drift", "make": ["drift", "retrain"], "cron": "0 */6 * * *"},
    {"name": "retrain", "make": ["retrain", "TRIGGER=schedule"], "cron": "0 12 13 * 5"},
]
SYSTEMCTL = '#!/bin/sh\necho "$@" >>"$TOLD"\nexit ${CODE:-0}\n'


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "a repo with 100%", JOBS, how="systemd", zone="Europe/Berlin")


@pytest.fixture
def timers(repository: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    from importlib.util import module_from_spec, spec_from_file_location

    monkeypatch.syspath_prepend(str(repository / "ops"))
    spec = spec_from_file_location("timers_under_test", repository / "ops/timers.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def elapses(event: str, after: str) -> list[datetime]:
    """Return the next moments of a calendar event, as systemd says."""
    command = ["systemd-analyze", "calendar", f"--iterations={ELAPSES}", f"--base-time={after}", event]
    env = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    found = [datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in NEXT.findall(done.stdout)]
    assert len(found) == ELAPSES, done.stdout
    return found


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kolkata"])
@pytest.mark.parametrize("cron", CRONS)
def test_timers_fire_when_cron_would(timers: ModuleType, cron: str, zone: str) -> None:
    engine("systemd-analyze")
    # Three days before the clocks of Berlin change; the next 13th is a Friday.
    start = datetime(2026, 10, 22, 10, 7, tzinfo=UTC)
    fired = {
        moment for event in timers.calendar(cron, zone) for moment in elapses(event, f"{start:%F %T} UTC")
    }
    wanted = CronSim(cron, start.astimezone(ZoneInfo(zone)))
    assert sorted(fired)[:ELAPSES] == [next(wanted).astimezone(UTC) for _ in range(ELAPSES)]


def test_systemd_takes_the_units(repository: Path, timers: ModuleType, tmp_path: Path) -> None:
    engine("systemd-analyze")
    config = json.loads((repository / "config/schedule.json").read_text())
    made = timers.units(config, repository)
    assert len(made) == 4
    for name, text in made.items():
        (tmp_path / name).write_text(text)
    command = ["systemd-analyze", "verify", "--user", *(str(tmp_path / name) for name in made)]
    env = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "LC_ALL": "C"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "mlopsc-" in line]
    assert (done.returncode, ours) == (0, []), done.stderr
    retrain = next(text for name, text in made.items() if "-retrain-" in name and name.endswith(".timer"))
    assert retrain.count("OnCalendar=") == 2, "either of two days, as cron has it"
    assert "Persistent=true" in retrain


def test_install_and_remove(repository: Path, tmp_path: Path) -> None:
    home, log = tmp_path / "home", tmp_path / "told"
    path = program(tmp_path / "bin", "systemctl", SYSTEMCTL)
    env = {**os.environ, "PATH": path, "XDG_CONFIG_HOME": str(home), "TOLD": str(log)}

    def schedule(word: str, **more: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "ops/schedule.py", word]
        return subprocess.run(
            command, cwd=repository, env=env | more, capture_output=True, text=True, check=False
        )

    folder = home / "systemd/user"
    folder.mkdir(parents=True)
    (folder / "mine.timer").write_text("[Timer]\n")
    assert schedule("install").returncode == 0
    units = sorted(file.name for file in folder.iterdir())
    assert len(units) == 5
    started = log.read_text().splitlines()
    assert started[0] == "--user daemon-reload"
    assert (
        started[1].startswith("--user enable --now mlopsc-churn-drift-") and started[1].count(".timer") == 2
    )
    assert schedule("install").returncode == 0
    assert sorted(file.name for file in folder.iterdir()) == units
    # A job that is gone goes with the others.
    config = json.loads((repository / "config/schedule.json").read_text())
    (repository / "config/schedule.json").write_text(json.dumps(config | {"jobs": config["jobs"][:1]}))
    assert schedule("remove").returncode == 0
    assert [file.name for file in folder.iterdir()] == ["mine.timer"]
    assert log.read_text().splitlines()[-2].count(".timer") == 2
    assert schedule("install", CODE="1").returncode == 2


def test_the_service_runs_the_job(repository: Path, timers: ModuleType) -> None:
    config = json.loads((repository / "config/schedule.json").read_text())
    made = timers.units(config, repository)
    text = next(text for name, text in made.items() if "-drift-" in name and name.endswith(".service"))
    settings = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    assert settings["WorkingDirectory"].replace("%%", "%") == str(repository)
    words = [word.replace("%%", "%") for word in re.findall(r'"([^"]*)"', settings["ExecStart"])]
    assert words == [sys.executable, "ops/schedule.py", "run", "drift"]


def test_without_systemd_the_way_out_is_named(
    repository: Path, timers: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = json.loads((repository / "config/schedule.json").read_text())
    monkeypatch.setenv("XDG_CONFIG_HOME", str(repository / "home"))
    monkeypatch.setenv("PATH", "")
    assert timers.install(config, repository) == 2
    assert "say `schedule_with: crontab`" in capsys.readouterr().err
