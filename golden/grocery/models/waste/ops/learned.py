"""What a version has learned from, kept with it for those who will compare other data with that."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from verdict import write_json

REFERENCE_ROWS = 100_000  # enough to see a KS distance of 0.01, and small enough to keep per version


def learned(config: dict[str, Any], folder: Path) -> None:
    """Write rows of the training data for checks of drift, and its columns for scoring, into a folder."""
    if config.get("drift", {}).get("reference") == "training":
        _rows(config, folder / "reference.parquet")
    if "scoring" in config:
        # There only where a table is scored.
        write_json(folder / "columns.json", import_module("scoring_columns").trained_on(config))


def _rows(config: dict[str, Any], file: Path) -> None:
    from tables import find, load

    data = config["data"]
    frame = load(find(data["path"], data["format"]), data["format"], data.get("types", {})).frame
    sample = frame.sample(REFERENCE_ROWS, random_state=0) if len(frame) > REFERENCE_ROWS else frame
    sample.to_parquet(file, index=False)
