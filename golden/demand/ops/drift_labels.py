"""A metric of the predictions whose true labels have arrived, against what it was when the model was made.

Predictions younger than the labels' delay are left out even where their label is there: the early
ones are not a fair sample (who leaves is known before who stays).
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digests import read_yaml
from drift_data import Source, draw, logical_types
from drift_tests import Finding
from label_metrics import CLASSES, LABELS, METRICS
from suffixes import suffix_of
from tables import find
from verdict import plain

if TYPE_CHECKING:
    import pandas as pd

# The figures of the champion, as written when it was promoted; without it, those of the last pipeline run.
CHAMPION = ".mlops/reference_metrics.json"
# Only the latest predictions: those of last year would hide what happened last week.
LATEST = 10_000


def metric_findings(
    config: dict[str, Any], predictions: tuple[list[str], str], predicted: str, now: datetime
) -> list[Finding]:
    """Return a finding of each test of a metric; `predicted` is the column of the predictions."""
    tests = [test for test in config["drift"]["tests"] if "metric" in test]
    if not tests:
        return []
    rows, mature = _labelled(config, predictions, predicted, now)
    before = recorded([CHAMPION]) or recorded(config["pipeline"]["metrics"])
    return [_finding(test, config, rows, mature, before) for test in tests]


def recorded(paths: list[str]) -> dict[str, Any]:
    """Return the metrics of the files that are there, nested as they are."""
    found: dict[str, Any] = {}
    for path in (Path(path) for path in paths):
        if path.exists():
            is_json = path.suffix == ".json"
            found |= json.loads(path.read_text(encoding="utf-8")) if is_json else read_yaml(str(path))
    return found


def figure(metrics: dict[str, Any], name: str) -> float:
    """Return a metric by its dotted name, NaN if there is no such number."""
    head, _, rest = name.partition(".")
    value = metrics.get(name, metrics.get(head))
    if isinstance(value, dict):
        return figure(value, rest) if rest else math.nan
    if isinstance(value, bool) or not isinstance(value, int | float) or (rest and name not in metrics):
        return math.nan
    return float(value)


def _finding(
    test: dict[str, Any], config: dict[str, Any], rows: pd.DataFrame, mature: int, before: dict[str, Any]
) -> Finding:
    name, least = test["metric"], config["drift"]["min_rows"]
    old = figure(before, name)
    ((kind, amount),) = test["drops_by"].items()
    limit = amount * abs(old) if kind == "relative" else amount
    finding = Finding(name, "metric", None, limit, rows=(0, len(rows)))
    if name not in METRICS:
        return finding.ended("unknown", f"only these can be computed from labels: {', '.join(METRICS)}")
    if len(rows) < least:
        return finding.ended(
            "unknown", f"labels of {len(rows)} of {mature} predictions have arrived, fewer than {least}"
        )
    if math.isnan(old):
        return finding.ended(
            "unknown", f"no figure of it is recorded in {CHAMPION} or the pipeline's metrics"
        )
    try:
        new = _computed(name, rows)
    except ValueError as fault:
        return finding.ended("unknown", str(fault))
    drop = old - new if config["metrics"][name] == "higher" else new - old
    finding = replace(finding, statistic=new, effect=drop)
    said = f"{new:.4g}, was {old:.4g}: worse by {drop:.3g}, allowed are {limit:.3g}"
    # A drop of exactly the limit counts; the figures are floats.
    return finding.ended("drift", said) if drop >= limit - 1e-12 else finding.ended("no drift", "")


def _computed(name: str, rows: pd.DataFrame) -> float:
    """Return a metric; raise ValueError where labels and predictions do not allow it."""
    column = "prediction" if name in LABELS else "probability"
    if column not in rows:
        raise ValueError(f"the predictions have no column {column}")
    true, made = rows["label"], rows[column]
    if name in CLASSES:
        # A label may be 1 where the prediction is "1" or True.
        true, made = (side.map(lambda value: str(plain(value)).lower()) for side in (true, made))
        if not set(true) & set(made):
            raise ValueError(
                f"labels such as {true.iloc[0]} and predictions such as {made.iloc[0]} never agree"
            )
    value = METRICS[name](true.to_numpy(), made.to_numpy())
    if math.isnan(value):
        raise ValueError("the labels are all the same")
    return value


def _labelled(
    config: dict[str, Any], predictions: tuple[list[str], str], predicted: str, now: datetime
) -> tuple[pd.DataFrame, int]:
    """Return the latest predictions with their labels, and how many are old enough to have one."""
    import pandas as pd

    outcomes, data = config["outcomes"], config["data"]
    times, key = data.get("timestamp") or "timestamp", data.get("id") or outcomes["id"]
    made = _read(*predictions, [key, predicted, "probability", times], data["types"] | {times: "timestamp"})
    suffix = suffix_of(outcomes["path"], data["format"])
    try:
        files = find(outcomes["path"], suffix)
    except FileNotFoundError:
        files = []
    true = (
        _read(files, suffix, [outcomes["id"], outcomes["value"]], data["types"]) if files else pd.DataFrame()
    )
    if times in made:
        ended = (now - timedelta(seconds=outcomes.get("delay_seconds") or 0)).replace(tzinfo=None)
        made = made[made[times] <= ended].sort_values(times)
    made = made.dropna(subset=[key, predicted]).rename(columns={key: "id", predicted: "prediction"})
    if true.empty:
        return made.head(0), len(made)
    true = true.set_axis(["id", "label"], axis=1).dropna().drop_duplicates("id", keep="last")
    return made.merge(true, on="id").tail(LATEST), len(made)


def _read(files: list[str], suffix: str, columns: list[str], declared: dict[str, str]) -> pd.DataFrame:
    """Return the columns that the files have; of more rows than fit, those of the same ids everywhere."""
    found = logical_types(files, suffix, columns, declared)
    types = {name: found[name] or "string" for name in columns if name in found}
    if missing := [name for name in columns[:2] if name not in types]:
        raise ValueError(f"{files[0]} has no column {missing[0]}")
    return draw(Source(files, suffix, types, declared), columns[0]).frame
