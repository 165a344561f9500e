"""The course of a rollout: from one phase to the next, each written down before it is acted on.

A process that is killed anywhere is followed by another that reads the phase and does it again: each
action leaves alone what is as it should be. `since` is 0 until the traffic of a phase is in place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rollout_hold import Hold, TakeBackError, changed
from rollout_providers import Provider
from rollout_split import NOTHING, SHADOW, TESTED, Split
from rollout_state import State
from rollout_testing import KEEP, Testing
from rollout_verdict import BAD

SHADOW_PODS = 1.0


class Course:
    """One rollout."""

    def __init__(self, config: Mapping[str, Any], provider: Provider, hold: Hold) -> None:
        """Take the configuration, what moves the traffic, and what waits."""
        self.config, self.provider, self.hold = config, provider, hold
        self.lease, self.told, self.pause, self.clock = hold.lease, hold.told, hold.pause, hold.clock
        self.steps: list[float] = config["steps"]
        self.shadow: float = config["shadow_seconds"]

    @property
    def state(self) -> State:
        """Where the rollout is."""
        return self.lease.state

    def go(self) -> None:
        """Go on until the end; raise TakeBackError, AbortedError, LostError, SilentError or RefusedError."""
        while self.state.phase != "ended":
            # Also where a step does not begin, because something else is not well.
            if self.state.phase in ("shadow", "step") and self.clock() > self.state.deadline:
                raise TakeBackError("the deadline has passed")
            getattr(self, f"_{self.state.phase}")()

    def take_back(self, reason: str, verdict: str = BAD, figures: Mapping[str, Any] | None = None) -> None:
        """Turn to the way back, which nothing aborts."""
        self.lease.heeds = False
        # That a test has found nothing better is an answer, and stays one on the way back.
        kept = KEEP if verdict == KEEP else ""
        self._enter("reverting", verdict, reason, figures, reason=reason, verdict=kept)

    def _requested(self) -> None:
        stable = self.provider.image()
        if stable == self.state.image:
            self._enter("ended", "promoted", "stable runs this version already", verdict="promoted")
            return
        line = f"version {self.state.version} is to replace {stable}"
        self._enter("starting", "started", line, stable_image=stable)

    def _starting(self) -> None:
        if (before := self.provider.shift(NOTHING, ())) != NOTHING:
            self.told.decided("going on", f"{_traffic(before)} went to a canary that was none")
        share = SHADOW_PODS if self.shadow else self.steps[0]
        self.provider.start(self.state.image, share)
        self.hold.until_ready(self.provider.complaint)
        deadline = self.clock() + self.config["deadline_seconds"]
        phase, step = ("shadow", 0) if self.shadow else ("step", 1)
        self._enter(phase, "good", "the canary is ready", deadline=deadline, step=step)

    def _shadow(self) -> None:
        if not self.state.since:
            self._shift(SHADOW, NOTHING)
            self._settled("the canary gets a copy of the traffic")
        figures, why = self.hold.judged(SHADOW, self.shadow)
        self._next(why, figures)

    def _step(self) -> None:
        number = self.state.step
        share = self.steps[number - 1]
        wanted = self.provider.wanted(number)
        if not self.state.since:
            former = self.provider.wanted(number - 1)
            # Who was killed after the weights were set is past that.
            if number == 1 and self.shadow and self.provider.split() != wanted:
                self._shift(NOTHING, SHADOW)
            self.provider.start(self.state.image, share)
            self.hold.until_ready(self.provider.complaint)
            self._shift(wanted, former)
            # Where pods are the share, they begin only now.
            self.hold.until_ready(self.provider.complaint)
            self.state.share = share
            self._settled(f"{100 * share:.3g} % of the traffic")
        figures, why = self.hold.judged(wanted, self.config["hold_seconds"])
        self._next(why, figures)

    def _testing(self) -> None:
        testing = Testing(self.config, self.hold)
        if not self.state.since:
            self.provider.start(self.state.image, testing.share)
            self.hold.until_ready(self.provider.complaint)
            self._shift(TESTED, self.provider.wanted(len(self.steps)))
            self.state.share = testing.share
            self._settled(f"{100 * testing.share:.3g} % of the ids, whatever the weights")
        figures, why = testing.promoted()
        self._enter("promoting", "good", why, figures)

    def _promoting(self) -> None:
        if not self.steps:
            self._shift(NOTHING, SHADOW)
        if (found := self.provider.image()) not in (self.state.image, self.state.stable_image):
            raise TakeBackError(f"somebody else has let stable run {found}")
        self.provider.replace(self.state.image, self.state.stable_image)
        self.hold.until_ready(self.provider.settled)
        self._enter("draining", "good", "stable runs this version")

    def _draining(self) -> None:
        self._emptied()
        line = f"version {self.state.version} serves"
        self._enter("ended", "promoted", line, verdict="promoted")

    def _reverting(self) -> None:
        self._emptied(restore=True)
        line = f"version {self.state.version} was taken back: {self.state.reason}"
        verdict = self.state.verdict or "rolled back"
        self._enter("ended", verdict, line, verdict=verdict)

    def _emptied(self, restore: bool = False) -> None:
        """Take the canary's traffic, wait until what is on its way has been answered, then its pods."""
        drain = self.config["drain_seconds"]
        while True:
            before = self.provider.shift(NOTHING, ())
            if not self.state.since or before != NOTHING:
                self.state.since, self.state.share = self.clock(), 0.0
                self.lease.save()
            if restore:
                self._restored()
            self.pause(min(drain, max(0.0, self.state.since + drain - self.clock())))
            if self.provider.split() == NOTHING:
                break
        self.provider.stop()

    def _restored(self) -> None:
        """Give stable its image again if we have changed it, and wait for its pods as long as that helps."""
        if not self.state.stable_image:
            return
        if self.provider.image() == self.state.image:
            self.provider.replace(self.state.stable_image)
        try:
            self.hold.until_ready(self.provider.settled)
        except TakeBackError as fault:
            self.told.decided("bad", f"stable is not well: {fault}")

    def _shift(self, wanted: Split, *known: Split) -> None:
        """Move the traffic; raise TakeBackError where it is neither as it is to be nor as we left it."""
        before = self.provider.shift(wanted, (wanted, *known))
        # An abort that came meanwhile is seen at once.
        self.lease.renew()
        if before not in (wanted, *known):
            raise TakeBackError(changed(before, wanted))

    def _settled(self, line: str) -> None:
        """Wait until the traffic has moved, and let the hold begin."""
        self.pause(self.config["settle_seconds"])
        self._enter(self.state.phase, "going on", line, since=self.clock())

    def _next(self, why: str, figures: Mapping[str, Any]) -> None:
        number = self.state.step + 1
        if number <= len(self.steps):
            self._enter("step", "good", why, figures, step=number)
        elif "ab_test" in self.config:
            deadline = self.clock() + Testing(self.config, self.hold).longest
            self._enter("testing", "good", why, figures, deadline=deadline)
        else:
            self._enter("promoting", "good", why, figures)

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


def _traffic(split: Split) -> str:
    """Return in words what a canary gets."""
    return "an arm of an A/B test" if split.tested else f"{split.canary} % of the traffic"
