"""What a look at an A/B test has found, and what is decided by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ab_plan import Planned
from ab_result import Result
from ab_sample import Sample
from ab_units import Units

if TYPE_CHECKING:
    from numpy.typing import NDArray

PROMOTE, KEEP, UNDECIDED, RUNNING = "promote", "keep", "undecided", "running"


@dataclass(frozen=True)
class Looked:
    """One look that was taken; its `verdict` is empty where it decides nothing, and `problems` say why."""

    plan: Planned
    sample: Sample
    result: Result | None
    problems: tuple[str, ...]
    verdict: str


@dataclass(frozen=True)
class Decision:
    """What is to become of a version, and why; `reasons` begin with the sentence for people.

    `units` and `label` are what was read: None where no look was due.
    """

    verdict: str
    reasons: list[str]
    version: str
    control: str
    plan: list[Planned]
    looks: list[Looked]
    units: Units | None = None
    label: NDArray[Any] | None = None
