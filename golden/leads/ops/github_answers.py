"""What an answer of GitHub that is no success means: for good, or for now, and what to do about it."""

from __future__ import annotations

import http.client
import json
import re
import urllib.error
from typing import Any

FORBIDDEN, NOT_FOUND, CONFLICTS, MANY = 403, 404, 422, 429
# How GitHub says of a name that was to be made that it is there already.
THERE = 303
# GitHub asks for a minute where it names no wait.
UNNAMED_WAIT = 60.0


class GitHubError(ValueError):
    """GitHub says no, or nothing; `status` is that of HTTP, 0 without an answer."""

    def __init__(self, text: str, status: int = 0) -> None:
        """Take what people are told."""
        super().__init__(text)
        self.status = status


class LaterError(Exception):
    """It may work after a while: the wait that the server asks for, 0 when it asks for none."""

    def __init__(self, final: GitHubError, wait: float = 0.0) -> None:
        """Take what to raise when no attempt is left."""
        super().__init__(str(final))
        self.final, self.wait = final, wait


def judged(
    call: str, fault: urllib.error.HTTPError, needs: str, secret: str, now: float
) -> GitHubError | LaterError:
    """Return what to raise for an answer; `needs` is the permission that the call asks of the token."""
    code, headers = fault.code, fault.headers
    said = _message(fault).replace(secret, "***")
    final = GitHubError(f"GitHub answers {code} to {call}: {said}{_way_out(code, headers, needs)}", code)
    limited = "rate limit" in said.lower() or headers.get("x-ratelimit-remaining") == "0"
    if code == MANY or (code == FORBIDDEN and (limited or "Retry-After" in headers)):
        return LaterError(final, _wait(headers, now))
    if code >= http.client.INTERNAL_SERVER_ERROR:
        return LaterError(final, _seconds(headers.get("Retry-After")))
    return final


def _message(fault: urllib.error.HTTPError) -> str:
    """Return what GitHub says, on one line."""
    try:
        told = json.loads(fault.read())
        errors = [
            each.get("message") or each.get("code") if isinstance(each, dict) else each
            for each in told.get("errors") or ()
        ]
        said = ": ".join(str(part) for part in (told.get("message"), *errors) if part)
    except (OSError, ValueError, AttributeError, TypeError, http.client.HTTPException):
        said = ""
    return " ".join(said.split()) or http.client.responses.get(fault.code, "no reason")


def _way_out(code: int, headers: Any, needs: str) -> str:
    """Return what to do about a refusal, in brackets."""
    asks = needs or headers.get("x-accepted-github-permissions") or ""
    if code == http.client.UNAUTHORIZED:
        return " (the token is wrong or has expired)"
    if code == FORBIDDEN:
        return f" (the token needs the permission {asks})" if asks else ""
    if code == NOT_FOUND:
        # What a token may not see does not exist for it.
        return f" (there is no such thing, or the token lacks the permission {asks})" if asks else ""
    if http.client.MULTIPLE_CHOICES <= code < http.client.BAD_REQUEST:
        return " (the repository has moved: put its new name into GITHUB_REPOSITORY)"
    return ""


def _wait(headers: Any, now: float) -> float:
    if "Retry-After" in headers:
        return _seconds(headers["Retry-After"])
    if headers.get("x-ratelimit-remaining") == "0":
        return max(0.0, _seconds(headers.get("x-ratelimit-reset")) - now)
    return UNNAMED_WAIT


def _seconds(text: str | None) -> float:
    return float(text) if text and re.fullmatch(r"\d{1,12}", text.strip(), re.ASCII) else 0.0
