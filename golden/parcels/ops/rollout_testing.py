"""The A/B test after the last step: the canary has its arm until somebody says which version is better.

Who is better is not seen from here: outcomes arrive weeks later, elsewhere. What is seen is whether the
canary harms anybody meanwhile, by all that its requests of the last hour, and of the last day, say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rollout_hold import Hold, TakeBackError
from rollout_pods import CRASHING
from rollout_split import TESTED
from rollout_verdict import BAD, GOOD, judge

PROMOTE, KEEP = "promote", "keep"
VERDICTS = (PROMOTE, KEEP, "undecided")
HOUR, DAY = 3600.0, 86400.0
# Much of what somebody writes is for people who read on elsewhere.
WORDS = 300


class Testing:
    """One A/B test."""

    def __init__(self, config: Mapping[str, Any], hold: Hold) -> None:
        """Take the configuration, and what waits."""
        test = config["ab_test"]
        self.config, self.hold, self.guardrails = config, hold, test["guardrails"]
        self.share: float = test["share"]
        self.longest: float = test["seconds"] + test["slack_seconds"]
        self.lease, self.told, self.clock = hold.lease, hold.told, hold.clock

    def promoted(self) -> tuple[dict[str, Any], str]:
        """Return figures and words of the better version; raise TakeBackError for any other end."""
        every, unwell, told, heard = self.config["check_seconds"], 0.0, float("-inf"), ""
        while True:
            self.hold.begun(self.longest)
            self.hold.unchanged(TESTED)
            unwell = self._unwell(unwell)
            figures, text = self._guarded(), self.lease.said()
            good, line = self._decided(text, figures)
            if good is not None:
                return good, line
            if self.clock() > self.lease.state.deadline:
                raise TakeBackError(f"nobody has looked at the A/B test in time: {line}")
            if text != heard or self.clock() - told >= HOUR:
                told, heard = self.clock(), text
                self.told.looked(line, figures)
            self.hold.provider.fit(self.share)
            self.hold.pause(every)
            unwell = unwell + every if unwell else 0.0

    def _decided(self, text: str, figures: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
        """Return the figures of a version that is to be promoted, None for not yet, and words.

        Raises TakeBackError for one that the test, or a guardrail at its end, does not let through.
        """
        said = verdict(text, self.lease.state.version)
        if said is None:
            return None, f"no verdict on this version: {text[:WORDS]}" if text else "the A/B test goes on"
        if said[0] != PROMOTE:
            raise TakeBackError(f"the A/B test says {said[0]}: {said[1]}", said[0], figures)
        if not self.guardrails:
            return {}, f"the A/B test says promote: {said[1]}"
        since = self.clock() - self.lease.state.since
        found = self.hold.prometheus.figures(min(DAY, since), self.guardrails)
        judged = judge(found, self.guardrails, self.config["min_requests"], at_end=True)
        if judged.kind == BAD:
            why = f"the A/B test says promote, and a guardrail does not: {judged.why}"
            raise TakeBackError(why, BAD, found.plain())
        if judged.kind == GOOD:
            return found.plain(), f"the A/B test says promote: {said[1]}; {judged.why}"
        # Nothing is promoted that no request speaks for.
        return None, f"the A/B test says promote, and a guardrail nothing yet: {judged.why}"

    def _unwell(self, unwell: float) -> float:
        """Return since how many seconds no pod serves; raise TakeBackError for what does not mend.

        A node that is drained ends no test of weeks: whom no canary answers, stable does.
        """
        serving, complaint = self.hold.provider.complaint()
        gone = bool(complaint) and not serving
        if CRASHING in complaint or (gone and unwell > self.config["ready_seconds"]):
            raise TakeBackError(complaint)
        return (unwell or 1e-9) if gone else 0.0

    def _guarded(self) -> dict[str, Any]:
        """Return the figures of the last hour; raise TakeBackError where a guardrail is clearly broken."""
        if not self.guardrails:
            return {}
        since = self.clock() - self.lease.state.since
        # Few more than are allowed in each hour are many in a day.
        windows = (HOUR, DAY) if since > HOUR else (HOUR,)
        found = [self.hold.prometheus.figures(min(each, since), self.guardrails) for each in windows]
        for window, figures in zip(windows, found, strict=True):
            broken = judge(figures, self.guardrails, self.config["min_requests"], at_end=False)
            if broken.kind == BAD:
                hours = f"{min(window, since) / HOUR:.3g} h"
                raise TakeBackError(f"a guardrail, by the last {hours}: {broken.why}", BAD, figures.plain())
        return found[0].plain()


def verdict(text: str, version: str) -> tuple[str, str] | None:
    """Return verdict and reason that a text has of a version's test; None where it has none."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    if not isinstance(found, dict) or str(found.get("version")) != version:
        return None
    said = found.get("verdict")
    return (str(said), str(found.get("why", ""))[:WORDS]) if said in VERDICTS else None
