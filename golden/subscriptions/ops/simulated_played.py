"""What is known of one simulated rollout."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Look:
    """What was seen at one look: seconds from the first share, the share, requests and errors since then."""

    at: float
    share: float
    requests: float
    errors: float
    verdict: str


@dataclass(frozen=True)
class Played:
    """One rollout: how it ended and why, how long it took to decide, and what users saw of it.

    `seconds` is from the first share, or copy, of the traffic to the decision; `answered` requests went to
    the canary, of which `failed` failed. `shares` are (seconds, share) at each change.
    """

    verdict: str
    reason: str
    seconds: float
    answered: int
    failed: int
    shares: list[tuple[float, float]] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
