"""Refuse to deploy where nobody could say no.

The verdict is `refused` when this is not the default branch, or when an environment for which the spec
demands approval does not exist or asks no reviewer. A workflow cannot set reviewers, and a job whose
environment has none just goes on: `make github-setup` sets them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

from github_answers import NOT_FOUND, GitHubError
from github_api import GitHub, Patience, quoted
from settings import settings
from verdict import Outcome, run


def main(patience: Patience | None = None) -> int:
    """Look; return 0 for protected, 3 for refused, 2 for an error, as when GitHub does not answer."""
    return run("protected", lambda: protected(patience))


def protected(patience: Patience | None = None) -> Outcome:
    """Return `done` where everything that the spec demands is in place, else `refused` with the way out."""
    approval = settings().get("ci", {}).get("approval", [])
    github = GitHub(patience)
    reasons = [*_branch(github), *(line for name in approval for line in _environment(github, name))]
    if reasons:
        return Outcome("refused", reasons=reasons)
    return Outcome("done", reasons=[f"{name} waits for a reviewer" for name in approval])


def reviewers(environment: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the reviewers that an environment requires, as GitHub tells them."""
    rules = environment.get("protection_rules") or []
    return [
        each for rule in rules if rule["type"] == "required_reviewers" for each in rule.get("reviewers") or []
    ]


def found(github: GitHub, name: str) -> dict[str, Any] | None:
    """Return an environment, None if there is none."""
    try:
        environment: dict[str, Any] = github.repo(
            "GET", f"/environments/{quoted(name)}", needs="actions: read"
        )
    except GitHubError as fault:
        # Whether the repository itself can be seen was asked before.
        if fault.status == NOT_FOUND:
            return None
        raise
    return environment


def _branch(github: GitHub) -> Iterator[str]:
    branch, here = github.default_branch(), os.environ.get("GITHUB_REF_NAME", "")
    # A tag may have the name of a branch.
    ref = os.environ.get("GITHUB_REF") or f"refs/heads/{here}"
    if here != branch or ref != f"refs/heads/{branch}":
        yield f"{here or 'this'} is not the default branch: start the workflow on {branch}"


def _environment(github: GitHub, name: str) -> Iterator[str]:
    environment = found(github, name)
    if environment is None:
        yield f"there is no environment {name} yet: run `make github-setup` once, as an administrator"
    elif not reviewers(environment):
        yield (
            f"the environment {name} has no required reviewers, and the spec demands approval: "
            "run `make github-setup` once, as an administrator"
        )


if __name__ == "__main__":
    sys.exit(main())
