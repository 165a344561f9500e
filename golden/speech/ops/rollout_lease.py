"""The Lease: who may act, and what is known of the rollout. It is lock and memory in one object.

Each write names the version of the object that it replaces, so that it fails when anybody else has
written; who reads then that another holds the Lease has lost it, and does nothing any more. Whether a
holder lives is told by watching it renew, never by comparing its clock with ours.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime

from rollout_api import Api, ConflictError, Object, SilentError
from rollout_state import State, read

STATE, ABORT, VERDICT = "mlops/rollout", "mlops/abort", "mlops/ab-test"
DURATION = 30
# Renewed when it is older than this, and given up as unreachable when it is older than that.
RENEW, STALE = 5.0, 20.0
GLANCE = 2.0
ATTEMPTS = 4


class HeldError(Exception):
    """Another controller is at work."""


class LostError(Exception):
    """Another controller has taken over: nothing may be written any more."""


class AbortedError(Exception):
    """Somebody wants the version taken back now."""


class Lease:
    """The Lease of a rollout, held by this process."""

    def __init__(self, api: Api, name: str, identity: str, clock: Callable[[], float]) -> None:
        """Take the API, the Lease's name, the name of this process, and what tells the time."""
        self.api, self.identity, self.clock = api, identity, clock
        self.name, self.place = name, api.path("coordination.k8s.io/v1", "leases", name)
        self.state, self.heeds, self.lost = State(), True, False
        self._seen: Object = {}
        self._renewed = float("-inf")
        self._leaving = self.succeeds = False

    def look(self) -> State:
        """Return what the Lease tells; raise ValueError where no rollout is asked for."""
        self._seen = self.api.again(self._read)
        self.state = read(self._seen["metadata"].get("annotations", {}).get(STATE, ""))
        return self.state

    def take(self) -> None:
        """Become the holder, `succeeds` where another one was before; raise HeldError while it renews."""
        spec = self._seen.get("spec", {})
        other = spec.get("holderIdentity") or ""
        foreign = other not in ("", self.identity)
        if foreign:
            self._outlast(other, spec.get("leaseDurationSeconds") or DURATION)
        try:
            self._put()
        except ConflictError:
            raise HeldError("somebody else has written the Lease at the same time") from None
        self.succeeds = self.succeeds or foreign

    def keep(self) -> None:
        """Renew it when it is due; a server that does not answer is borne for a while."""
        if 0 <= self.clock() - self._renewed < RENEW:
            return
        try:
            self.renew()
        except SilentError:
            if not 0 <= self.clock() - self._renewed < STALE:
                raise

    def renew(self) -> None:
        """Write that we hold it, with the state; raise LostError, AbortedError or SilentError."""
        for _ in range(ATTEMPTS):
            self._check()
            try:
                self._put()
                return
            except ConflictError:
                self._adopt()
        raise SilentError(f"{self.place} is written by others all the time")

    def save(self) -> None:
        """Write the state, also when the server needs several attempts."""
        self.api.again(self.renew)

    def said(self) -> str:
        """Return what somebody has written about the end of an A/B test; empty where nobody has."""
        return str(self._seen.get("metadata", {}).get("annotations", {}).get(VERDICT, ""))

    def release(self) -> None:
        """Let it go at the end of a rollout; what was said of aborting it has had its time."""
        self.heeds = False
        self._leaving = True
        self.save()

    def _outlast(self, other: str, seconds: float) -> None:
        """Return when a holder has not renewed for the time that it may take."""
        renewed, waited = self._seen.get("spec", {}).get("renewTime"), 0.0
        while waited < seconds:
            self.api.sleep(GLANCE)
            waited += GLANCE
            self.look()
            spec = self._seen.get("spec", {})
            if spec.get("renewTime") != renewed and spec.get("holderIdentity"):
                raise HeldError(f"held by {other}")

    def _read(self) -> Object:
        found = self.api.get(self.place)
        if found is None:
            raise ValueError(f"there is no Lease {self.name}: no rollout is asked for")
        return found

    def _adopt(self) -> None:
        """Go on from what somebody else has written beside us; raise LostError if that is a new holder."""
        found = self.api.get(self.place)
        ours = (self.identity, "") if self._leaving else (self.identity,)
        if found is None or found.get("spec", {}).get("holderIdentity") not in ours:
            self.lost = True
            raise LostError("the Lease is no longer ours")
        self._seen = found

    def _check(self) -> None:
        """Raise AbortedError if somebody has asked for it, before anything else is written."""
        reason = self._seen.get("metadata", {}).get("annotations", {}).get(ABORT)
        if self.heeds and reason:
            raise AbortedError(str(reason))

    def _put(self) -> None:
        if self.lost:
            raise LostError("the Lease is no longer ours")
        wanted, now = copy.deepcopy(self._seen), self.clock()
        annotations = wanted["metadata"].setdefault("annotations", {})
        annotations[STATE] = self.state.text()
        if self._leaving:
            annotations.pop(ABORT, None)
        if self.state.phase != "testing" or not self.state.since:
            # Of another test, or of none: what comes before a test runs is not about it.
            annotations.pop(VERDICT, None)
        wanted["spec"] = {
            **wanted.get("spec", {}),
            "holderIdentity": "" if self._leaving else self.identity,
            "leaseDurationSeconds": DURATION,
            "renewTime": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        self._seen = self.api.send("PUT", self.place, wanted)
        self._renewed = now


def moment(seconds: float) -> str:
    """Return a time as Kubernetes writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
