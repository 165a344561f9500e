"""Tests of alerts as the values of rules_test.yml."""

from typing import Any

from mlopsc.targets.monitoring.rule import Alerting, Case
from mlopsc.targets.monitoring.told import Rows, annotations, labels, rows
from mlopsc.targets.monitoring.watched import Watched


def test(alert: Alerting, case: Case, watched: Watched) -> dict[str, Any]:
    """Return the values of one test."""
    told = {"labels": rows(labels(alert, watched, escape=False))}
    expected = [
        {"minute": f"{minute}m", "fires": [{**told, "annotations": _told(alert, figure, watched)}]}
        for minute, figure in case.fires.items()
    ]
    silent = [{"minute": f"{minute}m", "fires": []} for minute in case.silent]
    return {
        "name": f"{alert.name}: {case.title}",
        "series": [{"series": name, "samples": value} for name, value in case.series.items()],
        "alert": alert.name,
        "looks": [*silent, *expected],
    }


def _told(alert: Alerting, figure: str, watched: Watched) -> Rows:
    return rows(annotations(alert, figure, watched, escape=False))
