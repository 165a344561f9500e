"""A repository that an alert may roll back, with make commands that write down that they were called."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parents[3] / "templates"
TOKEN = "long-and-random"
CONFIG: dict[str, Any] = {
    "model": {"name": "churn"},
    "alerting": {"rollback": {"alerts": ["ErrorRateHigh"], "cooldown_seconds": 3600}},
}
# What the real commands leave: a line in the log, and a report. HOLD keeps one busy, as a slow registry does.
MAKEFILE = """\
rollback:
\t@echo rollback >>calls; while [ -e hold ]; do sleep 0.02; done; mkdir -p reports
\t@if [ -e gone-back ]; then v=refused; else v='rolled back'; fi; touch gone-back; \\
\t  echo "{\\"verdict\\": \\"$$v\\", \\"reasons\\": [\\"version 6 is the champion\\"]}" >reports/rollback.json
deploy:
\t@echo "deploy $(VERSION)" >>calls; echo '{"verdict": "done", "reasons": []}' >reports/deploy.json
"""
REFERENCE = """\
import pathlib
pathlib.Path("calls").open("a").write("reference\\n")
pathlib.Path("reports/reference.json").write_text('{"verdict": "restored", "figures": {"version": 6}}')
"""
NOTIFY = """\
import pathlib, sys
pathlib.Path("told").open("a").write("\\n".join(sys.argv[1:]) + "\\n")
"""


@dataclass
class Alerted:
    """The repository, and the program when it runs."""

    root: Path
    url: str = ""
    process: "subprocess.Popen[str] | None" = None
    environment: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def listening(self) -> Iterator["Alerted"]:
        """Run the program, as `make on-alert` does."""
        env = os.environ | {"ON_ALERT_TOKEN": TOKEN, "ON_ALERT_ADDRESS": "127.0.0.1:0"} | self.environment
        command = [sys.executable, "-B", "ops/on_alert.py"]
        with subprocess.Popen(
            command, cwd=self.root, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True
        ) as self.process:
            try:
                assert self.process.stdout
                line = self.process.stdout.readline()
                assert line.startswith("on_alert: listening at http://127.0.0.1:"), line
                self.url = line.split()[-1]
                yield self
            finally:
                self.kill()

    def kill(self) -> None:
        """Kill the program, and nothing that it has started."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(20)

    def post(self, message: Any, path: str = "/rollback", **headers: str) -> tuple[int, str]:
        """Send a message as Alertmanager does; return the answer."""
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        sent = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"} | headers
        request = urllib.request.Request(self.url + path, body, sent)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode().strip()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode().strip()

    def lines(self, name: str) -> list[str]:
        """Return the lines of a file, none where it is missing."""
        path = self.root / name
        return path.read_text().splitlines() if path.exists() else []

    def until(self, holds: Callable[[], Any]) -> None:
        """Wait until something holds; fail when it does not within some seconds."""
        end = time.monotonic() + 30
        while not holds():
            assert time.monotonic() < end, (self.lines("calls"), self.state())
            time.sleep(0.02)

    def state(self) -> dict[str, Any]:
        """Return what the program remembers."""
        path = self.root / ".mlops/on_alert.json"
        return dict(json.loads(path.read_text())) if path.exists() else {}

    def is_over(self) -> bool:
        """Return whether a rollback was begun and has ended."""
        return bool(self.state()) and not self.state()["step"]


def repository(root: Path, config: Mapping[str, Any] = CONFIG) -> Alerted:
    """Lay out a repository."""
    (root / "ops").mkdir(parents=True)
    for of in ("repository", "notify", "monitoring"):
        for program in (TEMPLATES / of / "ops").glob("*.py"):
            shutil.copy(program, root / "ops")
    (root / "ops/notify.py").write_text(NOTIFY)
    (root / "ops/promote.py").write_text(REFERENCE)
    (root / "ops/deploy.py").touch()
    (root / "Makefile").write_text(MAKEFILE)
    (root / "config").mkdir()
    (root / "config/default.json").write_text(json.dumps(config))
    return Alerted(root)


def message(*alerts: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return a message of Alertmanager."""
    return {"version": "4", "groupKey": "{}", "status": "firing", "alerts": list(alerts), **more}


def alert(
    name: str = "ErrorRateHigh", status: str = "firing", began: str = "", **labels: str
) -> dict[str, Any]:
    """Return an alert; it began in the future, of any rollback so far."""
    return {
        "status": status,
        "labels": {"alertname": name, "model": "churn", "severity": "page", **labels},
        "annotations": {"summary": f"{name} is high", "runbook_url": "RUNBOOK.md#x"},
        "startsAt": began or "2999-01-01T00:00:00.123456789Z",
    }
