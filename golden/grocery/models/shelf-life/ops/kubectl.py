"""kubectl, in the context and namespace of the environment alone: never in those that somebody used last."""

from __future__ import annotations

import json
import os
import tempfile
from typing import Any

from release import done, said


class Kubectl:
    """The tool, held to one place."""

    def __init__(self, context: str, namespace: str) -> None:
        """Take the place; KUBECONFIG_DATA may hold what leads there."""
        self.context, self.namespace = context, namespace
        self.access = _given()

    def __str__(self) -> str:
        return f"{self.context}, namespace {self.namespace}"

    def say(self, *arguments: str, body: bytes = b"") -> str:
        """Return what a call prints; raise ChildProcessError, or ValueError without the context."""
        try:
            return said(*self.call(*arguments), body=body)
        except ChildProcessError:
            self._check()
            raise

    def do(self, *arguments: str) -> None:
        """Let a call speak for itself; raise ChildProcessError if it fails."""
        done(*self.call(*arguments))

    def found(self, kind: str, name: str) -> dict[str, Any] | None:
        """Return an object, None where there is none of that name."""
        told = self.say("get", kind, name, "--ignore-not-found", "--output=json")
        found: dict[str, Any] | None = json.loads(told) if told.strip() else None
        return found

    def call(self, *arguments: str) -> tuple[str, ...]:
        """Return the command line of a call."""
        return (
            "kubectl",
            *arguments,
            *self._file(),
            f"--context={self.context}",
            f"--namespace={self.namespace}",
        )

    def _check(self) -> None:
        """Raise ValueError, naming the contexts that there are, if the environment's is none of them."""
        known = said("kubectl", "config", "get-contexts", "--output=name", *self._file()).split()
        if self.context not in known:
            there = f"there are {', '.join(known)}" if known else "there is none"
            raise ValueError(
                f"kubectl knows no context {self.context}, which is the environment's; {there}: "
                "add it to the kubeconfig (KUBECONFIG, KUBECONFIG_DATA), or correct `cluster` in the spec"
            )

    def _file(self) -> tuple[str, ...]:
        return (f"--kubeconfig={self.access.name}",) if self.access else ()


def _given() -> tempfile._TemporaryFileWrapper[str] | None:
    """Return the kubeconfig that was given for this run, as a file for nobody else; it goes with us."""
    if not (text := os.environ.get("KUBECONFIG_DATA")):
        return None
    file = tempfile.NamedTemporaryFile("w", prefix="kubeconfig-", encoding="utf-8")  # noqa: SIM115
    file.write(text)
    file.flush()
    return file
