"""Start the job at Jenkins that trains, or the one that deploys, by its remote API.

    make dispatch-train TRIGGER=webhook EVENT=id     without both: all triggers are looked at
    make dispatch-deploy VERSION=7                   else the version that was registered here
    make dispatch-finish                             for a version whose rollout must have ended by itself

JENKINS_TRAIN_URL and JENKINS_DEPLOY_URL are the addresses of the jobs, JENKINS_USER and JENKINS_TOKEN who
calls: an API token needs no crumb. The token is in a header alone, and follows no redirect.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from settings import settings
from verdict import FINE, Outcome, run

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
WHOLE = re.compile(r"[1-9][0-9]{0,17}")
BAD, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TIMEOUT, CONFLICT, MANY = 400, 401, 403, 404, 408, 409, 429
HINTS = {
    BAD: "has the job run once? Jenkins learns its parameters then",
    UNAUTHORIZED: "are JENKINS_USER and JENKINS_TOKEN right?",
    FORBIDDEN: "may JENKINS_USER build the job?",
    NOT_FOUND: "is there such a job, and may JENKINS_USER see it?",
    CONFLICT: "is the job disabled?",
}


@dataclass(frozen=True)
class Patience:
    """How often and how long to try, in seconds; waits double, and none is longer than the longest."""

    attempts: int = 5
    first_wait: float = 2.0
    longest_wait: float = 60.0
    answer: float = 30.0
    sleep: Callable[[float], None] = time.sleep


class _LaterError(Exception):
    """It may work after so many seconds, 0 when nobody says how many."""

    def __init__(self, text: str, wait: float = 0.0) -> None:
        """Take what people are told."""
        super().__init__(text)
        self.wait = wait


def main(arguments: list[str] | None = None, patience: Patience | None = None) -> int:
    """Run the command line; return 0 when the job was started, 2 for an error."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("job", choices=("train", "deploy", "finish"))
    job = parser.parse_args(arguments).job
    given = patience or Patience()
    return run(f"dispatch-{job}", lambda: finish(given) if job == "finish" else dispatch(job, given))


def finish(patience: Patience) -> Outcome:
    """Start the job that deploys for what a rollout has left; nothing where there is none."""
    # There only where some environment has a rollout.
    pending = import_module("pending")
    with pending.overdue(settings()) as number:
        if not number:
            return Outcome("skipped", reasons=["no rollout waits to be finished"])
        os.environ["VERSION"] = number
        return dispatch("deploy", patience)


def dispatch(job: str, patience: Patience) -> Outcome:
    """Start a job; raise ValueError where Jenkins refuses, or what it needs is not set."""
    settings()
    if job == "train":
        given = {name: os.environ.get(name, "") for name in ("TRIGGER", "EVENT")}
    else:
        given = {"VERSION": version()}
    place = post(given_by(f"JENKINS_{job.upper()}_URL"), given, patience)
    words = ", ".join(f"{name}={value}" for name, value in given.items() if value)
    figures = {"version": int(given["VERSION"])} if "VERSION" in given else {}
    return Outcome("done", figures, [f"started{words and f' with {words}'}", *([place] if place else [])])


def post(address: str, given: dict[str, str], patience: Patience) -> str:
    """Queue a build with parameters; return the address in the queue. Tries again after what passes."""
    request = urllib.request.Request(  # noqa: S310
        target(address), urlencode(given).encode(), {"Authorization": authorization()}, method="POST"
    )
    wait = patience.first_wait
    for left in reversed(range(patience.attempts)):
        try:
            return once(request, patience.answer)
        except _LaterError as fault:
            if not left:
                raise ValueError(str(fault)) from None
            wait = min(max(wait, fault.wait), patience.longest_wait)
            print(f"{fault}; again in {wait:g} seconds", flush=True)
            patience.sleep(wait)
            wait *= 2
    raise ValueError("no attempt was allowed")


def once(request: urllib.request.Request, seconds: float) -> str:
    """Send it once; raise _LaterError for what may pass, else ValueError."""
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=seconds) as answer:
            return str(answer.headers.get("Location", ""))
    except urllib.error.HTTPError as fault:
        code, asked = fault.code, fault.headers.get("Retry-After", "")
        if code in (TIMEOUT, MANY) or code >= http.client.INTERNAL_SERVER_ERROR:
            raise _LaterError(
                f"Jenkins answers {code}", float(asked) if re.fullmatch(r"\d{1,6}", asked) else 0.0
            ) from None
        moved = http.client.MULTIPLE_CHOICES <= code < BAD
        hint = "it leads elsewhere: give the address itself" if moved else HINTS.get(code, "")
        raise ValueError(f"Jenkins answers {code}{hint and f': {hint}'}") from None
    except (OSError, http.client.HTTPException) as fault:
        why = getattr(getattr(fault, "reason", None), "strerror", None) or type(fault).__name__
        raise _LaterError(f"no answer from Jenkins: {why}") from None


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the token is for the address that was given."""

    def redirect_request(self, *_arguments: Any, **_named: Any) -> None:
        """Return no request to follow."""


def target(address: str) -> str:
    """Return where builds of a job are queued; raise ValueError unless it is https, or this machine."""
    parts = urlsplit(address)
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK
    if (parts.scheme != "https" and not plain) or not parts.hostname or "@" in parts.netloc:
        raise ValueError("the address of the job must be https, without a name or password in it")
    if parts.query or parts.fragment or not re.fullmatch(r"[\x21-\x7e]+", address):
        raise ValueError("the address of the job ends with its name, such as https://host/job/churn-train")
    return f"{address.rstrip('/').removesuffix('/buildWithParameters')}/buildWithParameters"


def authorization() -> str:
    """Return the header that says who calls; raise ValueError where that is not known."""
    both = f"{given_by('JENKINS_USER')}:{given_by('JENKINS_TOKEN')}"
    return f"Basic {base64.b64encode(both.encode()).decode()}"


def given_by(name: str) -> str:
    """Return a variable of the environment; raise ValueError, with its name alone, if it is not set."""
    if not (found := os.environ.get(name, "").strip()):
        raise ValueError(f"the environment variable {name} is not set: set it, or write {name}=... into .env")
    return found


def version() -> str:
    """Return VERSION, else what was registered here; raise ValueError where it may not be deployed."""
    wanted = os.environ.get("VERSION", "")
    report = Path("reports", "register.json")
    if not wanted and report.exists():
        told = json.loads(report.read_text(encoding="utf-8"))
        if told["verdict"] not in FINE:
            raise ValueError(f"{report} says `{told['verdict']}`: that version is not deployed")
        wanted = str(told["figures"].get("version", ""))
    if not WHOLE.fullmatch(wanted):
        raise ValueError(f"VERSION={wanted[:40]!r}: it is a whole number, such as VERSION=7")
    return wanted


if __name__ == "__main__":
    sys.exit(main())
