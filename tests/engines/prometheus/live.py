"""The whole chain on this machine: service and exporter, Prometheus, Alertmanager, and who is told.

Everything is what is generated, but for times and ports: a minute of the rules is 0.4 seconds here, scrapes
come each second, and the groups of Alertmanager wait for one second.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.engines.notify.sinks import Http, Mail
from tests.journeys.begin import mlopsc

SPEC = """\
version: 1
model: {{name: churn, owner: growth-ml}}
data: {{path: data/customers.csv, incoming: incoming/, timestamp: seen_at}}
validation: {{columns: {{age: {{type: integer}}, seen_at: {{type: timestamp}}}}}}
drift: {{reference: data/customers.csv, tests: [{{columns: [age], method: ks, p_value: 0.01}}]}}
serving: {{image: ghcr.io/acme/churn, inputs: {{age: integer}}}}
monitoring:
  alerts:
    - {{metric: drift_score, above: 0.3}}
    - {{metric: latency_p95, above: 200ms, for: 5m, severity: page}}
    - {{metric: latency_p95, above: 100ms, for: 5m}}
  notify: {{slack: {{secret: SLACK_WEBHOOK_URL}}, email: ml@example.com, webhook: {{secret: NOTIFY_URL}}}}
connections:
  smtp: {{host: 127.0.0.1, port: {port}, user: {{secret: SMTP_USER}}, password: {{secret: SMTP_PASSWORD}}}}
"""
# Answers after as long as the file `delay` says.
APPLICATION = """\
import asyncio, pathlib
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        for step in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{step}.complete"})
        return
    while (await receive()).get("more_body"):
        pass
    await asyncio.sleep(float(pathlib.Path("delay").read_text()))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"[]"})
"""
SECONDS_A_MINUTE = 0.4
_READY = {
    "service": "/healthz",
    "exporter": "/healthz",
    "prometheus": "/-/ready",
    "alertmanager": "/-/ready",
}


@dataclass
class World:
    """Where everything listens, and what came to those who are told."""

    root: Path
    slack: Http
    webhook: Http
    mail: Mail
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def told(self) -> dict[str, str]:
        """Return all that came, by receiver."""
        bodies = [(each, each.get_body(("plain",))) for each in self.mail.came]
        mails = [f"{each['subject']}\n{body.get_content() if body else ''}" for each, body in bodies]
        return {
            "slack": json.dumps(self.slack.came),
            "webhook": json.dumps(self.webhook.came),
            "mail": "\n".join(mails),
        }

    def until_told(self, *words: str, by: tuple[str, ...] = ("slack", "webhook", "mail")) -> None:
        """Wait until each receiver was told something with all of the words."""
        self.until(lambda: all(word in self.told()[name] for name in by for word in words), words)

    def until(self, holds: Callable[[], Any], why: object = "") -> None:
        """Wait until something holds; fail when it does not within a minute and a half."""
        end = time.monotonic() + 90
        while not holds():
            assert time.monotonic() < end, (why, self.told(), self.alerts())
            time.sleep(0.1)

    def alerts(self) -> dict[str, str]:
        """Return the alerts that Prometheus knows of, with their state."""
        found = self.asked("/api/v1/alerts")["alerts"]
        return {each["labels"]["alertname"]: each["state"] for each in found}

    def asked(self, path: str) -> Any:
        """Return what Prometheus answers."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['prometheus']}{path}", timeout=20) as got:
            return json.loads(got.read())["data"]

    def drift(self, score: float) -> None:
        """Have the drift check find a score."""
        path = self.root / ".mlops/figures.json"
        path.parent.mkdir(exist_ok=True)
        draft = path.with_suffix(".tmp")
        draft.write_text(json.dumps({"drift_score": score, "checked": time.time(), "valid": 1}))
        draft.replace(path)

    def delay(self, seconds: float) -> None:
        """Have the service answer after so long."""
        draft = self.root / "serving/delay.tmp"
        draft.write_text(str(seconds))
        draft.replace(self.root / "serving/delay")

    def stop(self, name: str) -> None:
        """Kill a part."""
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait(20)


