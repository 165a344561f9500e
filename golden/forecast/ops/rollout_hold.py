"""Waiting: until pods serve, and while a version shows what it is worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rollout_lease import Lease
from rollout_pods import CRASHING
from rollout_providers import Provider
from rollout_queries import Prometheus
from rollout_shapes import TEST
from rollout_split import Split
from rollout_told import Told
from rollout_verdict import BAD, GOOD, NO_DATA, judge

GLANCE = 5.0


class TakeBackError(Exception):
    """The version is to be taken back: for a reason in words, with the verdict and the figures behind it."""

    def __init__(self, reason: str, verdict: str = BAD, figures: Mapping[str, Any] | None = None) -> None:
        """Take what was found."""
        super().__init__(reason)
        self.verdict, self.figures = verdict, figures


class Hold:
    """What a rollout waits for."""

    def __init__(
        self,
        config: Mapping[str, Any],
        lease: Lease,
        provider: Provider,
        prometheus: Prometheus,
        told: Told,
        pause: Callable[[float], None],
    ) -> None:
        """Take the configuration, and what knows the Lease, the pods, the figures and the listeners."""
        self.config, self.lease, self.provider, self.prometheus = config, lease, provider, prometheus
        self.told, self.pause, self.clock = told, pause, lease.clock

    def until_ready(self, asked: Callable[[], tuple[int, str]]) -> None:
        """Return when pods serve; raise TakeBackError where no more of them do for too long."""
        best, waited = 0, 0.0
        while complaint := (answer := asked())[1]:
            if answer[0] > best:
                best, waited = answer[0], 0.0
            if waited >= self.config["ready_seconds"]:
                raise TakeBackError(complaint)
            self.pause(GLANCE)
            waited += GLANCE

    def judged(self, wanted: Split, seconds: float) -> tuple[dict[str, Any], str]:
        """Return figures and words of a version that is good at the end; raise TakeBackError for any other.

        The state's `since` is when the hold began: another process may have begun it.
        """
        every, unwell = self.config["check_seconds"], 0.0
        while True:
            self.begun(self.config["deadline_seconds"])
            left = self.lease.state.since + seconds - self.clock()
            unwell = self._watched(wanted, unwell)
            if left < seconds:
                figures = self.prometheus.figures(self.clock() - self.lease.state.since)
                verdict = judge(figures, self.config["limits"], self.config["min_requests"], left <= 0)
                if verdict.kind == GOOD:
                    return figures.plain(), verdict.why
                waits = verdict.kind == NO_DATA and self.config["on_no_data"] == "wait"
                if verdict.kind in (BAD, NO_DATA) and not waits:
                    raise TakeBackError(verdict.why, verdict.kind, figures.plain())
                self.told.looked(verdict.why or "within limits so far", figures.plain())
            pause = min(every, left) if left > 0 else every
            self.pause(pause)
            unwell = unwell + pause if unwell else 0.0

    def begun(self, longest: float) -> None:
        """Begin anew where the clock has gone back: the hold's window must not reach before it."""
        state, now = self.lease.state, self.clock()
        state.since = min(state.since, now)
        state.deadline = min(state.deadline, now + longest)

    def unchanged(self, wanted: Split) -> None:
        """Raise TakeBackError where the traffic is not as it is to be."""
        if (found := self.provider.split()) != wanted:
            # Whoever wants it back may have said so.
            self.lease.renew()
            raise TakeBackError(changed(found, wanted))

    def _watched(self, wanted: Split, unwell: float) -> float:
        """Return since how many seconds the canary is unwell; raise TakeBackError for what ends a hold."""
        self.unchanged(wanted)
        if self.clock() > self.lease.state.deadline:
            raise TakeBackError("the deadline has passed")
        serving, complaint = self.provider.complaint()
        # Who is sent to a pod that is not there gets an error that no pod counts.
        if complaint and wanted.canary and (not serving or CRASHING in complaint):
            raise TakeBackError(complaint)
        if complaint and unwell > self.config["ready_seconds"]:
            raise TakeBackError(complaint)
        return (unwell or 1e-9) if complaint else 0.0


def changed(found: Split, wanted: Split) -> str:
    """Return what is said of a route that somebody else has written."""
    if found.tested != wanted.tested:
        return f"somebody else has {'removed' if wanted.tested else 'added'} the route's rule {TEST}"
    if found.canary < 0 and found.tested:
        return f"somebody else has changed the route's weights, or its rule {TEST}"
    return f"somebody else has changed the weights: the canary has {found.canary} % of the traffic"
