"""The whole language: every key of the top level, its type, and what it is for."""
# ruff: noqa: RUF009  (_key makes a dataclass field)

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlopsc.spec.ab_test import AbTest
    from mlopsc.spec.airflow import Airflow
    from mlopsc.spec.ci import Ci
    from mlopsc.spec.connections import Connections
    from mlopsc.spec.data import Data
    from mlopsc.spec.delivery import Costs, Delivery
    from mlopsc.spec.deployment import Deployment
    from mlopsc.spec.drift import Drift
    from mlopsc.spec.environments import Environment
    from mlopsc.spec.events import Events
    from mlopsc.spec.features import Features
    from mlopsc.spec.hooks import Hooks
    from mlopsc.spec.metrics import Metric, Outcomes
    from mlopsc.spec.model import Model, Python
    from mlopsc.spec.monitoring import Monitoring
    from mlopsc.spec.pipeline import Pipeline
    from mlopsc.spec.retraining import Retraining
    from mlopsc.spec.scoring import Scoring
    from mlopsc.spec.serving import Serving
    from mlopsc.spec.tracking import Registry, Tracking
    from mlopsc.spec.validation import Validation


def _key(kind: str, about: str, default: Any = None, example: Any = None) -> Any:
    """Describe one key; `kind` is the module and name of its type, which is imported when needed."""
    return field(default=default, metadata={"kind": kind, "about": about, "example": example})


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One mlops.yaml: one model's lifecycle, or what the models of a house share.

    A section that is absent is None and generates nothing.
    """

    version: int = _key("head:Version", "Version of this language; required.", 1, 1)
    extends: str | None = _key(
        "units.text:Path",
        "A spec of the same repository that this one goes on from.",
        None,
        "../../platform/house.yaml",
    )
    models: str | None = _key(
        "units.text:Path", "House specs: the models of the house.", None, "../models/*/mlops.yaml"
    )
    templates: str | None = _key(
        "units.text:Path", "Folder whose files replace templates of the same path.", None, "templates/"
    )
    model: "Model | None" = _key("model:Model", "What is built and who answers for it.")
    python: "Python | None" = _key("model:Python", "The Python of the generated repository.")
    timezone: str = _key("units.formats:Timezone", "Time zone of every schedule.", "UTC", "Europe/Berlin")
    scheduler: str | None = _key(
        "head:Scheduler",
        "The one owner of scheduled work; default: `airflow` where that section is, else `ci.provider`, "
        "else `cron`.",
        None,
        "github",
    )
    schedule_with: str = _key("head:ScheduleWith", "What runs schedules under `cron`.", "crontab", "systemd")
    metrics: "Mapping[str, Metric] | None" = _key(
        "metrics:Metrics",
        "Metrics that are not well known, as accuracy, f1, precision, recall, roc_auc, log_loss, rmse, mae, "
        "r2 are.",
    )
    outcomes: "Outcomes | None" = _key("metrics:Outcomes", "True labels that arrive later.")
    data: "Data | None" = _key("data:Data", "The data that training reads.")
    validation: "Validation | None" = _key("validation:Validation", "Level 1: what must hold of the data.")
    pipeline: "Pipeline | None" = _key("pipeline:Pipeline", "Level 1: stages from data to model and metrics.")
    tracking: "Tracking | None" = _key("tracking:Tracking", "Where runs and versions are kept.")
    registry: "Registry | None" = _key("tracking:Registry", "What a version must pass.")
    drift: "Drift | None" = _key("drift:Drift", "Level 2: has the data changed?")
    retraining: "Retraining | None" = _key(
        "retraining:Retraining", "Level 2: what makes the model train again."
    )
    scoring: "Scoring | None" = _key("scoring:Scoring", "Batch scoring.")
    serving: "Serving | None" = _key("serving:Serving", "Level 3: the online service.")
    deployment: "Deployment | None" = _key(
        "deployment:Deployment", "Level 3: how a version comes into service."
    )
    ab_test: "AbTest | None" = _key("ab_test:AbTest", "Level 3: a test on real users.")
    features: "Features | None" = _key("features:Features", "Features in a Feast store.")
    events: "Events | None" = _key("events:Events", "A broker and who listens to it.")
    monitoring: "Monitoring | None" = _key("monitoring:Monitoring", "Alerts, dashboard, notifications.")
    delivery: "Delivery | None" = _key("delivery:Delivery", "Goals for delivery itself.")
    costs: "Costs | None" = _key("delivery:Costs", "Who pays, and what is thrown away.")
    ci: "Ci | None" = _key("ci:Ci", "Continuous integration and delivery.")
    airflow: "Airflow | None" = _key("airflow:Airflow", "Apache Airflow.")
    hooks: "Hooks | None" = _key("hooks:Hooks", "Commands around the automations.")
    own: tuple[str, ...] = _key(
        "head:Own",
        "Generated files that the user has taken over: left alone, still linked.",
        (),
        ["Dockerfile"],
    )
    plugins: Mapping[str, Mapping[str, Any]] | None = _key(
        "head:Plugins",
        "Settings of plug-ins by name; each plug-in checks its own.",
        None,
        {"acme": {"team": "growth"}},
    )
    connections: "Connections | None" = _key("connections:Connections", "Addresses, written once.")
    environments: "Mapping[str, Environment] | None" = _key(
        "environments:Environments",
        "Environments: each overlays tracking, connections, serving, deployment, monitoring, costs.",
    )


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the top level."""

    name: str
    kind: str
    about: str
    default: Any
    example: Any

    def type(self) -> Any:
        """Import and return the type of its value."""
        module, _, name = self.kind.partition(":")
        return getattr(import_module(f"mlopsc.spec.{module}"), name)


KEYS: Mapping[str, Key] = {f.name: Key(f.name, default=f.default, **f.metadata) for f in fields(Spec)}
