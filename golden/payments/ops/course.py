"""How far a rollout is, whoever shifts the traffic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

PROMOTED, TAKEN_BACK = "promoted", "rolled back"
# An A/B test has found nothing better than what runs.
KEEP = "keep"
TESTING, ENDED = "testing", "ended"


@dataclass(frozen=True)
class Course:
    """One rollout: `phase` is empty where there is none, `share` the canary's part of the traffic, 0 to 1.

    `until` is when it has ended at the latest, in seconds since 1970, 0 for not known yet; `before` is the
    image that it replaces, `aborted` why somebody has ended it; `lines` are its decisions, the oldest first.
    `testing` is since when its A/B test runs, in seconds since 1970, 0 while none does; `decided` is the
    verdict on it that its controller has been told.
    """

    version: str = ""
    phase: str = ""
    share: float = 0.0
    verdict: str = ""
    reason: str = ""
    until: float = 0.0
    before: str = ""
    aborted: str = ""
    lines: tuple[str, ...] = ()
    testing: float = 0.0
    decided: str = ""

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.phase not in ("", ENDED)

    @property
    def begun(self) -> bool:
        """Whether whoever shifts the traffic has taken it up."""
        return self.phase not in ("", "requested")

    @property
    def waits(self) -> bool:
        """Whether it goes on only when somebody says how its A/B test has ended."""
        return bool(self.testing and not self.decided)

    def __str__(self) -> str:
        if not self.running:
            return f"version {self.version}: {self.verdict}{self.reason and f': {self.reason}'}"
        end = f", until {moment(self.until)} at the latest" if self.until else ""
        if self.testing:
            what = f"answers {100 * self.share:g} % of the ids since {moment(self.testing)} (A/B test"
            return f"version {self.version} {what}{self.decided and f': {self.decided}'}){end}"
        return f"version {self.version} has {100 * self.share:g} % of the traffic ({self.phase}){end}"


def moment(seconds: float) -> str:
    """Return a time for people."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%MZ}"
