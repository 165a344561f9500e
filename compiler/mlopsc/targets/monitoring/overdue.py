"""Alerts on figures that are there and old: a check that was not done, a source that does not answer."""

from mlopsc.targets.monitoring import made_up
from mlopsc.targets.monitoring.human import SHOWN, duration, printed
from mlopsc.targets.monitoring.promql import age, number, series, worst
from mlopsc.targets.monitoring.rule import Alerting, Case
from mlopsc.targets.monitoring.watched import Watched


def overdue(watched: Watched, what: str, every: float) -> Alerting:
    """Return the alert on a check that has missed two of its periods; `every` is one in seconds."""
    command, seen, name = {
        "drift": ("make drift", "model_drift_checked_timestamp_seconds", "DriftNotChecked"),
        "data": ("make validate", "model_data_validated_timestamp_seconds", "DataNotChecked"),
        "scores": ("make score", "model_scoring_timestamp_seconds", "ScoresNotMade"),
    }[what]
    limit, hold = 2 * every, 300
    selected = series(seen, watched.scope)
    told = printed(limit + 60, "seconds")
    cases = (
        Case("silent at exactly the threshold", {selected: made_up.frozen(limit, 10)}, (5, 10)),
        Case("fires above the threshold", {selected: made_up.frozen(limit + 60, 10)}, (4,), {5: told}),
        Case("silent without data", {}, (10,)),
        Case("silent for NaN", {selected: "NaN+0x10"}, (10,)),
    )
    return Alerting(
        name=name,
        expression=f"{age(selected)} > {number(limit)}",
        metric=f"{what}_check",
        severity="warning",
        hold=hold,
        summary=f"{watched.called}: {command} was last done {{}} ago, more than {duration(limit)}",
        shown=SHOWN["seconds"],
        meaning=f"{command} was not done for {duration(limit)}, two of its periods: nobody looks.",
        look="The scheduler's log of the job, and reports/: did it start, and how did it end?",
        action=f"Run {command} by hand and read its verdict, then mend the schedule.",
        metrics=(seen,),
        cases=cases,
    )


def source(watched: Watched) -> Alerting:
    """Return the alert on reports, or a tracking store, that the exporter cannot read."""
    selected = series("model_exporter_source_up", watched.scope)
    store = series("model_exporter_source_up", watched.scope, 'source="a"')
    cases = (
        Case("fires for a source that is away", {store: "0+0x20"}, (14,), {15: ""}),
        Case("silent while all answer", {store: "1+0x20"}, (15, 20)),
        Case("silent without data", {}, (20,)),
    )
    return Alerting(
        name="FiguresMissing",
        expression=f"{worst(selected, 'below')} == 0",
        metric="exporter",
        severity="warning",
        hold=900,
        summary=f"{watched.called}: a source of the exporter does not answer",
        shown="",
        meaning="A source of the exporter has not answered for 15m: its figures are missing, or old.",
        look="model_exporter_source_up, by source: the reports, or the tracking store?",
        action="Mend the source; the exporter asks again by itself.",
        metrics=("model_exporter_source_up",),
        cases=cases,
    )
