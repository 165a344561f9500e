"""Who approves deployments: the owners of the spec as GitHub knows them, by number."""

from __future__ import annotations

import re
from typing import Any

from github_answers import NOT_FOUND, GitHubError
from github_api import GitHub, quoted

# GitHub's limit for one environment.
MOST_REVIEWERS = 6
TEAM, USER = re.compile(r"@([\w.-]+)/([\w.-]+)"), re.compile(r"@([\w.-]+)")

Reviewer = dict[str, Any]


def known(github: GitHub, owners: list[str]) -> tuple[list[Reviewer], list[str]]:
    """Return the reviewers that the owners are, and a line for each owner that cannot be one."""
    found: list[Reviewer] = []
    lines = []
    for owner in owners:
        reviewer = _reviewer(github, owner)
        if isinstance(reviewer, str):
            lines.append(f"{owner} cannot approve: {reviewer}")
        elif reviewer not in found:
            found.append(reviewer)
    return found, lines


def joined(present: list[Reviewer], wanted: list[Reviewer]) -> tuple[list[Reviewer], int]:
    """Return those that are there, then the wanted, as many as GitHub takes; and how many are left out."""
    every = [*present, *(each for each in wanted if each not in present)]
    return every[:MOST_REVIEWERS], max(0, len(every) - MOST_REVIEWERS)


def _reviewer(github: GitHub, owner: str) -> Reviewer | str:
    """Return a team or user with its number, or why it is none."""
    try:
        if match := TEAM.fullmatch(owner):
            path = f"/orgs/{quoted(match[1])}/teams/{quoted(match[2])}"
            team = github.call("GET", path, needs="organization members: read")
            return {"type": "Team", "id": int(team["id"])}
        if match := USER.fullmatch(owner):
            user = github.call("GET", f"/users/{quoted(match[1])}")
            return {"type": "User", "id": int(user["id"])}
    except GitHubError as fault:
        if fault.status == NOT_FOUND:
            return "GitHub knows nobody by that name, or does not show it to this token"
        raise
    return "GitHub takes users (@ann) and teams (@acme/ml) only"
