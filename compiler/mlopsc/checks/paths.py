"""Paths stay inside the repository, and what is written stays beside the spec."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname, normpath
from typing import TYPE_CHECKING

from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View
from mlopsc.source.extends import inside

if TYPE_CHECKING:
    from mlopsc.spec.features import Features
    from mlopsc.spec.pipeline import Pipeline
    from mlopsc.spec.root import Spec

_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Named:
    """A path of the spec: `url` says that it may be one, `written` that something of ours writes there."""

    at: Path
    value: str | None
    url: bool = False
    written: bool = False


def named(spec: "Spec") -> Iterator[Named]:
    """Yield every path of the spec that is relative to it."""
    if spec.data:
        for key in ("path", "incoming", "remote"):
            yield Named(("data", key), getattr(spec.data, key), url=True)
    if spec.model:
        yield Named(("model", "artifact"), spec.model.artifact, written=True)
    if spec.python:
        yield Named(("python", "requirements"), spec.python.requirements)
    if spec.outcomes:
        yield Named(("outcomes", "path"), spec.outcomes.path, url=True)
    if spec.drift:
        yield Named(("drift", "reference"), spec.drift.reference, url=True)
    if spec.scoring:
        yield Named(("scoring", "input"), spec.scoring.input, url=True)
        yield Named(("scoring", "output"), spec.scoring.output, url=True, written=True)
    if spec.retraining and spec.retraining.strategy:
        checkpoint = spec.retraining.strategy.checkpoint
        yield Named(("retraining", "strategy", "checkpoint"), checkpoint, written=True)
    if spec.airflow:
        yield Named(("airflow", "dags"), spec.airflow.dags)
    yield from (Named(("own", index), path, written=True) for index, path in enumerate(spec.own))
    yield from _of_pipeline(spec.pipeline)
    yield from _of_features(spec.features)
    if spec.serving and spec.serving.prediction_log:
        yield Named(("serving", "prediction_log", "path"), spec.serving.prediction_log.path, url=True)


def _of_pipeline(pipeline: "Pipeline | None") -> Iterator[Named]:
    for name, stage in pipeline.stages.items() if pipeline else ():
        for key in ("deps", "outs", "metrics", "plots"):
            for index, path in enumerate(getattr(stage, key)):
                yield Named(("pipeline", "stages", name, key, index), path, written=key != "deps")


def _of_features(features: "Features | None") -> Iterator[Named]:
    for name, view in features.views.items() if features else ():
        yield Named(("features", "views", name, "source", "path"), view.source.path, url=True)


def stay(view: View) -> Iterator[Diagnostic]:
    """No path leaves the repository (M303)."""
    for path in named(view.spec):
        if path.value is not None:
            yield from _refusal(path, path.value, view.document.name)


def templates(view: View) -> Iterator[Diagnostic]:
    """House templates lie in the repository; their path is relative to the file that names them (M303)."""
    node = view.document.find(("templates",))
    if node and view.spec.templates and inside(view.spec.templates, node.span.file) is None:
        yield _leaves(("templates",), view.spec.templates)


def _refusal(path: Named, value: str, name: str) -> Iterator[Diagnostic]:
    if "://" in value and not value.startswith("file:"):
        if not path.url:
            message = f"`{value}` is a URL, and only a path can stand here"
            hint = "write a path relative to the spec; `data.path`, `incoming` and `remote` may be URLs"
            yield Diagnostic("M303", message, path.at, hint=hint)
        return
    target = inside(value, name)
    if target is None or _DRIVE.match(value):
        yield _leaves(path.at, value)
    elif ".git" in target.split("/"):
        hint = "choose a folder of your own"
        yield Diagnostic("M303", f"`{value}` lies in `.git`, which only git writes", path.at, hint=hint)
    elif path.written and normpath(value).startswith(".."):
        message = f"`{value}` is written outside the folder of the spec, {dirname(name) or '.'}"
        yield Diagnostic("M303", message, path.at, hint="what a model makes lies beside its spec")


def _leaves(at: Path, value: str) -> Diagnostic:
    hint = "write a path relative to the spec, inside the repository, with forward slashes"
    if at == ("data", "remote"):
        hint = "name a URL; a folder of your own machine: `dvc remote add --local -d NAME PATH`"
    return Diagnostic("M303", f"`{value}` leaves the repository", at, hint=hint)


RULES = (stay,)
