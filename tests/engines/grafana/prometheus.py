"""Debian's Prometheus on loopback, which scrapes what it is told to, often."""

import json
import re
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

INTERVAL = "500ms"
Series = list[tuple[dict[str, str], list[tuple[float, float]]]]


class Prometheus:
    """A running server."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str, **query: Any) -> Any:
        """Return the data of an answer."""
        asked = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return json.load(answer)["data"]

    def range(self, expr: str, start: float, end: float, points: int = 120) -> Series:
        """Return labels and points of each series between two times; values that are no number are left out."""
        step = max((end - start) / points, 0.05)
        found = self.get(
            "query_range", query=expr, start=f"{start:.3f}", end=f"{end:.3f}", step=f"{step:.3f}"
        )
        return [
            (
                each["metric"],
                [(at, float(value)) for at, value in each["values"] if value not in ("NaN", "+Inf", "-Inf")],
            )
            for each in found["result"]
        ]


@contextmanager
def scraping(folder: Path, targets: Mapping[str, str]) -> Iterator[Prometheus]:
    """Scrape each job's target, host and port, until done."""
    folder.mkdir()
    jobs = [{"job_name": name, "static_configs": [{"targets": [target]}]} for name, target in targets.items()]
    config = {"global": {"scrape_interval": INTERVAL, "scrape_timeout": INTERVAL}, "scrape_configs": jobs}
    # JSON is YAML.
    (folder / "prometheus.yml").write_text(json.dumps(config))
    command = ["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data"]
    command += ["--web.listen-address=127.0.0.1:0", "--log.level=info"]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as process,
    ):
        try:
            yield _ready(process, folder / "log")
        finally:
            process.terminate()
            process.wait(20)


def _ready(process: "subprocess.Popen[bytes]", log: Path) -> Prometheus:
    """Wait until it serves, at the port that it found free."""
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        # Its log names the address that was given; the kernel knows the one that it has.
        if port := _port(process.pid):
            found = Prometheus(f"http://127.0.0.1:{port}")
            try:
                with urllib.request.urlopen(f"{found.url}/-/ready", timeout=5):
                    return found
            except OSError:
                pass
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def _port(pid: int) -> int:
    """Return the TCP port at which a process listens, 0 for none yet."""
    try:
        links = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return 0
    sockets = {found[1] for link in links if (found := re.fullmatch(r"socket:\[(\d+)\]", link))}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and fields[9] in sockets:
            return int(fields[1].split(":")[1], 16)
    return 0
