"""Level 2: pipeline, registry, drift, retraining, and what they measure."""

from collections.abc import Iterator, Mapping
from posixpath import normpath
from typing import TYPE_CHECKING, Any

from mlopsc import defaults
from mlopsc.model import Drift, Outcomes, Pipeline, Registry, Retraining, Scoring, Stage, When
from mlopsc.resolve.parts import change, seconds, when
from mlopsc.resolve.views import View
from mlopsc.spec.well_known import better, measured

if TYPE_CHECKING:
    from mlopsc.spec import Spec
    from mlopsc.spec.drift import DriftTest
    from mlopsc.spec.pipeline import Stage as WrittenStage
    from mlopsc.spec.retraining import MetricDrop
    from mlopsc.spec.tracking import Gate

# How often triggers are looked at that nobody calls for.
_HOURLY = When("0 * * * *", "Every hour")


def level_2(view: View) -> dict[str, Any]:
    """Return the parts of the model that level 2 has."""
    spec = view.spec
    log = spec.serving.prediction_log if spec.serving else None
    return {
        "metrics": {name: better(name, spec.metrics) for _, name in measured(spec)},
        "outcomes": _outcomes(spec),
        "pipeline": _pipeline(spec),
        "registry": Registry(tuple(map(_gate, spec.registry.gate))) if spec.registry else None,
        "drift": _drift(spec),
        "retraining": _retraining(spec),
        "scoring": _scoring(spec),
        "prediction_log": (log.path or "") if log else "",
        "state": defaults.state(spec),
    }


def _outcomes(spec: "Spec") -> Outcomes | None:
    late = spec.outcomes
    return Outcomes(late.path, late.id, late.value, seconds(late.delay)) if late else None


def _scoring(spec: "Spec") -> Scoring | None:
    written = spec.scoring
    if written is None:
        return None
    most = written.compare.max if written.compare else None
    return Scoring(
        cmd=written.cmd,
        input=written.input,
        output=written.output,
        schedule=when(written.schedule),
        compares=written.compare is not None,
        most=change(most) if most else None,
    )


def _pipeline(spec: "Spec") -> Pipeline | None:
    if spec.pipeline is None:
        return None
    stages = spec.pipeline.stages
    artifact = defaults.artifact(spec)
    return Pipeline(
        stages=tuple(_stage(name, stage, spec, artifact) for name, stage in stages.items()),
        metrics=tuple(path for stage in stages.values() for path in stage.metrics),
        evaluate=next((stage.cmd for stage in stages.values() if stage.metrics), ""),
        artifact=artifact,
        remote=(spec.data.remote or "") if spec.data else "",
    )


def _stage(name: str, stage: "WrittenStage", spec: "Spec", artifact: str) -> Stage:
    return Stage(
        name=name,
        cmd=stage.cmd,
        deps=tuple(stage.deps),
        params=tuple(stage.params),
        outs=tuple(stage.outs),
        metrics=tuple(stage.metrics),
        plots=tuple(stage.plots),
        reads_data=defaults.reads_data(name, spec),
        trains=bool(artifact) and normpath(artifact) in map(normpath, stage.outs),
    )


def _gate(gate: "Gate") -> Mapping[str, Any]:
    rule: dict[str, Any] = {"metric": gate.metric}
    rule |= {key: figure.value for key, figure in (("min", gate.min), ("max", gate.max)) if figure}
    rule |= {"improves_on": gate.improves_on} if gate.improves_on else {}
    return rule | ({"by": change(gate.by)} if gate.by else {})


def _drift(spec: "Spec") -> Drift | None:
    drift = spec.drift
    if drift is None:
        return None
    score = drift.score
    return Drift(
        schedule=when(drift.schedule) or _HOURLY,
        reference=drift.reference,
        current=defaults.drifts_in(spec),
        tests=tuple(dict(_test(test)) for test in drift.tests),
        correction=drift.correction,
        alpha=max((test.p_value.value for test in drift.tests if test.p_value), default=0.05),
        min_rows=drift.min_rows,
        min_effect=defaults.min_effect(spec),
        score={"statistic": score.statistic if score else "ks", "across": score.across if score else "max"},
    )


def _test(test: "DriftTest") -> Iterator[tuple[str, Any]]:
    if test.columns:
        yield "columns", list(test.columns)
    if test.predictions:
        yield "predictions", True
    if test.metric:
        yield "metric", test.metric
    if test.method:
        yield "method", test.method
    if test.p_value:
        yield "p_value", test.p_value.value
    if test.above is not None:
        yield "above", test.above
    if test.drops_by:
        yield "drops_by", change(test.drops_by)
    if test.method == "msd":
        yield "pair", test.pair or "quantile"


def _retraining(spec: "Spec") -> Retraining | None:
    written = spec.retraining
    if written is None:
        return None
    triggers, strategy = written.triggers, written.strategy
    fires: dict[str, Any] = {name: True for name in ("drift", "webhook") if getattr(triggers, name)}
    fires |= {"schedule": True} if triggers.schedule else {}
    fires |= {"new_records": {"above": triggers.new_records.above}} if triggers.new_records else {}
    fires |= {"metric": _fallen(triggers.metric)} if triggers.metric else {}
    return Retraining(
        triggers=fires,
        schedule=when(triggers.schedule),
        poll=_HOURLY if triggers.new_records and not spec.drift else None,
        mode=strategy.mode if strategy else "full",
        checkpoint=(strategy.checkpoint or "") if strategy else "",
        full_when=_fallen(strategy.full_when) if strategy and strategy.full_when else None,
        cooldown_seconds=seconds(written.cooldown),
        max_attempts=written.retry.max_attempts if written.retry else 3,
        steps=defaults.training_steps(spec),
        forgets=defaults.forgets(spec),
    )


def _fallen(drop: "MetricDrop") -> Mapping[str, Any]:
    return {"metric": drop.metric, "drops_by": change(drop.drops_by)}
