"""The figures that this repository keeps for Prometheus: drift, validation, freshness, scores, the champion.

`verdict.run` hands the outcome of each step to `keep`, which never fails the step. What is kept is one
document (ops/state.py), and reports/metrics.prom, for node_exporter's textfile collector, is made from it.

A figure that became unknown is left out, and is never NaN: NaN is neither above nor below a limit, so
that an alert would stay silent, while Prometheus can tell that a series is absent. A step that ends in
an error leaves the figures as they are: their timestamps say how old they are. A column that is broken
scores +Inf, so that an alert on the score fires.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contributions import CONTRIBUTIONS
from exposition import Gauge, exposition
from settings import settings
from state import alone, state
from text_files import write_text
from verdict import Outcome

FILE = Path("reports", "metrics.prom")
Document = Mapping[str, Any]


def keep(step: str, outcome: Outcome) -> None:
    """Keep what a step says of the figures; say on stderr when that was not possible."""
    if step not in CONTRIBUTIONS or _of_a_proposal():
        return
    try:
        config = settings()
        if found := CONTRIBUTIONS[step](config, outcome):
            state(config, "figures").update(lambda known: known | found)
            # Read again under the lock: of two programs that end at once, the last one writes both.
            with alone(FILE.name):
                write_text(FILE, text(config, state(config, "figures").get()))
    except Exception as fault:
        print(f"{step}: its figures were not kept for Prometheus: {fault}", file=sys.stderr)


def text(config: Mapping[str, Any], known: Document, more: list[Gauge] | None = None) -> str:
    """Return the figures in the text format of Prometheus."""
    return exposition([*gauges(config, known), *(more or [])], labels(config))


def labels(config: Mapping[str, Any]) -> dict[str, str]:
    """Return the labels of every figure: the model, and the environment where there are several."""
    environment = os.environ.get("MLOPS_ENV")
    return {"model": config["model"]["name"]} | ({"environment": environment} if environment else {})


def gauges(config: Mapping[str, Any], known: Document) -> list[Gauge]:
    """Return all figures of a document; those that are not known have no samples."""
    score = config.get("drift", {}).get("score", {"statistic": "", "across": ""})
    scores = {**_one(known, "drift_score"), **_each("column", known.get("drift_scores", {}))}
    words = f"Drift of the data: {score['statistic']} of a column, {score['across']} over all."
    champion, scoring = known.get("champion", {}), known.get("scoring", {})
    return [
        Gauge("model_drift_score", words, _samples(scores)),
        _gauge("model_drift_checked_timestamp_seconds", "When drift was last checked.", known, "checked"),
        _gauge("model_data_valid", "Whether the last validation passed each check.", known, "valid"),
        _gauge("model_data_validated_timestamp_seconds", "When data was last validated.", known, "validated"),
        _gauge("model_data_newest_timestamp_seconds", "When the newest data is from.", known, "newest"),
        _gauge("model_scoring_rows", "The rows that were scored last.", scoring, "rows"),
        _gauge("model_scoring_timestamp_seconds", "When they were scored.", scoring, "scored"),
        _gauge("model_scoring_version", "The version that scored them.", scoring, "version"),
        _gauge("model_champion_version", "The version that is champion.", champion, "version"),
        _gauge("model_champion_promoted_timestamp_seconds", "Since when it is.", champion, "promoted"),
        Gauge("model_metric", "A metric of the champion.", _samples(_each("metric", _metrics(known)))),
    ]


def _gauge(name: str, words: str, known: Document, key: str) -> Gauge:
    return Gauge(name, words, _samples(_one(known, key)))


def _metrics(known: Document) -> dict[str, Any]:
    """Return the champion's figures as registered; what labels said since it was promoted counts more."""
    champion = known.get("champion", {})
    late = known.get("checked", 0) >= champion.get("promoted", 0)
    return {**champion.get("metrics", {}), **(known.get("label_metrics", {}) if late else {})}


Labelled = dict[tuple[tuple[str, str], ...], Any]


def _one(known: Document, key: str) -> Labelled:
    return {(): known.get(key)}


def _each(label: str, values: Document) -> Labelled:
    return {((label, name),): value for name, value in values.items()}


def _samples(values: Labelled) -> list[tuple[Mapping[str, str], float]]:
    """Return what is known; JSON holds infinity as text."""
    known = {key: float(value) for key, value in values.items() if value is not None}
    return [(dict(key), value) for key, value in known.items() if not math.isnan(value)]


def _of_a_proposal() -> bool:
    """Return whether a pull request is tried out: it says nothing of what is in production."""
    return "CHANGE_ID" in os.environ or os.environ.get("GITHUB_EVENT_NAME", "").startswith("pull_request")
