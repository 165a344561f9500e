"""The part that this process has in an A/B test.

A stable pod sends a request on whose id is of the treatment to the service's own address, with a header by
which the mesh takes it to a canary pod. Where that does not answer, or there is no such route now, the stable
pod answers itself: the caller sees no fault, and the log who answered. A request that has the header is never
sent on, whoever wrote it there, and no arm is taken from it.
"""

from __future__ import annotations

import http
import threading
import time
from dataclasses import replace

from arms import CONTROL, NONE, TREATMENT
from assigned import ENTITY, Assigned, Assigning, Row
from forwarding import Forwarding, Headers, Heard, UnansweredError
from given import Given
from journal import LOG
from journal import TRACK as TRACK_HEADER
from measure import Message
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram

STABLE, CANARY = "stable", "canary"
TRACKS = (STABLE, CANARY)
TRACK = TRACK_HEADER.decode()
# Of an answer, what the caller is told besides its body.
TOLD = ("content-type", TRACK)
ARMS = (CONTROL, TREATMENT, NONE)
# What the mesh, or a pod that goes, says in place of an answer.
NOBODY = (http.HTTPStatus.BAD_GATEWAY, http.HTTPStatus.SERVICE_UNAVAILABLE, http.HTTPStatus.GATEWAY_TIMEOUT)
# Of a request, what goes on with it; its name and the arm are written anew.
KEPT = (b"content-type", ENTITY, b"authorization", b"traceparent", b"tracestate", b"baggage")
# So many in a row that were not answered, and the way is left alone for a while.
FAULTS = 3


class Way:
    """Whether requests are sent on: known to lead to a canary, to be tried by one request, or left alone."""

    def __init__(self, back_off: float) -> None:
        """Begin with a trial; take the seconds for which nothing goes where nobody is."""
        self.back_off = back_off
        self.known = self.trying = False
        self.faults, self.until = 0, 0.0
        self.lock = threading.Lock()

    def enter(self) -> bool:
        """Say whether one more request may go; `leave` must follow."""
        with self.lock:
            if self.known:
                return True
            if self.trying or time.monotonic() < self.until:
                return False
            self.trying = True
            return True

    def leave(self, track: str) -> None:
        """Take who answered, nothing for nobody."""
        with self.lock:
            self.trying = False
            if track == CANARY:
                self.known, self.faults = True, 0
                return
            self.faults += 1
            if track == STABLE or not self.known or self.faults >= FAULTS:
                self.known, self.faults = False, 0
                self.until = time.monotonic() + self.back_off


class Experiment:
    """Deals requests to arms, and counts."""

    def __init__(self, settings: Given, registry: CollectorRegistry = REGISTRY) -> None:
        """Take the settings, with an A/B test; raise ValueError for an AB_TEST_URL that is none."""
        said, kinds = settings.ab_test, {**settings.inputs, **settings.key}
        self.header = said["header"].encode()
        self.assigning = Assigning(
            said["experiment"], said["share"], said["id"], kinds.get(said["id"], "string")
        )
        self.sends, self.way = settings.track == STABLE, Way(said["back_off_seconds"])
        self.forwarding = Forwarding(settings.ab_test_url, settings.paths["predict"], said["seconds"])
        names, constant = tuple(settings.labels), tuple(settings.labels.values())
        about = "Answered requests for predictions, by the arm of their id; none for those without an id."
        counted = Counter("model_ab_requests_total", about, (*names, "arm"), registry=registry)
        self.counted = {arm: counted.labels(*constant, arm or "none") for arm in ARMS}
        about = "Requests of the treatment that were sent on, and answered here because no canary did."
        failures = Counter("model_ab_forward_failures_total", about, names, registry=registry)
        self.failures = failures.labels(*constant)
        about = "Seconds from sending a request on to the last byte of its answer."
        spent = Histogram(
            "model_ab_forward_duration_seconds", about, names, buckets=settings.buckets, registry=registry
        )
        self.spent = spent.labels(*constant)

    def visit(self, scope: Message, name: str) -> Visit:
        """Take a request for predictions, as ASGI has it, by its name."""
        return Visit(self, name, dict(scope["headers"]))


class Visit:
    """One request for predictions."""

    assigned: Assigned

    def __init__(self, experiment: Experiment, name: str, headers: dict[bytes, bytes]) -> None:
        """Take the request's name and headers."""
        self.experiment, self.name, self.headers = experiment, name, headers

    def leaves(self, rows: list[Row]) -> bool:
        """Find out whom it is about; say whether it is a canary's to answer, as far as one knows."""
        self.assigned = self.experiment.assigning.of(self.headers.get(ENTITY, b""), rows)
        return (
            self.experiment.sends
            and self.assigned.arm == TREATMENT
            and self.experiment.header not in self.headers
            and self.experiment.way.enter()
        )

    async def elsewhere(self, body: bytes) -> Heard | None:
        """Send it on, as `leaves` said; return the answer, or None where it is to be answered here."""
        track = ""
        try:
            heard = await self._asked(body)
            track = heard.headers[TRACK]
        except UnansweredError as fault:
            self.experiment.failures.inc()
            LOG.warning("no canary answered", extra={"request_id": self.name, "why": str(fault)})
            return None
        finally:
            self.experiment.way.leave(track)
        return replace(heard, headers={name: heard.headers[name] for name in TOLD if name in heard.headers})

    def answered(self, rows: list[Row]) -> list[Row]:
        """Count it as answered here; return its rows as they are logged."""
        self.experiment.counted[self.assigned.arm].inc()
        return self.experiment.assigning.logged(self.assigned, rows)

    async def _asked(self, body: bytes) -> Heard:
        sent: Headers = [(each, self.headers[each]) for each in KEPT if each in self.headers]
        sent += [(b"x-request-id", self.name.encode()), (self.experiment.header, TREATMENT.encode())]
        start = time.perf_counter()
        heard = await self.experiment.forwarding.ask(sent, body)
        if heard.status in NOBODY or heard.headers.get(TRACK) not in TRACKS:
            raise UnansweredError(f"{heard.status} from nobody who serves the model")
        self.experiment.spent.observe(time.perf_counter() - start)
        return heard
