"""Kubernetes' REST API, as far as the controller needs it: reads, and writes that others may have undone.

Nothing is watched: whoever waits asks again. A write that was not answered may have been done, so that
nothing is sent a second time without a look: `again` takes what reads, decides and writes as one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

Object = dict[str, Any]
# Method, URL, body, headers and seconds to wait; returns status and body, raises OSError without an answer.
Http = Callable[[str, str, bytes | None, Mapping[str, str], float], tuple[int, bytes]]
T = TypeVar("T")

# One call; the lease lasts longer than several of them.
SECONDS = 5.0
WAITS = (0.5, 1.0, 2.0, 4.0)
HOLDER = "mlops~1rollout-holder"
JSON, JSON_PATCH = "application/json", "application/json-patch+json"


class SilentError(Exception):
    """The API server does not answer, or answers that it cannot now."""


class ConflictError(Exception):
    """Somebody else has changed the object meanwhile: read it again."""


class RefusedError(Exception):
    """The API server does not do it, and would not do it a second time."""


class Api:
    """The API of one cluster, in one namespace."""

    def __init__(self, http: Http, sleep: Callable[[float], None], base: str, namespace: str) -> None:
        """Take what sends, what waits, the server's address, and the namespace of all that is named."""
        self.http, self.sleep, self.base, self.namespace = http, sleep, base.rstrip("/"), namespace

    def path(self, group: str, kind: str, name: str = "") -> str:
        """Return where an object lies, or all of a kind: group is `v1`, or such as `apps/v1`."""
        root = "api" if "/" not in group else "apis"
        return f"/{root}/{group}/namespaces/{self.namespace}/{kind}" + (name and f"/{name}")

    def get(self, path: str) -> Object | None:
        """Return what lies at a path, None where nothing does; raise SilentError or RefusedError."""
        status, found = self._call("GET", path, None, JSON)
        if status == 404:
            return None
        return self._judged("GET", path, status, found)

    def send(self, method: str, path: str, body: Any, kind: str = JSON) -> Object:
        """Write, once; return the object as it is then; raise SilentError, ConflictError or RefusedError."""
        status, found = self._call(method, path, json.dumps(body).encode(), kind)
        # A test of a JSON patch that fails is 422.
        if status == 409 or (status == 422 and kind == JSON_PATCH):
            raise ConflictError(f"{method} {path}: {_words(found)}")
        return self._judged(method, path, status, found)

    def mark(self, path: str, holder: str, allow: Callable[[], None]) -> None:
        """Write a name beside an object: whoever has read it before finds it changed."""

        def once() -> None:
            found = self.get(path)
            if found is None:
                raise RefusedError(f"there is no {path}: `make deploy` brings it")
            metadata = found["metadata"]
            patch: list[Object] = [
                {"op": "test", "path": "/metadata/resourceVersion", "value": metadata["resourceVersion"]}
            ]
            if metadata.get("annotations") is None:
                patch.append({"op": "add", "path": "/metadata/annotations", "value": {}})
            patch.append({"op": "add", "path": f"/metadata/annotations/{HOLDER}", "value": holder})
            allow()
            self.send("PATCH", path, patch, JSON_PATCH)

        self.again(once)

    def again(self, work: Callable[[], T]) -> T:
        """Return what work returns; while others write or the server is not well, let it look again.

        Raises RefusedError for what fails each time although it was read anew: it is no race.
        """
        for wait in WAITS:
            try:
                return work()
            except (ConflictError, SilentError):
                self.sleep(wait)
        try:
            return work()
        except ConflictError as fault:
            raise RefusedError(str(fault)) from None

    def _call(self, method: str, path: str, body: bytes | None, kind: str) -> tuple[int, Object]:
        headers = {"Accept": JSON, "Content-Type": kind}
        try:
            status, content = self.http(method, self.base + path, body, headers, SECONDS)
        except OSError as fault:
            raise SilentError(f"{method} {path}: {type(fault).__name__}: {fault}") from None
        try:
            found = json.loads(content) if content.strip() else {}
        except ValueError:
            if status < 300:
                raise SilentError(f"{method} {path}: the answer is not whole") from None
            found = {"message": content[:200].decode(errors="replace")}
        return status, found if isinstance(found, dict) else {}

    def _judged(self, method: str, path: str, status: int, found: Object) -> Object:
        if status >= 500 or status in (408, 429):
            raise SilentError(f"{method} {path}: {status} {_words(found)}")
        if status >= 300 or status < 200:
            raise RefusedError(f"{method} {path}: {status} {_words(found)}")
        return found


def _words(found: Object) -> str:
    return str(found.get("message", ""))[:500]
