"""The one registry of targets: each turns a model into symbols and files.

A target is a module with four names:

- `SECTIONS`: the spec sections that it covers,
- `SUMMARY`: what it generates, in a few words for `mlopsc targets`,
- `offers(model)`: the symbols that it brings; never reads the table,
- `files(model, table)`: what it writes; may read what every target offers.

An installed plug-in has two more: `TEMPLATES`, its template folder, and `Settings`, the pydantic
model of what may stand under `plugins: {NAME: …}`.
"""

from collections.abc import Iterable
from typing import Protocol

from mlopsc.files import File
from mlopsc.model import Model
from mlopsc.symbols import Symbol, Table
from mlopsc.targets import (
    ab_test,
    airflow,
    ci,
    deployment,
    drift,
    figures,
    github,
    grafana,
    history,
    jenkins,
    kubernetes,
    monitoring,
    notify,
    pipeline,
    registry,
    repository,
    retraining,
    rollout,
    schedule,
    scoring,
    serving,
    shadow,
    simulation,
    validation,
)


class Target(Protocol):
    """What the compiler needs of a target."""

    @property
    def SECTIONS(self) -> tuple[str, ...]:
        """The spec sections that it covers."""

    @property
    def SUMMARY(self) -> str:
        """What it generates, in a few words."""

    def offers(self, model: Model, /) -> Iterable[Symbol]:
        """Yield what the target brings."""

    def files(self, model: Model, table: Table, /) -> Iterable[File]:
        """Yield what the target writes."""


TARGETS: dict[str, Target] = {
    "ab_test": ab_test,
    "airflow": airflow,
    "ci": ci,
    "deployment": deployment,
    "drift": drift,
    "figures": figures,
    "github": github,
    "grafana": grafana,
    "history": history,
    "jenkins": jenkins,
    "kubernetes": kubernetes,
    "monitoring": monitoring,
    "notify": notify,
    "pipeline": pipeline,
    "registry": registry,
    "repository": repository,
    "retraining": retraining,
    "rollout": rollout,
    "schedule": schedule,
    "scoring": scoring,
    "serving": serving,
    "shadow": shadow,
    "simulation": simulation,
    "validation": validation,
}
