"""The dashboards as a person sees them: drawn from their own definitions and what a real Prometheus scraped."""

import copy
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest_engines import engine
from tests.engines.figures.world import exporter
from tests.engines.grafana.charts import Line
from tests.engines.grafana.preview import answered, looked_at, page
from tests.engines.grafana.prometheus import Prometheus, scraping
from tests.engines.influxdb.world import World
from tests.unit.targets.dashboards import BATCH, SERVED, dashboard
from tests.unit.targets.workflows import written

HERE = Path(__file__).parent
TEMPLATES = HERE.parents[2] / "templates"
# As long as some changes are seen; MLOPSC_PREVIEW names a folder to keep the pictures in, and makes it longer.
KEPT = os.environ.get("MLOPSC_PREVIEW", "")
SECONDS = 40.0 if KEPT else 8.0
VALUES = {"$__rate_interval": "4s", "$environment": ".*", "$model": "churn"}


# In the place of a registry, which has tests of its own.
REGISTRY = """
def champion(_config):
    return {"version": 7, "promoted": 1763000000.0, "metrics": {"accuracy": 0.91, "f1": 0.74}}
"""


@dataclass
class Scraped:
    """A Prometheus, and since when it has scraped."""

    server: Prometheus
    start: float
    end: float = 0.0

    def lines(self, found: dict[str, Any]) -> dict[int, list[Line]]:
        """Return what it answers to each panel."""
        return answered(found, self.server, self.start, self.end, VALUES)


@contextmanager
def service(folder: Path) -> Iterator[str]:
    """Run the real launch.py around a small application; yield host and port."""
    shutil.copytree(TEMPLATES / "serving/serving", folder)
    shutil.copy(HERE / "preview_service.py", folder)
    (folder / "service.json").write_text(written(**SERVED)["serving/service.json"])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    given = {
        "APP": "preview_service:app",
        "LISTEN": place,
        "MODEL_VERSION": "7",
        "OWN_SOCKET": str(folder / "own"),
    }
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "launch.py"], cwd=folder, env=os.environ | given, stdout=log, stderr=log
        ) as process,
    ):
        try:
            end = time.monotonic() + 60
            while not _answers(place):
                assert process.poll() is None and time.monotonic() < end, (folder / "log").read_text()
                time.sleep(0.05)
            yield place
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _answers(place: str) -> bool:
    try:
        return asked(http.client.HTTPConnection(place, timeout=5)) > 0
    except OSError:
        return False


def asked(connection: http.client.HTTPConnection) -> int:
    """Ask for a prediction; return the status."""
    connection.request("POST", "/predict", b"{}", {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scraped]:
    """Return a Prometheus that has scraped a service under load, and an exporter whose figures changed."""
    for name in ("prometheus", "chromium", "uvicorn", "prometheus_client"):
        engine(name)
    top = tmp_path_factory.mktemp("preview")
    world = World(top / "churn")
    world.configure(registry={})
    world.write("ops/champion.py", REGISTRY)
    world.left()
    with ExitStack() as stack:
        address = stack.enter_context(service(top / "srv"))
        figures = stack.enter_context(exporter(world.root, [sys.executable, "-B", "ops/exporter.py"]))
        targets = {"service": address, "exporter": figures.removeprefix("http://").removesuffix("/metrics")}
        found = Scraped(stack.enter_context(scraping(top / "prometheus", targets)), time.time())
        _live(world, address, found.start + SECONDS)
        # The last scrape is there when it can be asked for.
        found.end = time.time()
        yield found


def _live(world: World, address: str, end: float) -> None:
    """Ask for predictions, at first a few and then many, and let drift rise, until the end."""
    callers = [
        threading.Thread(target=_call, args=(address, end, 0.02 * (1 + number))) for number in range(4)
    ]
    for caller in callers:
        caller.start()
    begin = time.time()
    while (now := time.time()) < end:
        part = (now - begin) / (end - begin)
        scores = {
            "age": 0.05 + 0.3 * part**2,
            "spend_30d": 0.06 + 0.02 * part,
            "plan": 0.03 + 0.1 * (part > 0.5),
        }
        day = 86400.0
        world.left(
            drift_scores=scores,
            drift_score=max(scores.values()),
            checked=begin - 6 * 3600 * (part < 0.5),
            newest=begin - day * (3 + 0.2 * part) if part < 0.7 else now - 0.5 * day,
            validated=begin - 0.9 * day,
        )
        time.sleep(0.2)
    for caller in callers:
        caller.join()


def _call(address: str, end: float, pause: float) -> None:
    connection = http.client.HTTPConnection(address, timeout=10)
    while time.time() < end:
        asked(connection)
        time.sleep(pause)


@pytest.mark.parametrize("kind", ["served", "batch"])
def test_each_panel_has_data_and_nothing_is_cut(scraped: Scraped, tmp_path: Path, kind: str) -> None:
    alerts: list[dict[str, Any]] = [
        {"metric": "drift_score", "above": 0.3},
        {"metric": "data_age", "above": "4d"},
    ]
    if kind == "batch":
        alerts.append({"metric": "accuracy", "below": 0.85, "severity": "page"})
    found = dashboard(monitoring={"alerts": alerts}, **(SERVED if kind == "served" else BATCH))
    lines = scraped.lines(found)
    for panel in found["panels"]:
        assert lines[panel["id"]], f"{panel['title']} has no data"
        assert all(len(each.points) > 5 for each in lines[panel["id"]]), panel["title"]
    picture = Path(KEPT or tmp_path, f"{kind}.png")
    assert looked_at(page(found, lines), picture) == []
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_what_overlaps_and_what_is_cut_is_seen(scraped: Scraped, tmp_path: Path) -> None:
    found = dashboard(**SERVED)
    lines = scraped.lines(found)
    broken = copy.deepcopy(found)
    broken["panels"][1]["gridPos"]["x"] = 4
    broken["panels"][2]["title"] = (
        "How long it takes until an answer comes, for half, 95% and 99% of all requests that came"
    )
    lines[4] = [
        Line(
            f"{each.name} of a column with a name that is far too long for its legend in this panel",
            each.points,
        )
        for each in lines[4]
    ]
    faults = looked_at(page(broken, lines), tmp_path / "broken.png")
    assert "Traffic overlaps Errors" in faults
    assert any(fault.startswith("the title How long it takes") for fault in faults)
    assert any(fault.startswith("Drift cuts") for fault in faults)
