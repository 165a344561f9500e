"""What the suite of the training data says of a table to be scored."""

from __future__ import annotations

import json
from importlib import import_module, util
from pathlib import Path
from typing import Any

from verdict import Outcome

SUITE = Path("config", "suite.json")
# What the suite asks of rows; how many rows there are is for training alone.
OF_ROWS = ("expect_column_to_exist", "expect_column_values_", "expect_column_pair_values_")


def by_suite(config: dict[str, Any], names: list[str], columns: list[str]) -> tuple[list[str], list[str]]:
    """Return what the suite warns of and what it blocks, of what it asks of rows and features."""
    if not SUITE.exists() or not util.find_spec("validate"):
        return [], []
    suite = json.loads(SUITE.read_text(encoding="utf-8"))
    data = config["data"]
    apart = {data.get("target"), data.get("timestamp") if data.get("timestamp") not in columns else None}
    suite["expectations"] = [each for each in suite["expectations"] if _asks(each, apart)]
    meta = suite["meta"]
    meta["types"] = {name: kind for name, kind in meta["types"].items() if name not in apart}
    meta["checked"] = [name for name in meta["checked"] if name not in apart]
    validator = import_module("validate").Validator(suite)
    outcome: Outcome = validator.judge(names, validator.quick)
    return ([], outcome.reasons) if outcome.verdict == "blocked" else (outcome.reasons, [])


def _asks(expectation: dict[str, Any], apart: set[str | None]) -> bool:
    """Say whether an expectation asks something of the rows, and nothing of these columns."""
    named = {value for key, value in expectation["kwargs"].items() if key.startswith("column")}
    return expectation["type"].startswith(OF_ROWS) and not named & apart
