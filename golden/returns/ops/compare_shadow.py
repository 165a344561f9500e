"""Do two versions answer alike? Compares what both said to the same requests while one was mirrored.

compare_shadow.py   for VERSION=8 in MLOPS_ENV; SINCE=2026-11-26 (UTC) looks further back

Reads the log of predictions, where a mirrored request has a row of each version under one request id,
and writes reports/compare-shadow.json and .html. `done` says that enough requests were answered by both
and how alike; whether that is alike enough is for people to say. `no data` (too few in common) and
`doubtful` (answers are missing, or ids are not those of one request) are never fine.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import release
from prediction_rows import Wanted, files_since
from settings import settings
from shadow_agreement import Agreement, agreement
from shadow_pairs import KEY, Pairs, pairs
from shadow_report import page
from text_files import write_text
from verdict import Outcome, run

STEP = "compare-shadow"
PAGE = Path("reports", f"{STEP}.html")
# Of all pairs; a caller that uses an id twice is no reason to doubt the others.
FEW = 0.01


def main(now: datetime | None = None) -> int:
    """Run the command line; return 0 when versions were compared, 3 when they were not, 2 for an error."""
    return run(STEP, lambda: compare(settings(), now or datetime.now(UTC)))


def compare(config: dict[str, Any], now: datetime) -> Outcome:
    """Compare VERSION with what answered the same requests; write the page, and return the outcome."""
    PAGE.unlink(missing_ok=True)
    version, shadow = release.asked(), config.get("shadow")
    if shadow is None:
        raise ValueError(
            "the environment mirrors no traffic, or keeps no predictions where this can read them"
        )
    place = config["serving"]["prediction_log"]["path"]
    since = _since(now, shadow["seconds"])
    wanted = Wanted(shadow["format"], (*KEY, "version"), tuple(shadow["inputs"]))
    found = pairs(files_since(place, wanted.suffix, since), wanted, version)
    each = [agreement(found.frame, name, config["model"]["task"]) for name in found.columns]
    reasons, verdict = _judged(found, each, version, shadow["least"])
    about = f"{now:%Y-%m-%d %H:%M} UTC; predictions in {place} since {since:%Y-%m-%d %H:%M} UTC"
    model = config["model"]["name"]
    write_text(
        PAGE, page(f"Version {version} of {model} beside {_named(found)}", verdict, about, reasons, each)
    )
    alike = {"agreement": round(found.alike(each), 6)} if len(found.frame) else {}
    figures = {"version": int(version), "compared": len(found.frame), **alike}
    return Outcome(verdict, figures, reasons, [one.told() for one in each])


def _judged(found: Pairs, each: list[Agreement], version: str, least: int) -> tuple[list[str], str]:
    """Return what is to be said, and the verdict."""
    count = len(found.frame)
    told = [
        f"version {version} answered {found.asked:,} rows, {_named(found)} answered {count:,} of them too"
    ]
    if count:
        told.append(f"{found.alike(each):.2%} of these were answered alike")
    if few := count < least:
        told.append(f"{count:,} are too few to say anything, {least:,} are asked for: {_why(found)}")
    lost = sum(one.lost for one in each)
    if lost:
        told.append(f"version {version} gave no usable answer to {lost:,} that were answered before")
    told += [line for line in (_doubt(found, *about) for about in _DOUBTS) if line]
    told += [f"only one of both has the answer {name}" for name in found.lonely]
    doubted = any(getattr(found, name) > FEW * found.matched for name, _ in _DOUBTS)
    if lost or doubted or found.lonely:
        return told, "doubtful"
    return told, "no data" if few else "done"


_DOUBTS = (
    ("reused", "have one id and other inputs: they are different requests, and were left out"),
    ("contradicting", "were answered twice, differently, by one version, and were left out"),
)


def _doubt(found: Pairs, name: str, words: str) -> str:
    count = getattr(found, name)
    return f"{count:,} of {found.matched:,} rows {words}" if count else ""


def _why(found: Pairs) -> str:
    if not found.asked:
        return "is it mirrored, and do its pods reach the log? (files arrive every five minutes)"
    return "was it mirrored, or only sent requests of its own? Ids come from the header x-request-id"


def _named(found: Pairs) -> str:
    named = [f"version {name}" for name in found.versions]
    return " and ".join(named) or "no other version"


def _since(now: datetime, seconds: int) -> datetime:
    """Return from when on the log is read; raise ValueError for a SINCE that is no time."""
    text = os.environ.get("SINCE", "")
    if not text:
        return now - timedelta(seconds=seconds)
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"SINCE={text!r} is no time: write 2026-11-26, or with a time as in ISO 8601, in UTC"
        ) from None
    return given.astimezone(UTC) if given.tzinfo else given.replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main())
