"""One call over HTTP, with the pod's own token where it goes to the API server, and only there."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


class Network:
    """Sends calls; a redirect is an answer, so that the token never follows one."""

    def __init__(self, kubernetes: str, account: Path = ACCOUNT) -> None:
        """Take the API server's address, and where the pod's token and the cluster's authority are."""
        self.kubernetes, self.account = kubernetes.rstrip("/") + "/", account
        authority = account / "ca.crt"
        context = ssl.create_default_context(cafile=str(authority) if authority.exists() else None)
        cluster = urllib.request.HTTPSHandler(context=context)
        # No proxy: both are in the cluster.
        direct = urllib.request.ProxyHandler({})
        self.inside = urllib.request.build_opener(direct, cluster, _Answer)
        self.outside = urllib.request.build_opener(direct, _Answer)

    def call(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], timeout: float
    ) -> tuple[int, bytes]:
        """Return status and body; raise OSError where there is no answer."""
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"{url} is no address of HTTP")
        given, own = dict(headers), url.startswith(self.kubernetes)
        if own and (token := self.account / "token").exists():
            # Read again each time: the kubelet renews it.
            given["Authorization"] = f"Bearer {token.read_text(encoding='ascii').strip()}"
        request = urllib.request.Request(url, body, given, method=method)  # noqa: S310
        try:
            with (self.inside if own else self.outside).open(request, timeout=timeout) as answer:
                return int(answer.status), bytes(answer.read())
        except urllib.error.HTTPError as fault:
            with fault:
                return fault.code, fault.read()
        except HTTPException as fault:
            raise ConnectionError(f"{type(fault).__name__}: {fault}") from None


class _Answer(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_: Any) -> None:
        """Return None: then the redirect is the answer."""
