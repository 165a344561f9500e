"""The metrics that a spec names: each is well known, declared, or exported by what the spec has."""

from collections.abc import Iterator
from dataclasses import dataclass

from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View
from mlopsc.spec.well_known import WELL_KNOWN, Better, measured
from mlopsc.spec.well_known import better as direction


@dataclass(frozen=True, slots=True)
class Exported:
    """A figure that one of the sections exports; `good` is its better direction, `time` says seconds."""

    sections: tuple[str, ...]
    good: Better | None = None
    time: bool = False


_LATENCY = Exported(("serving",), "lower", time=True)
EXPORTED = {
    "drift_score": Exported(("drift",), "lower"),
    "error_rate": Exported(("serving",), "lower"),
    "request_rate": Exported(("serving",)),
    **dict.fromkeys(("latency_p50", "latency_p95", "latency_p99"), _LATENCY),
    "data_valid": Exported(("validation",), "higher"),
    "data_age": Exported(("pipeline", "validation"), "lower", time=True),
    "model_age": Exported(("registry",), "lower", time=True),
}


def better(name: str, view: View) -> Better | None:
    """Return which direction of a metric is better; None when nobody has said so."""
    return direction(name, view.spec.metrics)


def declared(view: View) -> Iterator[Diagnostic]:
    """Nobody can judge a metric without its direction (M340)."""
    for at, name in measured(view.spec):
        if better(name, view) is None:
            yield undeclared(at, name, view, ())


def undeclared(at: Path, name: str, view: View, more: tuple[str, ...]) -> Diagnostic:
    """Return what to say of a metric that nobody declares."""
    from mlopsc.spec.suggest import did_you_mean

    guess = did_you_mean(name, (*WELL_KNOWN, *(view.spec.metrics or {}), *more))
    way = f"declare it: `metrics: {{{name}: {{better: higher}}}}`"
    message = f"the metric `{name}` is not well known, and `metrics` does not declare it"
    return Diagnostic("M340", message, at, hint=f"{guess} or {way}" if guess else way)


RULES = (declared,)
