"""Keep the figures of now in InfluxDB: those of the exporter, and the service's where its address is known.

Run after each check (see the schedule). A run that is cut off and tried again writes the same points, and
not others beside them, for the time of a point is that of its run. Without figures of the service, whose
/metrics SERVICE_METRICS_URL names, the verdict is `warned`.
"""

from __future__ import annotations

import os
import sys
import time
import urllib.request
from typing import Any

from gauges import text
from influxdb import Influxdb
from line_protocol import lines
from settings import settings
from sources import figures, sources
from verdict import Outcome, run

BATCH = 5000
SECONDS = 10
LARGEST = 16 << 20


def main() -> int:
    """Keep the figures; return 0 when they are kept, 2 when they are not."""
    return run("history", lambda: record(settings()))


def record(config: dict[str, Any]) -> Outcome:
    """Write all that is known now; raises ValueError without a database, OSError when it does not take it."""
    if not config.get("history"):
        raise ValueError("this environment has no `monitoring.history`")
    database, now = Influxdb.of(config["history"]), time.time_ns()
    known, silent = figures(sources(config, every=0))
    reasons = [f"{name} did not answer" for name in silent]
    pages = [text(config, known)]
    if address := os.environ.get("SERVICE_METRICS_URL"):
        try:
            pages.append(_scraped(address))
        except (OSError, ValueError) as fault:
            reasons.append(f"the service did not answer: {fault}")
    points, left_out = lines("".join(pages), now)
    for start in range(0, len(points), BATCH):
        database.write(points[start : start + BATCH])
    counts = {"points": len(points)} | ({"left_out": left_out} if left_out else {})
    return Outcome("warned" if reasons else "done", counts, reasons)


def _scraped(address: str) -> str:
    if not address.startswith(("https://", "http://")):
        raise ValueError("SERVICE_METRICS_URL is not one of http or https")
    # Prometheus' text format has no other way to be asked for.
    asked = urllib.request.Request(address, headers={"Accept": "text/plain; version=0.0.4"})  # noqa: S310
    with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310  # nosec B310
        page: bytes = answer.read(LARGEST)
    return page.decode()


if __name__ == "__main__":
    sys.exit(main())
