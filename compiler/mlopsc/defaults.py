"""Defaults that depend on other values; each is decided here, once, for `resolve`, `checks` and `show`."""

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mlopsc.diagnostics import Path

if TYPE_CHECKING:
    from mlopsc.spec import Spec
    from mlopsc.spec.ab_test import AbTest
    from mlopsc.spec.validation import Column

_GLOB = re.compile(r"[*?\[]")


def decided(spec: "Spec") -> Iterator[tuple[Path, Any, str]]:
    """Yield (path, value, reason) for every default that follows from the rest of the spec."""
    if spec.scheduler is None and spec.model:
        yield ("scheduler",), scheduler(spec), _scheduler_reason(spec)
    if spec.data and spec.data.format is None and data_format(spec):
        yield ("data", "format"), data_format(spec), "by the suffix of `data.path`"
    for name, column in spec.validation.columns.items() if spec.validation else ():
        if column.type is None and column_type(column):
            yield (
                ("validation", "columns", name, "type"),
                column_type(column),
                "by the values that it is compared with",
            )
    if spec.tracking and spec.tracking.experiment is None and spec.model:
        yield ("tracking", "experiment"), spec.model.name, "the model's name"
    if spec.model and spec.model.artifact is None and artifact(spec):
        yield ("model", "artifact"), artifact(spec), "the only output of the pipeline"
    if spec.drift and spec.drift.min_effect is None:
        yield ("drift", "min_effect"), min_effect(spec), "smaller changes seldom matter"
    if spec.retraining and spec.retraining.state is None:
        yield ("retraining", "state"), state(spec), _state_reason(spec)
    if spec.ab_test and spec.ab_test.experiment is None and spec.model:
        yield ("ab_test", "experiment"), spec.model.name, "the model's name"
    if spec.ab_test and spec.ab_test.effect is None:
        yield ("ab_test", "effect"), effect(spec.ab_test)[0], "twice `improves_by`, or 5%"


def effect(test: "AbTest") -> tuple[str | int | float, float, bool]:
    """Return the planned improvement, else twice the margin, else 5%: its text, amount, if it is relative."""
    if written := test.effect:
        return written.text, written.amount, written.relative
    if (margin := test.improves_by) is None:
        return "5%", 0.05, True
    twice = 2 * margin.amount
    percent = f"{twice * 100:.6f}".rstrip("0").rstrip(".") + "%"
    return percent if margin.relative else twice, twice, margin.relative


def scheduler(spec: "Spec") -> str:
    """Return who runs scheduled work: airflow where that section is, else the CI provider, else cron."""
    if spec.scheduler:
        return spec.scheduler
    if spec.airflow:
        return "airflow"
    return spec.ci.provider if spec.ci and spec.ci.provider else "cron"


def data_format(spec: "Spec") -> str:
    """Return csv or parquet, or an empty string where the path does not say."""
    if spec.data is None:
        return ""
    if spec.data.format:
        return spec.data.format
    suffix = posixpath.splitext(spec.data.path.removesuffix(".gz"))[1]
    return {".csv": "csv", ".parquet": "parquet", ".pq": "parquet"}.get(suffix, "")


def column_type(column: "Column") -> str:
    """Return a column's logical type: as written, else as the values that it is compared with, else empty."""
    if column.type:
        return column.type
    if column.matches:
        return "string"
    bounds = [bound for bound in (*(column.between or ()), column.min, column.max) if bound is not None]
    kinds = {type(value) for value in (*(column.in_ or ()), *bounds)}
    if kinds == {str}:
        return "timestamp" if bounds else "string"
    if kinds == {bool}:
        return "boolean"
    return "number" if kinds and kinds <= {int, float} else ""


def inputs(spec: "Spec") -> dict[str, str]:
    """Return the fields of a request with their types; a type that nothing tells is empty.

    As written, else the validated columns but those that a caller cannot know: id, target, timestamp.
    """
    if spec.serving and spec.serving.inputs is not None:
        return dict(spec.serving.inputs)
    known = {spec.data.id, spec.data.target, spec.data.timestamp} if spec.data else set()
    columns = spec.validation.columns if spec.validation else {}
    return {name: column_type(column) for name, column in columns.items() if name not in known}


