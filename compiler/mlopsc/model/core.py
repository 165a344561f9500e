"""One model, and what all its automations share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from posixpath import dirname
from typing import Any

from mlopsc.model.airflow import Airflow
from mlopsc.model.ci import Ci
from mlopsc.model.delivery import Delivery, Rollout
from mlopsc.model.experiment import Experiment
from mlopsc.model.loop import Drift, Notify, Outcomes, Pipeline, Registry, Retraining, Scoring, Tracking
from mlopsc.model.service import Service, Serving
from mlopsc.model.validation import Validation
from mlopsc.model.watching import Monitoring
from mlopsc.model.when import When


@dataclass(frozen=True, slots=True)
class Python:
    """The interpreter of the generated repository, and the user's own requirements (a path or "")."""

    version: str
    requirements: str


@dataclass(frozen=True, slots=True)
class Data:
    """The training data: a file, glob, folder or URL, and how it is stored (csv or parquet).

    `watched` is what DVC can watch of it, `many` says that it is a glob or folder, `types` are the logical
    types of the columns that the spec names.
    """

    path: str
    format: str
    protocol: str
    incoming: str
    fetch: str
    id: str
    timestamp: str
    target: str
    watched: str = ""
    many: bool = False
    types: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Environment:
    """What an environment may change; the name is empty where the spec has no environments.

    `aws_role` and `aws_region` are whom deployments to it are made as; empty for nobody. `cost_center`
    is who pays for what runs there, or empty.
    """

    name: str
    tracking: Tracking
    notify: Notify | None
    approval: bool = False
    deployment: Delivery | None = None
    aws_role: str = ""
    aws_region: str = ""
    service: Service | None = None
    monitoring: Monitoring | None = None
    cost_center: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """One model, or a house spec (then `name` is empty and only the repository's singletons are made).

    `sections` are the sections that the spec has; `metrics` says for each metric that some section
    names which direction is better; `state` where programs keep what they remember: file or tracking;
    `inherits` are the files that the spec extends, from the root; `test` is the command that tests
    staging, or empty; `cost_center` is who pays, or empty; `airflow` is None where another
    scheduler runs the work.
    """

    spec: str
    name: str
    owner: str
    description: str
    python: Python
    scheduler: str
    schedule_with: str
    timezone: str
    data: Data
    validation: Validation | None
    environments: tuple[Environment, ...]
    sections: frozenset[str] = frozenset()
    task: str = ""
    metrics: Mapping[str, str] = field(default_factory=dict)
    outcomes: Outcomes | None = None
    pipeline: Pipeline | None = None
    registry: Registry | None = None
    drift: Drift | None = None
    retraining: Retraining | None = None
    scoring: Scoring | None = None
    prediction_log: str = ""
    state: str = "file"
    plugins: Mapping[str, Any] = field(default_factory=dict)
    singletons: bool = False
    ci: Ci | None = None
    hooks: Mapping[str, str] = field(default_factory=dict)
    inherits: tuple[str, ...] = ()
    test: str = ""
    serving: Serving | None = None
    cost_center: str = ""
    airflow: Airflow | None = None

    @property
    def folder(self) -> str:
        """The folder of the spec from the root; empty at the root."""
        return dirname(self.spec)

    @property
    def deploys(self) -> bool:
        """Whether versions become images and come into service somewhere."""
        return bool(self.registry) and any(each.deployment for each in self.environments)

    @property
    def rollouts(self) -> Mapping[str, Rollout]:
        """How versions get their traffic step by step, by the environments where they do."""
        places = {each.name: each.deployment for each in self.environments if self.deploys}
        return {name: place.rollout for name, place in places.items() if place and place.rollout}

    @property
    def experiments(self) -> Mapping[str, Experiment]:
        """The tests on real users, by the environments where they are."""
        return {name: each.experiment for name, each in self.rollouts.items() if each.experiment}

    @property
    def training_steps(self) -> tuple[str, ...]:
        """The make commands of a training; a deployment by CI is started last, unless CI itself trains."""
        by_hand = self.airflow.steps if self.airflow else ()
        steps = self.retraining.steps if self.retraining else by_hand
        called = self.deploys and self.ci is not None and self.scheduler != self.ci.provider
        return (*steps, "dispatch-deploy") if steps and called else steps

    @property
    def keeps_history(self) -> bool:
        """Whether figures of some environment are kept for long."""
        return bool(self.name) and any(
            each.monitoring and each.monitoring.history for each in self.environments
        )

    @property
    def history_schedule(self) -> When | None:
        """When figures are kept that no check of drift is followed by."""
        return When("0 * * * *", "every hour") if self.keeps_history and self.drift is None else None

    @property
    def schedules(self) -> tuple[When, ...]:
        """The schedules of all sections that generate scheduled work."""
        found = (
            self.validation.schedule if self.validation else None,
            self.drift.schedule if self.drift else None,
            self.scoring.schedule if self.scoring else None,
            self.retraining.schedule if self.retraining else None,
            self.retraining.poll if self.retraining else None,
            self.history_schedule,
        )
        return tuple(when for when in found if when)

    @property
    def runs_cron(self) -> bool:
        """Whether this repository installs scheduled work on its own machine."""
        return self.scheduler == "cron" and self.scheduled

    @property
    def scheduled(self) -> bool:
        """Whether some section has a schedule."""
        return bool(self.schedules)
