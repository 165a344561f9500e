"""Which of two versions is better for real users? Looks at the A/B test that runs in MLOPS_ENV.

ab_test.py            the test of the cluster; what it decides is handed to whoever shifts the traffic
DRY=1                 looks, and hands nothing on
START=2026-11-20 VERSION=8    looks at a test that began then (UTC), without a cluster

Writes reports/ab-test.json and .html. `promote`: the version is better by the margin; `keep`: there is
enough data, and it is not; `undecided`: the data does not tell, and says why; `running`: not yet.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import release
from ab_decision import RUNNING
from ab_seen import PAGE, STEP, seen
from settings import settings
from verdict import Outcome, run


def main(now: float | None = None) -> int:
    """Run the command line; return 0 for promote, keep and running, 3 for undecided, 2 for an error."""
    return run(STEP, lambda: test(settings(), time.time() if now is None else now))


def test(config: dict[str, Any], now: float) -> Outcome:
    """Look at the test, write the page, hand on what was decided, and return the outcome."""
    PAGE.unlink(missing_ok=True)
    if "ab_test" not in config:
        name = os.environ.get("MLOPS_ENV") or "default"
        raise ValueError(f"the environment {name} has no A/B test")
    if os.environ.get("START"):
        return seen(config, release.asked(), _start(), now)[1]
    # There only where versions come step by step.
    there = import_module("stepped").stepwise(config)
    course = there.course()
    if not course.testing:
        return Outcome(
            "skipped", reasons=["no A/B test runs here: " + (str(course) or "nothing is rolled out")]
        )
    found, outcome = seen(config, course.version, course.testing, now)
    if found.verdict != RUNNING and os.environ.get("DRY") != "1":
        there.decide(course.version, found.verdict, found.reasons[0])
    return outcome


def _start() -> float:
    """Return when the test began; raise ValueError for a START that is no time."""
    text = os.environ["START"]
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"START={text!r} is no time: write 2026-11-20, or with a time as in ISO 8601, in UTC"
        ) from None
    return (given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp()


if __name__ == "__main__":
    sys.exit(main())
