"""The course of a rollout: from one phase to the next, each written down before it is acted on.

A process that is killed anywhere is followed by another that reads the phase and does it again: each
action leaves alone what is as it should be. `since` is 0 until the traffic of a phase is in place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rollout_lease import Lease
from rollout_providers import NOTHING, Provider
from rollout_queries import Prometheus
from rollout_route import Split
from rollout_told import Told
from rollout_verdict import BAD, GOOD, NO_DATA, judge

GLANCE = 5.0


class TakeBackError(Exception):
    """The version is to be taken back, for a reason."""


class Course:
    """One rollout."""

    def __init__(
        self,
        config: Mapping[str, Any],
        lease: Lease,
        provider: Provider,
        prometheus: Prometheus,
        told: Told,
        pause: Callable[[float], None],
    ) -> None:
        """Take the configuration, and what knows the Lease, the traffic, the figures and the listeners."""
        self.config, self.lease, self.provider, self.prometheus = config, lease, provider, prometheus
        self.told, self.pause, self.clock = told, pause, lease.clock
        self.steps: list[float] = config["steps"]

    @property
    def state(self) -> Any:
        """Where the rollout is."""
        return self.lease.state

    def go(self) -> None:
        """Go on until the end; raise AbortedError, LostError, SilentError or TakeBackError."""
        while self.state.phase != "ended":
            getattr(self, f"_{self.state.phase}")()

    def take_back(self, reason: str) -> None:
        """Turn to the way back."""
        self._enter("reverting", "bad", reason, reason=reason)

    def _requested(self) -> None:
        stable = self.provider.image()
        if stable == self.state.image:
            self._enter("ended", "promoted", "stable already runs this version", verdict="promoted")
            return
        line = f"version {self.state.version} shall replace {stable}"
        self._enter("starting", "started", line, stable_image=stable, since=self.clock())

    def _starting(self) -> None:
        if (before := self.provider.shift(NOTHING, ())) != NOTHING:
            self.told.decided("going on", f"the route gave {before.canary} % to a canary that was none")
        first = self.steps[0] if self.steps else 1.0
        self.provider.start(
            self.state.image, self.provider.pods(1.0 if self.config["shadow_seconds"] else first, 1)
        )
        self._until_ready(self.provider.complaint)
        deadline = self.clock() + self.config["deadline_seconds"]
        if self.config["shadow_seconds"]:
            self._enter(
                "shadow", "good", "the canary is ready; it gets a copy of the traffic", deadline=deadline
            )
        else:
            self._enter("step", "good", "the canary is ready", deadline=deadline, step=1)

    def _step(self) -> None:
        number = self.state.step
        share = self.steps[number - 1]
        wanted, former = _split(share), _split(self.steps[number - 2] if number > 1 else 0.0)
        if not self.state.since:
            self.provider.start(self.state.image, self.provider.pods(share, number))
            self._until_ready(self.provider.complaint)
            self._untouched(self.provider.shift(wanted, (wanted, former)), wanted, former)
            # An abort that came while the weights were changed is seen at once.
            self.lease.renew()
            self.pause(self.config["settle_seconds"])
            self._enter(
                "step", "going on", f"{100 * share:g} % of the traffic", since=self.clock(), share=share
            )
        figures, why = self._held(wanted, self.config["hold_seconds"])
        if number < len(self.steps):
            self._enter("step", "good", why, figures, step=number + 1)
        else:
            self._enter("promoting", "good", why, figures)

    def _promoting(self) -> None:
        self.provider.replace(self.state.image, self.state.stable_image)
        self._until_ready(self.provider.settled)
        self._enter("draining", "good", "stable runs this version")

    def _draining(self) -> None:
        self._emptied()
        self._enter("ended", "promoted", f"version {self.state.version} serves", verdict="promoted")

    def _reverting(self) -> None:
        self._emptied(restore=True)
        line = f"version {self.state.version} was taken back: {self.state.reason}"
        self._enter("ended", "rolled back", line, verdict="rolled back")

    def _emptied(self, restore: bool = False) -> None:
        """Take the canary's traffic, wait until what is on its way has been answered, then its pods."""
        while True:
            before = self.provider.shift(NOTHING, ())
            if not self.state.since or before != NOTHING:
                self.state.since, self.state.share = self.clock(), 0.0
                self.lease.save()
            if restore and self.provider.image() == self.state.image:
                self.provider.replace(self.state.stable_image, "")
            drain = self.config["drain_seconds"]
            self.pause(min(drain, max(0.0, self.state.since + drain - self.clock())))
            if self.provider.split() == NOTHING:
                break
        self.provider.stop()

    def _held(self, wanted: Split, seconds: float) -> tuple[dict[str, Any], str]:
        """Return the figures and words of a hold that ended well; raise TakeBackError for any other."""
        while True:
            left = min(seconds, self.state.since + seconds - self.clock())
            self._untouched(self.provider.split(), wanted)
            if self.clock() > self.state.deadline:
                raise TakeBackError("the deadline has passed")
            if left < seconds:
                figures = self.prometheus.figures(self.clock() - self.state.since)
                verdict = judge(figures, self.config["limits"], self.config["min_requests"], left <= 0)
                waits = verdict.kind == NO_DATA and self.config["on_no_data"] == "wait"
                if verdict.kind == GOOD:
                    return figures.plain(), verdict.why
                if verdict.kind in (BAD, NO_DATA) and not waits:
                    raise TakeBackError(verdict.why)
                self.told.looked(verdict.why, figures.plain())
            every = self.config["check_seconds"]
            self.pause(min(every, left) if left > 0 else every)

    def _until_ready(self, asked: Callable[[], tuple[int, str]]) -> None:
        """Wait until pods serve; raise TakeBackError where they make no progress for too long."""
        best, since = -1, self.clock()
        while True:
            serving, complaint = asked()
            if not complaint:
                return
            if serving > best:
                best, since = serving, self.clock()
            if self.clock() - since > self.config["ready_seconds"]:
                raise TakeBackError(complaint)
            self.pause(GLANCE)

    def _untouched(self, found: Split, *known: Split) -> None:
        if found not in known:
            raise TakeBackError(f"somebody else has changed the weights: the canary has {found.canary} %")

    def _enter(
        self,
        phase: str,
        verdict: str,
        line: str,
        figures: Mapping[str, Any] | None = None,
        /,
        **changed: Any,
    ) -> None:
        """Write the next phase with what changes, and tell it."""
        for name, value in {"phase": phase, "since": 0.0, **changed}.items():
            setattr(self.state, name, value)
        self.told.decided(verdict, line, figures)


def _split(share: float) -> Split:
    return Split(round(100 * share))