def quick(text: str) -> str:
    """Return rules, or a configuration, in which a minute is some tenths of a second."""

    def shorter(found: re.Match[str]) -> str:
        unit = {"s": 1 / 60, "m": 1, "h": 60, "d": 1440}[found["unit"]]
        return f"{found['key']}{round(max(1000, int(found['count']) * unit * SECONDS_A_MINUTE * 1000))}ms"

    return re.sub(
        r"(?P<key>(?:for|keep_firing_for): |\[)(?P<count>\d+)(?P<unit>[smhd])\b", shorter, text
    ).replace("[2000ms]", "[6s]")


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(root: Path, slack: Http, webhook: Http, mail: Mail, certificate: Path) -> Iterator[World]:
    """Compile, install, and start all parts; ends them."""
    names = ("service", "exporter", "on_alert", "prometheus", "alertmanager")
    world = World(root, slack, webhook, mail, {name: free_port() for name in names})
    (root / "data").mkdir(parents=True)
    (root / "data/customers.csv").write_text("age,seen_at\n")
    (root / "mlops.yaml").write_text(SPEC.format(port=mail.port))
    done = mlopsc(root, "compile")
    assert done.code == 0, done.out + done.err
    environment = os.environ | {
        "SLACK_WEBHOOK_URL": f"{slack.url}/services/hidden",
        "NOTIFY_URL": f"{webhook.url}/hidden",
        "SMTP_USER": "ann",
        "SMTP_PASSWORD": "hidden",
        "ON_ALERT_TOKEN": "hidden-too",
        "ON_ALERT_ADDRESS": f"127.0.0.1:{world.ports['on_alert']}",
        "EXPORTER_ADDRESS": f"127.0.0.1:{world.ports['exporter']}",
        "ALERTMANAGER_FOLDER": str(root / "etc"),
        "SSL_CERT_FILE": str(certificate),
        "APP": "tiny:app",
        "LISTEN": f"127.0.0.1:{world.ports['service']}",
        "MODEL_VERSION": "7",
        "OWN_SOCKET": str(root / "own.sock"),
    }
    python = [sys.executable, "-B"]
    (root / "serving/tiny.py").write_text(APPLICATION)
    world.drift(0.02)
    world.delay(0)
    subprocess.run([*python, "ops/alertmanager.py"], cwd=root, env=environment, check=True)
    _compressed(world)
    commands: dict[str, tuple[Path, list[str]]] = {
        "service": (root / "serving", [*python, "launch.py"]),
        "exporter": (root, [*python, "ops/exporter.py"]),
        "on_alert": (root, [*python, "ops/on_alert.py"]),
        "prometheus": (root / "monitoring", _prometheus(world)),
        "alertmanager": (root / "etc/churn", _alertmanager(world)),
    }
    with ExitStack() as stack:
        for name, (folder, command) in commands.items():
            log = stack.enter_context((root / f"{name}.log").open("wb"))
            world.processes[name] = subprocess.Popen(
                command, cwd=folder, env=environment, stdout=log, stderr=log
            )
            stack.callback(world.stop, name)
            if path := _READY.get(name):
                # Whoever asks for it comes later, so that nothing is missed at first.
                _wait(f"http://127.0.0.1:{world.ports[name]}{path}")
        yield world


def _prometheus(world: World) -> list[str]:
    return [
        "prometheus",
        "--config.file=prometheus.yml",
        f"--storage.tsdb.path={world.root / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{world.ports['prometheus']}",
    ]


def _alertmanager(world: World) -> list[str]:
    return [
        "prometheus-alertmanager",
        "--config.file=alertmanager.yml",
        f"--storage.path={world.root / 'told'}",
        f"--web.listen-address=127.0.0.1:{world.ports['alertmanager']}",
        "--cluster.listen-address=",
    ]


def _compressed(world: World) -> None:
    """Shorten the times of what was generated, and put the ports of this run in."""
    rules, scraping = world.root / "monitoring/rules.yml", world.root / "monitoring/prometheus.yml"
    told = world.root / "etc/churn/alertmanager.yml"
    rules.write_text(quick(rules.read_text()))
    text = scraping.read_text().replace("15s", "1s")
    for usual, name in {"8080": "service", "9108": "exporter", "9093": "alertmanager"}.items():
        text = text.replace(f"127.0.0.1:{usual}", f"127.0.0.1:{world.ports[name]}")
    scraping.write_text(text)
    text = re.sub(r"(group_wait|group_interval): \S+", r"\1: 1s", told.read_text())
    told.write_text(text.replace("127.0.0.1:9109", f"127.0.0.1:{world.ports['on_alert']}"))


def _wait(url: str) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (OSError, urllib.error.URLError):
            assert time.monotonic() < end, url
            time.sleep(0.05)


@contextmanager
def load(world: World) -> Iterator[None]:
    """Ask the service all the time, from four callers."""
    over, url = threading.Event(), f"http://127.0.0.1:{world.ports['service']}/predict"

    def ask() -> None:
        while not over.is_set():
            request = urllib.request.Request(url, b"{}", {"Content-Type": "application/json"})
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    answer.read()
            except OSError:
                over.wait(0.2)
            over.wait(0.02)

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join(30)
