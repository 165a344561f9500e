"""Takes the champion back when an alert asks for it: once, then not again before a cooldown is over.

Each step is remembered before it is done, and may be done twice: make rollback finds nothing left to do, and
deploying the version that runs changes nothing. So a program that was killed is completed by the next.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from alert_commands import make, reported, run, said
from state import Document, FileState, alone

Answer = tuple[HTTPStatus, str]
DEPLOY, NOTIFY = Path("ops/deploy.py"), Path("ops/notify.py")


class RollingBack:
    """Hears messages of Alertmanager; `clock` gives seconds since 1970."""

    def __init__(self, config: Mapping[str, Any], clock: Callable[[], float] = time.time) -> None:
        """Take the configuration of the environment."""
        allowed = config.get("alerting", {}).get("rollback", {})
        self.alerts = frozenset(allowed.get("alerts", ()))
        self.cooldown = float(allowed.get("cooldown_seconds", 0))
        self.model = config["model"]["name"]
        self.environment = os.environ.get("MLOPS_ENV", "")
        self.state = FileState("on_alert")
        self.clock = clock

    def hear(self, message: Mapping[str, Any]) -> Answer:
        """Begin to roll back, or say why not; what is begun is remembered before it is answered."""
        firing = [alert for alert in message["alerts"] if self._asks(alert)]
        if not firing:
            return HTTPStatus.OK, "nothing to do: no alert fires that may roll back"
        if why := self._claim(firing[0]["labels"]["alertname"], max(map(_began, firing))):
            return HTTPStatus.OK, f"nothing to do: {why}"
        threading.Thread(target=self.complete).start()
        return HTTPStatus.ACCEPTED, "rolling back"

    def complete(self) -> None:
        """Do what is left of a rollback that was begun, while nobody else does."""
        with alone("rolling_back"):
            begun = self.state.get()
            if not begun.get("step"):
                return
            if begun["step"] == "rollback":
                begun = self._take_back(begun)
            if begun["step"] == "deploy":
                begun = self._deploy()
            self._remember(step="", ended=self.clock())
            self._tell(begun)

    def _asks(self, alert: Any) -> bool:
        labels = alert.get("labels") if isinstance(alert, dict) else None
        return (
            isinstance(labels, dict)
            and alert.get("status") == "firing"
            and labels.get("alertname") in self.alerts
            and labels.get("model") == self.model
            and labels.get("environment", "") == self.environment
        )

    def _claim(self, name: str, began: float) -> str:
        """Take it on; return why not, if it must not be done."""
        now, why = self.clock(), ""

        def change(known: Document) -> Document:
            nonlocal why
            # From a clock that went wrong, a start may lie ahead: it holds nobody up for longer than usual.
            started = min(known.get("started", 0.0), now)
            if known.get("step"):
                why = "a rollback is under way"
            elif known and now < started + self.cooldown:
                why = f"the last rollback is less than {self.cooldown:g} seconds ago"
            elif known and began <= started:
                why = "it fires since before the last rollback, which did not help"
            else:
                return {"step": "rollback", "started": now, "alert": name, "tries": 0}
            return known

        self.state.update(change)
        return why

    def _take_back(self, begun: Document) -> Document:
        tried = self._remember(tries=begun["tries"] + 1)
        # By its reason a rollback is known again that was killed before it said what it had done.
        reason = f"{begun['alert']}, which has asked for it at {begun['started']:.0f}"
        code, report = make("rollback", {"REASON": reason}), reported("rollback")
        verdict = report.get("verdict", "error")
        if code == 0 and any("rollout" in each for each in report.get("results", [])):
            # A rollout was taken back: the champion is what it was, and serves.
            return self._remember(step="told", said=said("rollback", verdict, report))
        # Refused at a second try: the first may have gone back, and was killed before it said so.
        done = code == 0 and (verdict == "rolled back" or (verdict == "refused" and tried["tries"] > 1))
        if done and DEPLOY.exists():
            return self._remember(step="deploy")
        return self._remember(step="told", said=said("rollback", verdict, report))

    def _deploy(self) -> Document:
        """Put the version that is the champion now into service."""
        run([sys.executable, "-B", "ops/promote.py", "--reference"])
        version = reported("reference").get("figures", {}).get("version")
        if version is None:
            return self._remember(step="told", said="rolled back, and the champion is not known: deploy it")
        # It has served before: it does not come step by step where others do.
        code = make("deploy", {"VERSION": str(version), "AT_ONCE": "1"})
        report = reported("deploy")
        verdict = report.get("verdict", "error") if code == 0 else "error"
        return self._remember(step="told", said=said(f"deploy of version {version}", verdict, report))

    def _remember(self, **news: Any) -> Document:
        return self.state.update(lambda known: known | news)

    def _tell(self, begun: Document) -> None:
        title, text = f"{begun['alert']} has asked for a rollback", begun.get("said", "")
        print(f"on_alert: {title}: {text}", flush=True)
        if NOTIFY.exists():
            key = f"rollback {begun['started']:.0f}"
            words = ["--title", title, "--text", text, "--key", key, "--severity", "page"]
            run([sys.executable, "-B", str(NOTIFY), *words])


def _began(alert: Mapping[str, Any]) -> float:
    """Return since when an alert fires, in seconds since 1970; never, if it does not say."""
    try:
        return datetime.fromisoformat(str(alert.get("startsAt"))).timestamp()
    except (ValueError, OverflowError):
        return 0.0
