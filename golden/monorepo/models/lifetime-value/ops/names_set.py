"""Which secrets and variables the repository has, by name; their values are never read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from github_answers import FORBIDDEN, NOT_FOUND, GitHubError
from github_api import GitHub


def read(kind: str) -> list[str]:
    """Return the names of the secrets, or of the variables, that the workflows read."""
    path = Path("config", "github.json")
    found: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found.get(f"{kind}s", [])


def listed(github: GitHub, kind: str, wanted: list[str]) -> Iterator[str]:
    """Yield what the repository has of these secrets or variables, and how to set the others."""
    if not wanted:
        return
    try:
        answer = github.listed(f"/actions/{kind}s", f"{kind}s", needs=f"{kind}s: read")
    except GitHubError as fault:
        if fault.status not in (FORBIDDEN, NOT_FOUND):
            raise
        yield f"whether the {kind}s are set is not known: {fault}"
        answer = []
    there = {each["name"].upper() for each in answer}
    for name in wanted:
        if name.upper() in there:
            yield f"the {kind} {name} is set"
        else:
            yield f"the {kind} {name}: gh {kind} set {name} --repo {github.repository}"
