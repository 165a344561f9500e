"""Who may do what: Roles as Kubernetes reads them (kubernetes.io, "Using RBAC Authorization")."""

import threading
from dataclasses import dataclass, field
from typing import Any

from tests.engines.canary.kinds import Answer

VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


@dataclass(frozen=True, order=True)
class Asked:
    """A request to be allowed; `resource` has its subresource after a slash, `name` is empty for a collection."""

    verb: str
    group: str
    resource: str
    name: str

    def __str__(self) -> str:
        return f"{self.verb} {self.resource}.{self.group} {self.name}".strip()


def verb(method: str, name: str, watching: bool) -> str:
    """Return the verb of a request."""
    if method in ("GET", "HEAD"):
        return "get" if name else "watch" if watching else "list"
    return VERBS[method] if name or method != "DELETE" else "deletecollection"


@dataclass
class Roles:
    """What one account was granted in one namespace, and what it used of that."""

    granted: list[dict[str, Any]]
    used: set[tuple[int, str, str, str]] = field(default_factory=set)
    refused: list[Asked] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def allow(self, asked: Asked) -> None:
        """Note what is used; 403 for what was not granted."""
        with self.lock:
            for number, rule in enumerate(self.granted):
                if _covers(rule, asked):
                    self.used.add((number, asked.verb, asked.resource, _named(rule, asked)))
                    return
            self.refused.append(asked)
        who = 'User "system:serviceaccount:ml:x-rollout" cannot'
        message = f'{asked.resource} is forbidden: {who} {asked.verb} resource "{asked.resource}"'
        raise Answer(403, "Forbidden", f'{message} in API group "{asked.group}"')

    def each_grant(self) -> set[tuple[int, str, str, str]]:
        """Return every single thing that the rules grant, as `used` has it."""
        return {
            (number, word, resource, name)
            for number, rule in enumerate(self.granted)
            for word in rule["verbs"]
            for resource in rule["resources"]
            for name in rule.get("resourceNames") or [""]
        }


def _named(rule: dict[str, Any], asked: Asked) -> str:
    return asked.name if rule.get("resourceNames") else ""


def _covers(rule: dict[str, Any], asked: Asked) -> bool:
    # A name is known only where one is asked for: a collection is never covered by a rule with names.
    names = rule.get("resourceNames") or []
    return (
        _in(rule["verbs"], asked.verb)
        and _in(rule["apiGroups"], asked.group)
        and _in(rule["resources"], asked.resource)
        and (not names or asked.name in names)
    )


def _in(granted: list[str], wanted: str) -> bool:
    return wanted in granted or "*" in granted
