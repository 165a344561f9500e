"""The validate stage of the pipeline: let data through only with a verdict, and leave a stamp of it.

The stamp holds no time and no random id: the same suite and data give the same bytes, so that the
stages behind it run again only when one of the two changed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import validate
from digests import digest
from verdict import FINE, Outcome, run, write_json

STAMP = Path("reports", "validated.json")
SUITE = "config/suite.json"


def main() -> int:
    """Run the validation; return 0 for passed or warned, 3 for blocked, 2 for an error."""
    return run("stamp", stamp)


def stamp() -> Outcome:
    """Validate, and write the stamp if nothing blocks."""
    suite = json.loads(Path(SUITE).read_text(encoding="utf-8"))
    hashes = {"suite": digest(SUITE), "data": digest(suite["meta"]["data"]["path"])}
    validate.main([])
    report = json.loads(Path("reports", "validate.json").read_text(encoding="utf-8"))
    if report["verdict"] in FINE:
        write_json(STAMP, {"verdict": report["verdict"], **hashes, "figures": report["figures"]})
    # Its reasons were printed by the validation itself.
    return Outcome(report["verdict"], report["figures"])


if __name__ == "__main__":
    sys.exit(main())
