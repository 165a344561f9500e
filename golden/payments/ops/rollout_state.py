"""Where a rollout is: what its Lease remembers, so that another controller can go on from there."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

KEPT = 40
PHASES = (
    "requested", "starting", "shadow", "step", "testing", "promoting", "draining", "reverting", "ended"
)  # fmt: skip


@dataclass
class State:
    """One rollout; `step` counts from 1 (0 before the first), times are seconds since 1970, 0 for not yet.

    `since`: in shadow, step, testing, draining and reverting the time at which traffic was as it should be;
    in starting and promoting the time of the last progress.
    """

    version: str = ""
    image: str = ""
    stable_image: str = ""
    phase: str = ""
    step: int = 0
    share: float = 0.0
    since: float = 0.0
    deadline: float = 0.0
    verdict: str = ""
    reason: str = ""
    decisions: list[dict[str, Any]] = field(default_factory=list)

    def remember(self, decision: dict[str, Any]) -> None:
        """Keep a decision, and the latest of those before it."""
        self.decisions = [*self.decisions, decision][-KEPT:]

    def text(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self), separators=(",", ":"))


def read(text: str) -> State:
    """Return what a text of JSON says; raise ValueError where it is none of a rollout."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get("phase") not in PHASES or not found.get("image"):
        raise ValueError("the Lease's annotation mlops/rollout does not tell which rollout is asked for")
    known = {each.name for each in fields(State)}
    # A null is what nobody has said yet.
    state = State(**{name: value for name, value in found.items() if name in known and value is not None})
    state.version = str(state.version)
    return state
