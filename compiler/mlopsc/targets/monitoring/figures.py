"""The figures that an alert may name: of the service, of data and model, or a metric of the model."""

from mlopsc.targets.monitoring.figure import Figure, aged, gauge
from mlopsc.targets.monitoring.promql import matcher
from mlopsc.targets.monitoring.service_figures import OF_SERVICE


def figure(name: str) -> Figure:
    """Return the figure of an alert's metric; one that we do not know is a figure of the model."""
    return (OF_SERVICE | _OF_DATA).get(name) or Figure(
        name,
        "number",
        "gauge",
        gauge("model_metric", matcher("metric", name)),
        ("model_metric",),
        True,
        "make lineage: which data and code made the champion; reports/drift.json: has the data changed?",
        "make retrain when the data has changed; make rollback when the last promotion made it worse.",
    )


_OF_DATA = {
    "drift_score": Figure(
        "drift score",
        "number",
        "gauge",
        gauge("model_drift_score", 'column=""'),
        ("model_drift_score",),
        True,
        "reports/drift.html of the last make drift: which columns? +Inf: a column is missing or broken.",
        "A fault in the data: mend its source. A true change: make retrain, and look at the gate's verdict.",
    ),
    "data_valid": Figure(
        "verdict on the data (1 is valid)",
        "number",
        "gauge",
        gauge("model_data_valid"),
        ("model_data_valid",),
        True,
        "reports/validate.json: which column, how many rows, some examples.",
        "Mend the source or remove the file, then make validate. Nothing is trained on it meanwhile.",
    ),
    "data_age": Figure(
        "age of the newest data",
        "seconds",
        "age",
        aged("model_data_newest_timestamp_seconds"),
        ("model_data_newest_timestamp_seconds",),
        True,
        "Where new data lands, and the job that fills it: when did the last file land?",
        "Start what delivers the data again, then make fetch. The model still serves what it knows.",
    ),
    "model_age": Figure(
        "age of the champion",
        "seconds",
        "age",
        aged("model_champion_promoted_timestamp_seconds"),
        ("model_champion_promoted_timestamp_seconds",),
        True,
        "reports/retrain.json and reports/register.json: was there a training, and what did the gate refuse?",
        "make retrain, or promote the candidate that waits: make promote.",
    ),
}