def protocol(path: str) -> str:
    """Return the protocol of a URL, or an empty string for a path."""
    return path.partition("://")[0] if "://" in path else ""


def watched(path: str) -> str:
    """Return what DVC can watch of a data path: itself as it is written, or the folder of a glob."""
    head = _GLOB.split(path)[0]
    return path if head == path else head.rpartition("/")[0] or "."


def many_files(path: str) -> bool:
    """Say whether a data path is a glob or a folder."""
    return bool(_GLOB.search(path)) or path.endswith("/")


def artifact(spec: "Spec") -> str:
    """Return the output that is the model: as written, else the only output of the pipeline, else empty."""
    if spec.model and spec.model.artifact:
        return spec.model.artifact
    outs = [out for stage in spec.pipeline.stages.values() for out in stage.outs] if spec.pipeline else []
    return outs[0] if len(outs) == 1 else ""


def reads_data(stage: str, spec: "Spec") -> bool:
    """Say whether a stage reads the data: it is a dep of it; behind a URL, each first stage does."""
    if spec.data is None or spec.pipeline is None:
        return False
    stages = spec.pipeline.stages
    deps = [posixpath.normpath(dep) for dep in stages[stage].deps]
    if protocol(spec.data.path):
        made = [out for other in stages.values() for out in (*other.outs, *other.metrics, *other.plots)]
        return not any(_within(dep, posixpath.normpath(out)) for dep in deps for out in made)
    place = posixpath.normpath(watched(spec.data.path))
    return any(_within(dep, place) or _within(place, dep) for dep in deps)


def drifts_in(spec: "Spec") -> str:
    """Return what drift compares with the reference: incoming, else scoring, else predictions."""
    if spec.data and spec.data.incoming:
        return "incoming"
    return "scoring" if spec.scoring else "predictions"


def min_effect(spec: "Spec") -> float:
    """Return the least effect that is drift (KS distance, Cramér's V): 0.1 unless set.

    In a million rows also a shift of a hundredth of a standard deviation has a small p-value; Cohen
    (Statistical Power Analysis, 1988, 7.2) calls an association of 0.1 small.
    """
    return spec.drift.min_effect if spec.drift and spec.drift.min_effect is not None else 0.1


def training_steps(spec: "Spec") -> tuple[str, ...]:
    """Return the make commands of a training; the last delivery step that the spec has promotes.

    Scores are compared before any alias moves. A machine that forgets brings data and models first.
    """
    remote = spec.data is not None and spec.data.remote
    first = ("pull", "fetch", "pipeline") if spec.ci and remote and forgets(spec) else ("fetch", "pipeline")
    if spec.registry is None:
        return first
    compared = ("compare-scores",) if spec.scoring and spec.scoring.compare else ()
    delivered = spec.deployment or spec.ab_test
    return (*first, "register", *compared, *(() if delivered else ("promote",)))


def forgets(spec: "Spec") -> bool:
    """Say whether the machines that run scheduled work start empty each time."""
    runner = (spec.ci.runner or "") if spec.ci else ""
    return scheduler(spec) in ("github", "jenkins") and "self-hosted" not in runner


def state(spec: "Spec") -> str:
    """Return where programs keep what they remember: a file, or the tracking store where files are lost."""
    if spec.retraining and spec.retraining.state:
        return spec.retraining.state
    return "tracking" if forgets(spec) and spec.tracking else "file"


def _within(path: str, folder: str) -> bool:
    return folder == "." or path == folder or path.startswith(f"{folder}/")


def _state_reason(spec: "Spec") -> str:
    return "the machines of the scheduler forget their files" if state(spec) == "tracking" else "one machine"


def _scheduler_reason(spec: "Spec") -> str:
    if spec.airflow:
        return "the spec has an `airflow` section"
    return "as `ci.provider`" if spec.ci and spec.ci.provider else "nothing else runs scheduled work"


def canary_pods(share: float, replicas: int) -> int:
    """Return how many canary pods, at least two, come nearest to a share of the traffic beside `replicas`."""
    ideal = share * replicas / (1 - share) if share < 1 else replicas
    counts = sorted({max(2, int(ideal)), max(2, int(ideal) + 1)})
    return min(counts, key=lambda pods: abs(pods / (replicas + pods) - share))
