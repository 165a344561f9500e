"""GitHub's REST API: the one place that talks to it, patient with its limits and plain about its refusals.

The token goes to the server in a header alone: nothing that is raised or printed here repeats it, and a
redirect never takes it to another host.
"""

from __future__ import annotations

import http.client
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from github_answers import GitHubError, LaterError, judged
from github_names import repository, safe_base, token

VERSION = "2022-11-28"


@dataclass(frozen=True)
class Patience:
    """How often and how long to try, in seconds; waits double, and none is longer than the longest."""

    attempts: int = 5
    first_wait: float = 2.0
    longest_wait: float = 300.0
    answer: float = 30.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time


class GitHub:
    """The API for one repository."""

    def __init__(self, patience: Patience | None = None) -> None:
        """Take server, repository and token from the environment; raise ValueError where one is missing."""
        self.patience = patience or Patience()
        self.base = safe_base(os.environ.get("GITHUB_API_URL") or "https://api.github.com")
        self.repository, self._token = repository(), token()
        if not self._token:
            raise GitHubError(
                "no token: in a workflow give the step `GITHUB_TOKEN: ${{ github.token }}` by env, "
                'elsewhere `export GH_TOKEN="$(gh auth token)"`'
            )
        self._opener = urllib.request.build_opener(_SameHost)

    def repo(self, method: str, path: str, body: dict[str, Any] | None = None, needs: str = "") -> Any:
        """Call below /repos/OWNER/NAME; see `call`."""
        return self.call(method, f"/repos/{self.repository}{path}", body, needs)

    def call(self, method: str, path: str, body: dict[str, Any] | None = None, needs: str = "") -> Any:
        """Return the JSON of an answer, None for an empty one; `needs` is the permission of the token.

        Tries again after failures that pass: no connection, 5xx, limits of the rate. Raises GitHubError.
        """
        wait = self.patience.first_wait
        for left in reversed(range(self.patience.attempts)):
            try:
                return self._once(method, path, body, needs)
            except LaterError as fault:
                if not left or fault.wait > self.patience.longest_wait:
                    raise fault.final from None
                wait = min(max(wait, fault.wait), self.patience.longest_wait)
                print(f"{fault}; again in {wait:g} seconds", flush=True)
                self.patience.sleep(wait)
                wait *= 2
        raise GitHubError(f"{method} {path}: no attempt was allowed")

    def listed(self, path: str, key: str, needs: str = "") -> list[dict[str, Any]]:
        """Return everything of a list below the repository, page by page."""
        found: list[dict[str, Any]] = []
        for page in range(1, 101):
            # 30 is the most that variables allow.
            answer = self.repo("GET", f"{path}?per_page=30&page={page}", needs=needs)
            found += answer[key]
            if not answer[key] or len(found) >= answer["total_count"]:
                break
        return found

    def default_branch(self) -> str:
        """Return the name of the default branch."""
        return str(self.repo("GET", "", needs="metadata: read")["default_branch"])

    def _once(self, method: str, path: str, body: dict[str, Any] | None, needs: str) -> Any:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self._token}",
            "X-GitHub-Api-Version": VERSION,
            "User-Agent": "mlops-programs",
        }
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(self.base + path, data, headers, method=method)  # noqa: S310
        try:
            with self._opener.open(request, timeout=self.patience.answer) as answer:
                content = answer.read()
        except urllib.error.HTTPError as fault:
            raise judged(f"{method} {path}", fault, needs, self._token, self.patience.clock()) from None
        except (OSError, http.client.HTTPException) as fault:
            why = getattr(getattr(fault, "reason", None), "strerror", None) or type(fault).__name__
            raise LaterError(GitHubError(f"{method} {path}: no answer from {self.base}: {why}")) from None
        try:
            return json.loads(content) if content.strip() else None
        except ValueError:
            raise GitHubError(f"{method} {path}: the answer is not JSON") from None


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows a redirect of a question to the same server: a repository that was renamed is still found."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        """Return the next request, or None: then the redirect is the answer."""
        same = urlsplit(newurl)[:2] == urlsplit(req.full_url)[:2]
        if req.get_method() != "GET" or not same:
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def quoted(name: str) -> str:
    """Return a name as one part of a path."""
    return quote(name, safe="")
