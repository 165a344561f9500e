"""Two parts of the demo: the champion answers, and an alert about drift travels from the check to a channel."""

import json
import re
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from borrowed import program
from running import ask, channel, free_port, ready, running, wait_for
from story import Story

# Of a customer, as src/featurize.py makes them.
CUSTOMER = {"age": 0.41, "spend": 0.55, "trend": 1.2, "basic": 1.0, "pro": 0.0, "team": 0.0}
# A demo does not wait ten minutes before it believes an alert.
HASTE = {r"\bfor: \w+": "for: 1s", r"group_wait: \w+": "group_wait: 1s", r"_interval: 15s": "_interval: 1s"}


def answered(story: Story, version: str) -> None:
    """Serve a version, ask it for a prediction, and ask it something that it must refuse."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    print(f"   $ make serve VERSION={version} LISTEN=127.0.0.1:{port} &", flush=True)
    call = ("make", "serve", f"VERSION={version}")
    with running(story.place / "build" / "serve.log", story.place, *call, LISTEN=f"127.0.0.1:{port}"):
        story.expect("the service is ready", wait_for(lambda: ready(f"{url}/readyz")))
        code, answer = _asked(url, CUSTOMER)
        story.expect(f"version {version} has answered", (code, answer["version"]) == (200, version))
        code, answer = _asked(url, CUSTOMER | {"age": "forty"})
        story.expect("a customer whose age is no number gets no guess", code == 422 and bool(answer))


def _asked(url: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    print(f"   $ curl {url}/predict --json '{json.dumps(body)}'")
    code, answer = ask(f"{url}/predict", body)
    print(f"   {code} {json.dumps(answer)}")
    return code, answer


def alerted(story: Story) -> None:
    """Let Prometheus see the figures of the last check, and Alertmanager tell a channel."""
    tools = [program(name) for name in ("prometheus", "prometheus-alertmanager")]
    if not all(tools):
        print("   Prometheus and Alertmanager are not on this machine, and Debian's packages cannot be had:")
        print("   the rules lie in monitoring/rules.yml; `make test-alerts` tests them where promtool is.")
        return
    prometheus, alertmanager = map(str, tools)
    ports = {"9108": free_port(), "9093": free_port(), "8080": free_port()}
    place = story.place / "build" / "watching"
    with ExitStack() as stack:
        url, came = stack.enter_context(channel())
        _configure(story, place, url, ports)
        started = (
            ("exporter", ("make", "exporter"), {"EXPORTER_ADDRESS": f"127.0.0.1:{ports['9108']}"}),
            ("alertmanager", (alertmanager, *_alertmanager(place, ports["9093"])), {}),
            ("prometheus", (prometheus, *_prometheus(place)), {}),
        )
        for name, command, variables in started:
            log = story.place / "build" / f"{name}.log"
            stack.enter_context(running(log, story.place, *command, **variables))
        print("   $ make exporter &  prometheus &  prometheus-alertmanager &", flush=True)
        told = wait_for(lambda: next((each for each in came if "DriftScoreHigh" in json.dumps(each)), None))
    story.expect("the alert about drift has arrived in the channel", told is not None)
    for line in told["attachments"][0]["text"].strip().splitlines():
        print(f"   | {line}")


def _configure(story: Story, place: Path, url: str, ports: dict[str, int]) -> None:
    """Copy what was generated, with ports that are free, a channel of our own, and less patience."""
    shutil.rmtree(place, ignore_errors=True)
    secrets = {"SLACK_WEBHOOK_URL": url, "SMTP_USER": "demo", "SMTP_PASSWORD": "demo"}
    environment = [f"{name}={value}" for name, value in secrets.items()]
    story.run(
        "env", *environment, f"ALERTMANAGER_FOLDER={place}", "make", "alertmanager", shown="make alertmanager"
    )
    shutil.copy(story.place / "monitoring" / "rules.yml", place)
    shutil.copy(story.place / "monitoring" / "prometheus.yml", place)
    shutil.copy(next(place.glob("*/alertmanager.yml")), place)
    for path in place.glob("*.yml"):
        text = path.read_text("utf-8")
        for pattern, hasty in HASTE.items():
            text = re.sub(pattern, hasty, text)
        for usual, port in ports.items():
            text = text.replace(f"127.0.0.1:{usual}", f"127.0.0.1:{port}")
        path.write_text(_without_mail(text), "utf-8")


def _without_mail(text: str) -> str:
    """Return an Alertmanager's configuration without its mail server, which the demo has not."""
    return re.sub(r"(?m)^    email_configs:\n(?:      .*\n)+", "", text)


def _prometheus(place: Path) -> tuple[str, ...]:
    port = free_port()
    folder = place / "prometheus"
    return (
        f"--config.file={place}/prometheus.yml",
        f"--storage.tsdb.path={folder}",
        f"--web.listen-address=127.0.0.1:{port}",
    )


def _alertmanager(place: Path, port: int) -> tuple[str, ...]:
    # Without an address of its own it would look for others like it.
    return (
        f"--config.file={place}/alertmanager.yml",
        f"--storage.path={place}/alertmanager",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    )
