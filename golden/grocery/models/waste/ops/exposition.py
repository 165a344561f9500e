"""Prometheus' text format (prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Labels = Mapping[str, str]


@dataclass(frozen=True)
class Gauge:
    """A metric with its samples; without samples it is not written at all."""

    name: str
    help: str
    samples: list[tuple[Labels, float]] = field(default_factory=list)


def exposition(gauges: Iterable[Gauge], common: Labels) -> str:
    """Return the gauges as text; each sample bears the common labels first."""
    lines: list[str] = []
    for gauge in gauges:
        if gauge.samples:
            lines.append(f"# HELP {gauge.name} {_escaped(gauge.help)}")
            lines.append(f"# TYPE {gauge.name} gauge")
        lines += [_sample(gauge.name, {**common, **labels}, value) for labels, value in gauge.samples]
    return "".join(f"{line}\n" for line in lines)


def _sample(name: str, labels: Labels, value: float) -> str:
    inner = ",".join(f'{key}="{_quoted(text)}"' for key, text in labels.items())
    return f"{name}{{{inner}}} {number(value)}"


def number(value: float) -> str:
    """Return a value as Prometheus reads it: Python writes `inf` and `nan`."""
    if math.isnan(value):
        return "NaN"
    return ("+Inf" if value > 0 else "-Inf") if math.isinf(value) else repr(value)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', r"\"")
