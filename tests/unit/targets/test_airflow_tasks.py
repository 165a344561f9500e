"""What a task of Airflow does, played without Airflow: stand-ins for its names, and programs that are scripts."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.unit.targets.test_airflow import text

TOLD = {"monitoring": {"notify": {"slack": {"secret": "SLACK"}}}}
REPORT = """\
import json, os, pathlib, sys
verdict, code = sys.argv[1:3]
report = {"verdict": verdict, "reasons": ["why"], "figures": {"version": 7}}
pathlib.Path("reports/work.json").write_text(json.dumps(report))
pathlib.Path("seen.json").write_text(json.dumps(dict(os.environ)))
sys.exit(int(code))
"""
NOTIFY = "import sys; open('told', 'a').write(' '.join(sys.argv[1:]) + '\\n')\n"


class SkipError(Exception):
    """Stands for AirflowSkipException."""


class Instance:
    """Stands for a task instance: what is handed from task to task."""

    dag_id, task_id, log_url = "churn-retrain", "work", "http://airflow/log"

    def __init__(self, **known: str) -> None:
        self.kept = {tuple(name.split("__")): value for name, value in known.items()}

    def xcom_push(self, key: str, value: str) -> None:
        """Keep what this task has to say."""
        self.kept["work", key] = value

    def xcom_pull(self, task_ids: str, key: str) -> str | None:
        """Return what another task has said."""
        return self.kept.get((task_ids, key))


class Played:
    """A file of DAGs, with a repository, and the context in which its tasks run."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch, **sections: Any) -> None:
        self.root, self.instance = root, Instance()
        self.run = SimpleNamespace(conf={}, run_type="scheduled")
        for module in stand_ins(lambda: {"ti": self.instance, "dag_run": self.run}):
            patch.setitem(sys.modules, module.__name__, module)
        self.names: dict[str, Any] = {"__file__": str(root / "dags" / "mlops_late_orders.py")}
        exec(compile(text(**sections), "dags", "exec"), self.names)

    def work(self, verdict: str, code: int, **options: Any) -> None:
        """Run a task whose program leaves a verdict."""
        self.names["step"]("work", run=["ops/work.py", verdict, str(code)], **options)()

    @property
    def told(self) -> str:
        """What people were told."""
        file = self.root / "told"
        return file.read_text() if file.exists() else ""

    def seen(self) -> dict[str, str]:
        """Return the environment of the program."""
        import json

        return dict(json.loads((self.root / "seen.json").read_text()))


