"""Rollouts on a virtual clock: what the thresholds of a canary mean before production finds out."""

from collections.abc import Iterator
from typing import Any

from mlopsc.files import File, Verbatim
from mlopsc.model import Environment, Model
from mlopsc.symbols import Command, Need, Note, Program, Report, Setting, Symbol, Table
from mlopsc.targets.offered import needed, own, packages, shared

SECTIONS = ("deployment: canary",)
SUMMARY = "ops/simulate_canary.py: the controller on a virtual clock, many times, with a page to read"

_AT = ("deployment",)
_OWN = (
    "simulate_canary simulated_cluster simulated_figures simulated_given simulated_objects "
    "simulated_outcomes simulated_played simulated_plots simulated_report simulated_runs simulated_service "
    "simulated_units simulated_verdicts simulated_words"
)
_SHARED = "plot_axes settings text_files verdict"
_CONTROLLER = "rollout rollout_lease rollout_verdict"
# What the modelled cluster knows how to divide.
_PLAYED = ("istio", "gateway-api", "none")


def offers(model: Model) -> Iterator[Symbol]:
    """Bring `make simulate-canary` where our own controller leads a rollout."""
    places = list(_simulated(model))
    if not places:
        return
    about = "Play rollouts of a version with ERRORS=2% on a virtual clock, at TRAFFIC=20/s"
    yield Command("simulate-canary", ("ops/simulate_canary.py",), about, at=_AT)
    yield from own(_OWN, _AT)
    yield from shared(_SHARED, _AT)
    # Which brings numpy.
    yield from packages(("mlflow",), _AT)
    values = {each.name: _settings(model, each) for each in places}
    yield Setting("simulation", instead=values, at=_AT)
    yield Report("reports/simulate-canary.html", "simulated rollouts: outcome, time, requests harmed", at=_AT)
    yield Report("reports/simulate-canary.json", "the same as data", at=_AT)
    yield Note("Simulation", tuple(_WORDS), at=_AT)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the programs."""
    if any(_simulated(model)):
        controller = tuple(Need(Program, f"ops/{name}.py", _AT) for name in _CONTROLLER.split())
        for program in own(_OWN, _AT):
            needs = (*needed(_SHARED, _AT), *controller)
            yield File(program.name, Verbatim(program.name), needs=needs, at=_AT)


_WORDS = (
    "make simulate-canary ERRORS=2% TRAFFIC=20/s LATENCY=150ms RUNS=200 SEED=1 leads the controller itself "
    "through so many rollouts on a virtual clock, without a cluster; what is not given, the spec says.",
    "Each request fails by chance and on its own: errors that come in bursts make a verdict less sure.",
)


def _simulated(model: Model) -> Iterator[Environment]:
    """Yield the environments whose rollouts can be played."""
    for each in model.environments:
        if each.name in model.rollouts and model.rollouts[each.name].provider in _PLAYED:
            yield each


def _settings(model: Model, environment: Environment) -> dict[str, Any]:
    service = environment.service
    return {
        "model": model.name,
        "traffic": service.traffic if service else None,
        "replicas": service.replicas.low if service else 2,
    }
