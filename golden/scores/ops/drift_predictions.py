"""Which columns of the log are predictions, and what they are compared with.

The reference has no predictions: the first ones after a promotion become theirs.
"""

from __future__ import annotations

import io
from typing import Any

import local
from digests import digest
from drift_data import Source, draw, logical_types
from drift_files import header
from drift_places import Side

NAME = "reference_predictions.parquet"
KEPT = local.FOLDER / NAME


def predicted_columns(predictions: Side, reference: Side, data: dict[str, Any]) -> list[str]:
    """Return the column `prediction`, else all that the reference lacks; raise ValueError for none."""
    names = header(predictions[0][0], predictions[1])
    if "prediction" in names:
        return ["prediction"]
    known = {*header(reference[0][0], reference[1]), data.get("id"), data.get("timestamp"), "timestamp"}
    found = [name for name in names if name not in known]
    if not found:
        raise ValueError(f"{predictions[0][0]} has no column prediction")
    return found


def reference_predictions(
    predictions: Side, names: list[str], reference: Side, least: int, memory: dict[str, Any]
) -> tuple[Side | None, dict[str, Any]]:
    """Return the predictions to compare with, and what to remember of them.

    None where these are the first ones since the reference changed: they are kept for later checks, if
    they are at least `least` rows.
    """
    if set(names) <= set(header(reference[0][0], reference[1])):
        return reference, {}
    kept_for, kept_of = ([digest(file) for file in side[0]] for side in (reference, predictions))
    if KEPT.exists() and memory.get("kept_for") == kept_for:
        return None if memory["kept_of"] == kept_of else ([str(KEPT)], "parquet"), {}
    types = {name: kind or "string" for name, kind in logical_types(*predictions, names, {}).items()}
    sample = draw(Source(*predictions, types))
    if sample.rows < least:
        return None, {}
    content = io.BytesIO()
    sample.frame.to_parquet(content, index=False)
    local.put(NAME, content.getvalue())
    return None, {"kept_for": kept_for, "kept_of": kept_of}
