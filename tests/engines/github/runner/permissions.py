"""What a job's token may do."""

from collections.abc import Mapping
from typing import Any

SCOPES = [
    "actions",
    "artifact-metadata",
    "attestations",
    "checks",
    "contents",
    "deployments",
    "discussions",
    "id-token",
    "issues",
    "models",
    "packages",
    "pages",
    "pull-requests",
    "security-events",
    "statuses",
]


def effective(workflow: Any, job: Any, default: str, *, fork: bool) -> dict[str, str]:
    """Return scope -> read or write; a scope that is not there is closed.

    The repository's default holds until the workflow says something, that until the job says something; whoever says
    something closes all that it does not name. A fork's pull request is left nothing to write.
    """
    said = job if job is not None else workflow
    if said is None:
        named = (
            dict.fromkeys(SCOPES, "write") if default == "write" else {"contents": "read", "packages": "read"}
        )
        named.pop("id-token", None)
    else:
        named = _named(said)
    if fork:
        named = {scope: "read" for scope in named if scope != "id-token"}
    return {**named, "metadata": "read"}


def _named(said: str | Mapping[str, str]) -> dict[str, str]:
    if isinstance(said, str):
        level = said.removesuffix("-all")
        return {scope: level for scope in SCOPES if scope != "id-token" or level == "write"}
    return {scope: level for scope, level in said.items() if level != "none"}
