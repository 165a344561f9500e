"""One pull request for a branch: opened, or brought up to date."""

from __future__ import annotations

from typing import Any

from github_answers import CONFLICTS, FORBIDDEN, GitHubError
from github_api import GitHub, quoted

ALLOW = (
    "; allow it under Settings > Actions > General > Workflow permissions, or write `ci: {commit_lock: push}`"
)


def request(github: GitHub, branch: str, base: str, text: dict[str, str]) -> tuple[int, str]:
    """Open a pull request, or bring the open one up to date; return its number and address."""
    opened = {"head": branch, "base": base, **text}
    needs = "pull-requests: write"
    found = _open(github, branch, base)
    if not found:
        try:
            made = github.repo("POST", "/pulls", opened, needs=needs)
            return made["number"], made["html_url"]
        except GitHubError as fault:
            if fault.status == FORBIDDEN and "not permitted to create" in str(fault):
                raise GitHubError(f"{fault}{ALLOW}", fault.status) from None
            # An answer that was lost on its way had opened it.
            if fault.status != CONFLICTS or not (found := _open(github, branch, base)):
                raise
    made = github.repo("PATCH", f"/pulls/{found[0]['number']}", text, needs=needs)
    return made["number"], made["html_url"]


def _open(github: GitHub, branch: str, base: str) -> list[dict[str, Any]]:
    owner = github.repository.partition("/")[0]
    query = f"state=open&head={quoted(f'{owner}:{branch}')}&base={quoted(base)}"
    found: list[dict[str, Any]] = github.repo("GET", f"/pulls?{query}", needs="pull-requests: write")
    return found
