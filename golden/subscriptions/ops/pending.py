"""Rollouts that go on after whoever began them has left: a tag of the version remembers them.

The tag says until when one has ended by itself, so that a scheduler without a way into the cluster knows
when there is something to finish. It goes when the version is the champion, or was taken back.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from course import moment
from registry import ROLLOUT, Registry, connected

DAY = 86400
RUNNING = re.compile(r"running until (\d{4}-\d\d-\d\dT\d\d:\d\dZ)")


def marked(store: Registry, number: str) -> bool:
    """Say whether a rollout of a version here is not finished."""
    return _name() in store.version(number).tags


def mark(store: Registry, number: str, until: float) -> None:
    """Remember that a version is rolled out here, and until when, in seconds since 1970."""
    store.tag(number, _name(), f"running until {moment(until + 60)}")


def unmark(store: Registry, number: str) -> None:
    """Forget it."""
    if marked(store, number):
        store.untag(number, _name())


def due(tags: Mapping[str, str], now: float) -> list[str]:
    """Return the tags of a version whose rollouts must have ended."""
    found = {key: RUNNING.fullmatch(value) for key, value in tags.items() if key.startswith(ROLLOUT)}
    return [key for key, match in found.items() if match and _seconds(match[1]) < now]


@contextmanager
def overdue(config: dict[str, Any]) -> Iterator[str]:
    """Lend the version whose rollout must have ended, empty for none.

    Whoever has asked for its end without a fault has a day for it: a deployment may wait for an approval.
    """
    with connected(config) as store:
        versions = store.client.search_model_versions(f"name = '{store.name}'")
        waiting = {str(each.version): keys for each in versions if (keys := due(each.tags, time.time()))}
        number = min(waiting, key=int, default="")
        yield number
        for key in waiting.get(number, []):
            store.tag(number, key, f"running until {moment(time.time() + DAY)}")


def _name() -> str:
    place = os.environ.get("MLOPS_ENV", "")
    return f"{ROLLOUT}.{place}" if place else ROLLOUT


def _seconds(text: str) -> float:
    return datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC).timestamp()
