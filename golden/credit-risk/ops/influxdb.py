"""InfluxDB over HTTP: /api/v2/write of 2.x where an organisation is named, /write of 1.x otherwise.

What is tried again is written once: a point with the time and the tags of another replaces it. Nothing
that is raised here repeats the token.
"""

from __future__ import annotations

import base64
import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from settings import resolve

ATTEMPTS = 4
SECONDS, LONGEST_WAIT = 10.0, 30.0
SAID = 300


@dataclass(frozen=True)
class Influxdb:
    """Where points go, and as whom they are written."""

    url: str
    headers: Mapping[str, str]
    wait: Callable[[float], None] = time.sleep

    @classmethod
    def of(cls, history: Mapping[str, Any]) -> Influxdb:
        """Take the settings: url, bucket (the database of 1.x), org of 2.x, token (user:password of 1.x).

        Raises ValueError for an address that is none, or a variable that is not set.
        """
        url, token = str(resolve(history["url"])), str(resolve(history.get("token", "")))
        if not url.startswith(("https://", "http://")):
            raise ValueError("the address of InfluxDB is not one of http or https")
        place = {"org": history.get("org"), "bucket": history["bucket"]}
        path = "/api/v2/write" if history.get("org") else "/write"
        query = place if history.get("org") else {"db": history["bucket"]}
        asked = urllib.parse.urlencode({**query, "precision": "ns"})
        scheme = (
            f"Token {token}" if history.get("org") else f"Basic {base64.b64encode(token.encode()).decode()}"
        )
        return cls(f"{url.rstrip('/')}{path}?{asked}", {"Authorization": scheme} if token else {})

    def write(self, points: list[str]) -> None:
        """Write points; wait and try again while the database is busy or does not answer.

        Raises ConnectionError when it never took them, or says no.
        """
        for attempt in range(1, ATTEMPTS + 1):
            busy, wait = self._post("\n".join(points).encode())
            if not busy:
                return
            if attempt < ATTEMPTS:
                self.wait(min(wait or 2.0 ** (attempt - 1), LONGEST_WAIT))
        raise ConnectionError(f"InfluxDB did not take the figures, asked {ATTEMPTS} times: {busy}")

    def _post(self, body: bytes) -> tuple[str, float]:
        """Return why it did not work yet, empty when it did, and how long to wait; raise if it never will."""
        headers = {**self.headers, "Content-Type": "text/plain; charset=utf-8"}
        request = urllib.request.Request(self.url, body, headers)  # noqa: S310
        try:
            with urllib.request.build_opener(_Stay).open(request, timeout=SECONDS):
                return "", 0.0
        except urllib.error.HTTPError as fault:
            said = f"HTTP {fault.code} {fault.read(SAID).decode(errors='replace').strip()}".strip()
            if fault.code != 429 and fault.code < http.client.INTERNAL_SERVER_ERROR:
                raise ConnectionError(f"InfluxDB refuses the figures: {said}") from None
            wait = fault.headers.get("Retry-After", "")
            return said, float(wait) if wait.isdigit() else 0.0
        except (OSError, http.client.HTTPException) as fault:
            return str(getattr(fault, "reason", "") or fault) or type(fault).__name__, 0.0


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the token is for the address that was given."""

    def redirect_request(self, *_arguments: Any, **_named: Any) -> None:
        """Return no request to follow."""
