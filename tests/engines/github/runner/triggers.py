"""Whether an event starts a workflow: filters of branches, tags, paths, types, cron lines, and inputs."""

import re
from collections.abc import Mapping
from typing import Any

from tests.engines.github.runner.model import Event, Refused, Repository

DEFAULT_TYPES = {
    "pull_request": ["opened", "synchronize", "reopened"],
    "pull_request_target": ["opened", "synchronize", "reopened"],
}
ON_DEFAULT_BRANCH = ("schedule", "workflow_run", "issues")


def refusal(on: Any, event: Event, repository: Repository) -> str:
    """Return why the event does not start the workflow, or nothing when it does."""
    triggers = {on: None} if isinstance(on, str) else dict.fromkeys(on) if isinstance(on, list) else on
    if event.name not in triggers:
        return f"not started by {event.name}"
    given = triggers[event.name] or {}
    if event.name == "schedule":
        crons = [each["cron"] for each in given]
        return "" if event.payload.get("schedule") in crons else "no such cron line"
    if event.name in ON_DEFAULT_BRANCH and event.ref != f"refs/heads/{repository.default_branch}":
        return "not on the default branch"
    types = listed(given.get("types", DEFAULT_TYPES.get(event.name, [])))
    if types and event.payload.get("action") not in types:
        return f"not of type {', '.join(types)}"
    names = listed(given.get("workflows", []))
    if names and event.payload["workflow_run"]["name"] not in names:
        return "not that workflow"
    return _ref(given, event) or _paths(given, event)


def inputs(on: Any, event: Event) -> dict[str, Any]:
    """Return the inputs of a workflow_dispatch with their types; Refused where the API would refuse them."""
    if event.name != "workflow_dispatch":
        return {}
    declared = (isinstance(on, dict) and (on["workflow_dispatch"] or {}).get("inputs")) or {}
    given = dict(event.payload.get("inputs", {}))
    if unknown := set(given) - set(declared):
        raise Refused(f"Unexpected inputs provided: {sorted(unknown)}")
    return {name: _input(name, rules or {}, given.get(name)) for name, rules in declared.items()}


def _input(name: str, rules: Mapping[str, Any], value: Any) -> Any:
    if value is None and rules.get("required") and "default" not in rules:
        raise Refused(f"Required input '{name}' not provided")
    kind = rules.get("type", "string")
    value = rules.get("default") if value is None else value
    if kind == "boolean":
        if str(value).lower() not in ("true", "false", "none", ""):
            raise Refused(f"Provided value '{value}' for input '{name}' is not a boolean")
        return str(value).lower() == "true"
    if kind == "number":
        return float(value or 0)
    if kind == "choice" and str(value) not in map(str, rules["options"]):
        raise Refused(f"Provided value '{value}' for input '{name}' not in the list of allowed values")
    return "" if value is None else str(value)


def _ref(given: Mapping[str, Any], event: Event) -> str:
    branch, tag = event.ref.removeprefix("refs/heads/"), event.ref.removeprefix("refs/tags/")
    if event.name.startswith("pull_request"):
        branch = event.payload["pull_request"]["base"]["ref"]
    if event.name == "workflow_run":
        branch = event.payload["workflow_run"]["head_branch"]
    kind, name, other = ("tags", tag, "branches") if tag != event.ref else ("branches", branch, "tags")
    has = {each for each in ("branches", "tags") if each in given or f"{each}-ignore" in given}
    if kind not in has:
        return f"only for {other}" if other in has else ""
    if kind in given:
        return "" if selected(name, listed(given[kind])) else f"{kind} does not select {name}"
    return f"{kind}-ignore selects {name}" if selected(name, listed(given[f"{kind}-ignore"])) else ""


def _paths(given: Mapping[str, Any], event: Event) -> str:
    if event.ref.startswith("refs/tags/"):
        return ""
    if "paths" in given and not any(selected(path, listed(given["paths"])) for path in event.changed):
        return "no changed file is in paths"
    ignored = listed(given.get("paths-ignore", []))
    if ignored and all(selected(path, ignored) for path in event.changed):
        return "all changed files are in paths-ignore"
    return ""


def selected(name: str, patterns: list[str]) -> bool:
    """Return whether filter patterns select a name: the last one that matches decides, `!` takes out."""
    chosen = False
    for pattern in patterns:
        if re.fullmatch(_regex(pattern.removeprefix("!")), name):
            chosen = not pattern.startswith("!")
    return chosen


def _regex(pattern: str) -> str:
    """Translate the filter pattern cheat sheet: `?` and `+` count the character before them."""
    token = re.compile(r"\*\*/|\*\*|\*|\[[^\]]*\]|[?+]|\\.|.")
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "?", "+": "+"}
    found = token.findall(pattern)
    return "".join(known.get(each, each if len(each) > 1 else re.escape(each)) for each in found)


def listed(value: Any) -> list[str]:
    """Return a value that may be one text or a list of them as a list."""
    return [value] if isinstance(value, str) else list(value)
