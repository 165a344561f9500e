"""Every decision, told to all who ask: a line of JSON, the Lease's state, and an event of Kubernetes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from rollout_api import Api, ConflictError, RefusedError, SilentError
from rollout_lease import Lease, moment
from rollout_state import State

BAD = ("bad", "no data", "rolled back")


class Told:
    """Where decisions go."""

    def __init__(
        self,
        config: Mapping[str, Any],
        api: Api,
        lease: Lease,
        say: Callable[[str], None],
        seen: Callable[[State], None],
    ) -> None:
        """Take the configuration, the API for events, the Lease, and who hears of lines and states."""
        self.api, self.lease, self.say, self.seen = api, lease, say, seen
        seen(lease.state)
        kind, group, name = "Deployment", "apps/v1", config["stable"]
        if config["provider"] == "kserve":
            kind, group, name = "InferenceService", "serving.kserve.io/v1beta1", config["model"]
        self.about = {"apiVersion": group, "kind": kind, "name": name, "namespace": config["namespace"]}
        self.source = config["lease"]

    def decided(self, verdict: str, line: str, figures: Mapping[str, Any] | None = None) -> None:
        """Write a decision into the state, before anybody acts on it; then tell it."""
        state = self.lease.state
        at = moment(self.lease.clock())
        decision = {
            "at": at,
            "step": state.step,
            "share": state.share,
            "verdict": verdict,
            "figures": dict(figures or {}),
            "line": line,
        }
        state.remember(decision)
        self.lease.save()
        self.seen(state)
        self.say(json.dumps(decision, ensure_ascii=False))
        self._event(state, verdict, line, at)

    def looked(self, line: str, figures: Mapping[str, Any]) -> None:
        """Say what was seen between two decisions."""
        state = self.lease.state
        seen = {"at": moment(self.lease.clock()), "step": state.step, "share": state.share}
        self.say(
            json.dumps(
                {**seen, "verdict": "going on", "figures": dict(figures), "line": line}, ensure_ascii=False
            )
        )

    def _event(self, state: State, verdict: str, line: str, at: str) -> None:
        """Tell Kubernetes, once: an event that is not written is no reason to stop."""
        event = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"generateName": f"{self.source}-", "namespace": self.about["namespace"]},
            "involvedObject": self.about,
            "reason": "Rollout",
            "message": f"version {state.version}, {verdict}: {line}"[:1000],
            "type": "Warning" if verdict in BAD else "Normal",
            "source": {"component": self.source},
            "firstTimestamp": at,
            "lastTimestamp": at,
            "count": 1,
        }
        try:
            self.api.send("POST", self.api.path("v1", "events"), event)
        except (SilentError, ConflictError, RefusedError) as fault:
            self.say(json.dumps({"at": at, "line": f"no event: {fault}"}, ensure_ascii=False))
