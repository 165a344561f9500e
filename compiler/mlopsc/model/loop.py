"""Level 2: the pipeline, the registry, drift and retraining.

Names and units are those of config/<environment>.json, which the generated programs read. An address
or a secret is text, or `{"env": NAME}` or `{"secret": NAME}`; a change is `{"absolute": x}` or
`{"relative": x}`; times are seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlopsc.model.when import When

Reference = str | Mapping[str, str]
Change = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the pipeline, in DVC's words; `reads_data` says that it needs validated data."""

    name: str
    cmd: str
    deps: tuple[str, ...]
    params: tuple[str, ...]
    outs: tuple[str, ...]
    metrics: tuple[str, ...]
    plots: tuple[str, ...]
    reads_data: bool
    trains: bool


@dataclass(frozen=True, slots=True)
class Pipeline:
    """From data to model and metrics; `evaluate` is the command of the stage that writes metrics."""

    stages: tuple[Stage, ...]
    metrics: tuple[str, ...]
    evaluate: str
    artifact: str
    remote: str


@dataclass(frozen=True, slots=True)
class Tracking:
    """The MLflow store of runs and versions."""

    uri: Reference
    experiment: str


@dataclass(frozen=True, slots=True)
class Registry:
    """The rules of the gate, as they stand in config/<environment>.json."""

    gate: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """True labels that arrive later."""

    path: str
    id: str
    value: str
    delay_seconds: float


@dataclass(frozen=True, slots=True)
class Scoring:
    """Batch scoring: the user's command, where it reads and writes, and when.

    `compares` says that the candidate scores too before it is promoted; `most` is the largest mean
    difference that is still promoted, None for any.
    """

    cmd: str
    input: str
    output: str
    schedule: When | None
    compares: bool
    most: Change | None


@dataclass(frozen=True, slots=True)
class Drift:
    """What is compared: `current` is incoming, scoring or predictions."""

    schedule: When
    reference: str
    current: str
    tests: tuple[Mapping[str, Any], ...]
    correction: str
    alpha: float
    min_rows: int
    min_effect: float
    score: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Retraining:
    """What starts a training, how it trains, and the make commands that it takes.

    `schedule` is a trigger; `poll` is when triggers are looked at that nobody calls for; `forgets` says
    that each run begins on an empty machine.
    """

    triggers: Mapping[str, Any]
    schedule: When | None
    poll: When | None
    mode: str
    checkpoint: str
    full_when: Mapping[str, Any] | None
    cooldown_seconds: float
    max_attempts: int
    steps: tuple[str, ...]
    forgets: bool = False


@dataclass(frozen=True, slots=True)
class Notify:
    """Who is told; `smtp` is the mail server."""

    slack: Reference
    email: str
    webhook: Reference
    smtp: Mapping[str, Any]