def stand_ins(context: Callable[[], dict[str, Any]]) -> list[ModuleType]:
    """Return modules with the names that the file imports."""

    class Dag:
        def __init__(self, *_: Any, **__: Any) -> None:
            """Take anything."""

        def __enter__(self) -> "Dag":
            return self

        def __exit__(self, *_: object) -> None:
            """Leave."""

        def get_task(self, name: str) -> str:
            """Return a task that is there."""
            return name

    places = (".timetables", ".timetables.trigger", ".timetables.assets")
    clocks = [ModuleType(f"airflow{name}") for name in places]
    for clock in clocks:
        vars(clock).update(
            dict.fromkeys(("AssetOrTimeSchedule", "CronTriggerTimetable"), lambda *_, **__: "clock")
        )
        vars(clock)["__path__"] = []
    airflow, sdk, exceptions = (ModuleType(f"airflow{name}") for name in ("", ".sdk", ".sdk.exceptions"))
    vars(airflow).update(__version__="3.3.2", __path__=[])
    variables = SimpleNamespace(get=lambda _name, default: default)
    names = {"DAG": Dag, "Variable": variables, "get_current_context": context, "chain": lambda *_: None}
    names |= {"Asset": str, "task": lambda **_: lambda function: lambda: function}
    vars(sdk).update(names, __path__=[])
    vars(exceptions)["AirflowSkipException"] = SkipError
    return [airflow, sdk, exceptions, *clocks]


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Played:
    """Return a repository whose interpreter is this one."""
    for folder in (".venv/bin", "ops", "reports", "dags"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    (tmp_path / "ops/work.py").write_text(REPORT)
    (tmp_path / "ops/notify.py").write_text(NOTIFY)
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgres://airflow:secret@db")
    monkeypatch.setenv("PYTHONPATH", "/opt/airflow/plugins")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow")
    return Played(tmp_path, monkeypatch, **TOLD)


def test_what_is_fine_is_kept_for_the_others(played: Played) -> None:
    played.work("passed", 0)
    assert played.instance.kept == {("work", "verdict"): "passed", ("work", "version"): "7"}
    assert not played.told


def test_a_verdict_that_asks_to_stop_is_a_skip_and_is_told(played: Played) -> None:
    with pytest.raises(SkipError, match="work: refused"):
        played.work("refused", 3)
    assert played.told == "--title=work: refused --text=why --severity=warning\n"


def test_a_verdict_that_is_a_result_lets_the_others_go_on(played: Played) -> None:
    played.work("drift", 3, judged=True)
    assert "work: drift" in played.told


def test_what_is_no_news_is_told_to_nobody(played: Played) -> None:
    with pytest.raises(SkipError):
        played.work("not due", 3, quiet=True)
    assert not played.told


@pytest.mark.parametrize("code", [1, 2])
def test_an_error_fails_with_its_reason_and_may_be_tried_again(played: Played, code: int) -> None:
    with pytest.raises(RuntimeError, match=f"exit code {code}\nwhy"):
        played.work("error", code)
    assert not played.told


def test_an_old_report_says_nothing_of_a_program_that_cannot_start(played: Played) -> None:
    played.work("passed", 0)
    (played.root / "ops/work.py").write_text("import nothing_of_that_name")
    with pytest.raises(RuntimeError, match=r"exit code 1\n$"):
        played.work("passed", 0)


def test_what_the_worker_calls_a_version_is_no_version(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERSION", "2.4.1")
    played.work("promoted", 0)
    assert played.seen()["VERSION"] == ""


def test_what_failed_for_good_is_told_with_its_log(played: Played) -> None:
    played.names["failed"]({"ti": played.instance, "exception": RuntimeError("the store is down")})
    assert "--title=churn-retrain: work failed --text=the store is down\nhttp://airflow/log" in played.told


def test_nothing_of_airflow_reaches_a_program(played: Played) -> None:
    played.work("passed", 0, given={"MLOPS_ENV": "staging"})
    seen = played.seen()
    assert not [name for name in seen if name.startswith(("AIRFLOW", "PYTHON"))]
    assert (seen["MLFLOW_TRACKING_URI"], seen["MLOPS_ENV"]) == ("http://mlflow", "staging")


@pytest.mark.parametrize(
    ("how", "conf", "trigger", "event"),
    [
        ("scheduled", {}, "schedule", ""),
        ("manual", {}, "manual", ""),
        ("manual", {"trigger": "webhook", "event": 7}, "webhook", "7"),
        ("asset_triggered", {}, "", ""),
        ("dataset_triggered", None, "", ""),
    ],
)
def test_who_asks_is_known_by_the_run(
    played: Played, how: str, conf: dict[str, Any] | None, trigger: str, event: str
) -> None:
    played.run.run_type, played.run.conf = how, conf
    played.work("due", 0, called=True)
    assert (played.seen()["TRIGGER"], played.seen()["EVENT"]) == (trigger, event)


def test_the_version_is_that_of_the_task_that_made_it(played: Played) -> None:
    played.instance = Instance(register__version="12")
    played.work("promoted", 0, version_of="register")
    assert played.seen()["VERSION"] == "12"


def test_a_task_waits_for_a_verdict_of_another(played: Played) -> None:
    played.instance = Instance(verify__verdict="refused")
    with pytest.raises(SkipError, match="verify: refused"):
        played.work("promoted", 0, needs=["verify", "done"])
    assert not (played.root / "seen.json").exists()
    with pytest.raises(SkipError):
        played.work("back", 0, unless=["verify", "refused"])
    played.work("back", 0, unless=["verify", "done"])
    assert (played.root / "seen.json").exists()


def test_another_place_of_the_repository_is_named_by_a_variable(
    played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert played.names["home"]() == tmp_path.resolve()
    monkeypatch.setenv("MLOPS_LATE_ORDERS_HOME", "/srv/late")
    assert played.names["home"]() == Path("/srv/late")


def test_what_a_program_has_started_ends_with_it(played: Played) -> None:
    """Airflow ends a task that takes too long by an exception in its process."""
    child = "import os, subprocess, sys, time\nsubprocess.Popen(['sleep', '600'])\nprint(os.getpid())\ntime.sleep(600)\n"
    (played.root / "ops/work.py").write_text(child)

    def too_long(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, 1)
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        played.names["execute"](["ops/work.py"], {"MARK": str(played.root)})
    assert time.monotonic() - begun < 20
    marked = f"MARK={played.root}".encode()
    deadline = time.monotonic() + 10
    while left := [pid for pid in os.listdir("/proc") if pid.isdigit() and marked in _environment(pid)]:
        assert time.monotonic() < deadline, left


def _environment(pid: str) -> bytes:
    try:
        return Path("/proc", pid, "environ").read_bytes()
    except OSError:
        return b""
