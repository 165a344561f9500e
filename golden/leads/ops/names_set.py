"""Which secrets and variables the repository has, by name; their values are never read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from github_answers import FORBIDDEN, NOT_FOUND, GitHubError
from github_api import GitHub, quoted

# By whether it is an environment's.
_NEEDS = {False: "{}s: read", True: "environments: read"}


def read() -> dict[str, Any]:
    """Return the names that the workflows read: `secrets`, `variables`, secrets of `environments` by name."""
    path = Path("config", "github.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def listed(github: GitHub, kind: str, wanted: list[str], environment: str = "") -> Iterator[str]:
    """Yield what the repository, or an environment, has of these names, and how to set the others."""
    if not wanted:
        return
    place = f"/environments/{quoted(environment)}" if environment else "/actions"
    of, option = (f" of {environment}", f" --env {environment}") if environment else ("", "")
    try:
        answer = github.listed(f"{place}/{kind}s", f"{kind}s", needs=_NEEDS[bool(environment)].format(kind))
    except GitHubError as fault:
        if fault.status not in (FORBIDDEN, NOT_FOUND):
            raise
        yield f"whether the {kind}s are set is not known: {fault}"
        answer = []
    there = {each["name"].upper() for each in answer}
    for name in wanted:
        if name.upper() in there:
            yield f"the {kind} {name}{of} is set"
        else:
            yield f"the {kind} {name}{of}: gh {kind} set {name}{option} --repo {github.repository}"
