"""How an environment is to be, given how it is: what is stricter stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from github_api import GitHub
from owners import Reviewer, joined
from protection import found, reviewers


@dataclass(frozen=True)
class Plan:
    """How an environment is to be: the request's body, whether it is so already, what people should know.

    `ruled` says whether it has rules for branches by their names already.
    """

    name: str
    body: dict[str, Any]
    settled: bool
    ruled: bool
    lines: list[str]


def plan(github: GitHub, name: str, people: list[Reviewer] | None) -> Plan:
    """Return how an environment is to be; `people` approve, None where nobody need."""
    present = found(github, name) or {}
    there = [{"type": each["type"], "id": each["reviewer"]["id"]} for each in reviewers(present)]
    every, left = joined(there, people or [])
    lines = [f"{name}: GitHub takes six reviewers; {left} of the owners are left out"] if left else []
    rules = present.get("protection_rules") or []
    strict = any(rule.get("prevent_self_review") for rule in rules)
    policy = present.get("deployment_branch_policy")
    if policy and policy.get("protected_branches"):
        lines.append(f"{name}: only protected branches deploy; that stays, so protect the default branch")
    kept = policy or {"protected_branches": False, "custom_branch_policies": True}
    # What a request leaves out goes back to its default: all of it is sent.
    body = {
        "wait_timer": next((rule["wait_timer"] for rule in rules if rule["type"] == "wait_timer"), 0),
        "reviewers": every,
        "prevent_self_review": bool(every) and (strict or people is not None),
        "deployment_branch_policy": {
            key: kept[key] for key in ("protected_branches", "custom_branch_policies")
        },
    }
    settled = bool(policy) and every == there and body["prevent_self_review"] == strict
    if body["prevent_self_review"] and [each["type"] for each in every] == ["User"]:
        lines.append(
            f"{name}: with one reviewer, what that person starts waits for ever: name a second owner"
        )
    ruled = bool(policy) and bool(kept["custom_branch_policies"])
    return Plan(name, body, settled, ruled, lines)
