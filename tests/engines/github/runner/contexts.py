"""The github, runner and vars contexts, and the variables that every step finds in its environment."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.engines.github.runner.engine import text
from tests.engines.github.runner.model import Event, Machine, Repository, RunnerError

# Of the machine of the tests, what a hosted runner has too, and what leads to package registries.
KEPT = ("PATH", "LANG", "LC_ALL", "SSL_CERT_FILE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
KEPT_TOO = ("PIP_", "UV_")
IN_ENVIRONMENT = [
    "actor",
    "api_url",
    "base_ref",
    "event_name",
    "head_ref",
    "job",
    "ref",
    "ref_name",
    "ref_type",
    "repository",
    "repository_owner",
    "run_attempt",
    "run_id",
    "run_number",
    "server_url",
    "sha",
    "triggering_actor",
    "workflow",
    "workflow_ref",
]


def github(
    name: str, path: Path, event: Event, repository: Repository, machine: Machine, attempt: int
) -> dict[str, Any]:
    """Return the github context of a run, without what only a job knows."""
    ref_name = event.ref.removeprefix("refs/heads/").removeprefix("refs/tags/").removeprefix("refs/pull/")
    pull = event.payload.get("pull_request", {})
    owner = repository.name.split("/")[0]
    return {
        "actor": event.actor,
        "api_url": machine.api_url,
        "base_ref": pull.get("base", {}).get("ref", ""),
        "event": payload(event, repository),
        "event_name": event.name,
        "head_ref": pull.get("head", {}).get("ref", ""),
        "ref": event.ref,
        "ref_name": ref_name,
        "ref_protected": False,
        "ref_type": "tag" if event.ref.startswith("refs/tags/") else "branch",
        "repository": repository.name,
        "repository_owner": owner,
        "run_attempt": str(attempt),
        "run_id": "4711",
        "run_number": "7",
        "server_url": machine.server_url,
        "sha": commit(repository.folder, source(event)),
        "triggering_actor": event.actor,
        "workflow": name,
        "workflow_ref": f"{repository.name}/.github/workflows/{path.name}@{event.ref}",
    }


def payload(event: Event, repository: Repository) -> dict[str, Any]:
    """Return the event's payload, with the repository that every event tells of."""
    owner, name = repository.name.split("/")
    told = {
        "full_name": repository.name,
        "name": name,
        "owner": {"login": owner},
        "default_branch": repository.default_branch,
        "fork": False,
        "private": True,
    }
    given = dict(event.payload)
    if event.name == "workflow_dispatch":
        given["inputs"] = {key: text(value) for key, value in given.get("inputs", {}).items()}
        given["ref"] = event.ref
    return {"repository": told, "sender": {"login": event.actor}, **given}


def source(event: Event) -> str:
    """Return the branch, tag or commit that holds the code of the event."""
    return event.source or event.ref.removeprefix("refs/heads/").removeprefix("refs/tags/")


def commit(folder: Path, name: str) -> str:
    """Return the commit that a branch, tag or commit of a repository names."""
    command = ["git", "-C", str(folder), "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RunnerError(f"the repository has no {name}")
    return done.stdout.strip()


def machine_environment(machine: Machine, home: Path) -> dict[str, str]:
    """Return the variables of the machine, which `env` may replace."""
    kept = {
        name: value for name, value in os.environ.items() if name.upper() in KEPT or name.startswith(KEPT_TOO)
    }
    path = [*map(str, machine.path), machine.env.get("PATH", kept.get("PATH", ""))]
    return {**kept, "HOME": str(home), **machine.env, "PATH": os.pathsep.join(path), "CI": "true"}


def own_environment(context: Mapping[str, Any], workspace: Path, temporary: Path) -> dict[str, str]:
    """Return the runner's own variables, which nothing replaces."""
    event = temporary / "event.json"
    event.write_text(json.dumps(context["event"]), "utf-8")
    return {
        **{f"GITHUB_{name.upper()}": text(context[name]) for name in IN_ENVIRONMENT},
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_WORKSPACE": str(workspace),
        **{f"RUNNER_{name.upper()}": value for name, value in runner(temporary).items()},
    }


def runner(temporary: Path) -> dict[str, str]:
    """Return the runner context."""
    return {
        "name": "runner",
        "os": "Linux",
        "arch": "X64",
        "temp": str(temporary),
        "tool_cache": str(temporary.parent / "tools"),
        "environment": "github-hosted",
    }
