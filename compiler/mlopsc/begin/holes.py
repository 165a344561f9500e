"""What stands in the holes of a section's text, so that it fits the spec at hand."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from mlopsc import defaults
from mlopsc.begin.columns import categories, identifier, inputs, numeric
from mlopsc.languages.yaml import encode

if TYPE_CHECKING:
    from mlopsc.spec import Spec

_ARTIFACT = "models/model"
_METRICS = {"regression": "rmse"}


def _name(spec: "Spec") -> str:
    return encode(spec.model.name if spec.model else "model")


def _data(spec: "Spec") -> str:
    return encode(spec.data.path if spec.data else "data/customers.csv")


def _artifact(spec: "Spec") -> str:
    return spec.model.artifact if spec.model and spec.model.artifact else _ARTIFACT


def _train_deps(spec: "Spec") -> str:
    return encode(["src/train.py", *_local(spec)])


def _evaluate_deps(spec: "Spec") -> str:
    return encode(["src/evaluate.py", _artifact(spec), *_local(spec)])


def _local(spec: "Spec") -> list[str]:
    """Return what DVC can watch of the data: a path, or the folder of a pattern, but no URL."""
    path = spec.data.path if spec.data else ""
    if not path or defaults.protocol(path):
        return []
    return [defaults.watched(path)]


def _metric(spec: "Spec") -> str:
    if spec.registry:
        return encode(spec.registry.gate[0].metric)
    return _METRICS.get((spec.model.task or "") if spec.model else "", "accuracy")


def _gate(spec: "Spec") -> str:
    metric = _metric(spec)
    least = [] if metric in _METRICS.values() else [f"{{metric: {metric}, min: 0.7}}"]
    return _items(*least, f"{{metric: {metric}, improves_on: champion}}")


def _tests(spec: "Spec") -> str:
    numbers, words = numeric(spec), categories(spec)
    lines = [f"{{columns: {encode(numbers)}, method: ks, p_value: 0.05}}"] if numbers else []
    lines += [f"{{columns: {encode(words)}, method: chi2, p_value: 0.05}}"] if words else []
    return _items(*(lines or ["{columns: [amount], method: psi, above: 0.2}  # name your columns"]))


def _triggers(spec: "Spec") -> str:
    lines = ["drift: true"] if spec.drift else []
    lines += ["new_records: {above: 1000}"] if spec.data and spec.data.incoming else []
    return _block("schedule: weekly", *lines)


def _inputs(spec: "Spec") -> str:
    found = inputs(spec) or {"amount": "number"}
    return _block(*(f"{encode(name)}: {kind}" for name, kind in found.items()))


def _alerts(spec: "Spec") -> str:
    lines = ["{metric: drift_score, above: 0.1, for: 5m, severity: warning}"] if spec.drift else []
    lines += ["{metric: latency_p95, above: 200ms, for: 5m, severity: page}"] if spec.serving else []
    return f"  alerts:\n{_items(*lines)}" if lines else ""


def _entity(spec: "Spec") -> str:
    stem = re.sub(r"_?(id|key|uuid)$", "", identifier(spec), flags=re.IGNORECASE)
    return stem if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,50}", stem) else "entity"


def _timestamp(spec: "Spec") -> str:
    return encode(spec.data.timestamp if spec.data and spec.data.timestamp else "event_timestamp")


def _target(spec: "Spec") -> str:
    return encode(spec.data.target if spec.data and spec.data.target else "outcome")


def _items(*lines: str) -> str:
    return "\n".join(f"    - {line}" for line in lines)


def _block(*lines: str) -> str:
    return "\n".join(f"    {line}" for line in lines)


HOLES: Mapping[str, Callable[["Spec"], str]] = {
    "name": _name,
    "path": _data,
    "artifact": lambda spec: encode(_artifact(spec)),
    "train_deps": _train_deps,
    "evaluate_deps": _evaluate_deps,
    "metric": _metric,
    "gate": _gate,
    "tests": _tests,
    "triggers": _triggers,
    "inputs": _inputs,
    "alerts": _alerts,
    "entity": _entity,
    "id": lambda spec: encode(identifier(spec)),
    "timestamp": _timestamp,
    "target": _target,
    "scheduler": defaults.scheduler,
}
"""What is written into each hole, by its name."""
