"""A version as an image: which one is meant, what it is called, and the tools that handle it."""

from __future__ import annotations

import json
import os
import re
import subprocess  # nosec B404
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry import GATE, Registry

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion

# Looks at the service from within its container.
PROBE = ("python", "/srv/probe.py")


@dataclass(frozen=True)
class Images:
    """The images of one model: one tag for each version."""

    image: str
    model: str

    def of(self, number: str) -> str:
        """Return the image of a version."""
        return f"{self.image}:{self.model}-v{number}"

    def version(self, reference: str) -> str:
        """Return the version of an image; empty for an image that is none of ours."""
        found = re.fullmatch(rf"{re.escape(self.of(''))}([1-9][0-9]*)", reference)
        return found[1] if found else ""


def images(config: dict[str, Any]) -> Images:
    """Return the images of the environment; raise ValueError where nothing is deployed."""
    return Images(delivery(config)["image"], config["model"]["name"])


def delivery(config: dict[str, Any]) -> dict[str, Any]:
    """Return how the environment is deployed to; raise ValueError where it is not."""
    if "deployment" not in config:
        name = os.environ.get("MLOPS_ENV") or "default"
        raise ValueError(f"nothing is deployed to the environment {name}: its `deployment` is empty")
    found: dict[str, Any] = config["deployment"]
    return found


def asked() -> str:
    """Return the version that VERSION=7 of make asks for; raise ValueError for all but a whole number."""
    number = os.environ.get("VERSION", "")
    # It becomes part of names and of command lines.
    if not re.fullmatch(r"[1-9][0-9]{0,8}", number):
        raise ValueError(
            "say which version: VERSION=7, a whole number" + (f", not {number!r}" if number else "")
        )
    return number


def at_once() -> bool:
    """Say whether a version comes without steps: AT_ONCE=1 of make, for what has served before."""
    return os.environ.get("AT_ONCE") == "1"


def passed(store: Registry, number: str) -> ModelVersion:
    """Return a registered version that the gate let through; raise ValueError for any other."""
    version = store.version(number)
    if version.tags.get(GATE) != "passed":
        raise ValueError(f"version {number} of {store.name} did not pass the gate: it is not for service")
    return version


def changing() -> None:
    """Tell the CI that from here on there is something to take back."""
    if output := os.environ.get("GITHUB_OUTPUT"):
        with open(output, "a", encoding="utf-8") as stream:
            stream.write("changed=true\n")


def answered(told: str) -> tuple[int, str]:
    """Read what the probe printed: how many requests failed, and what else is worth saying."""
    found = json.loads(told)
    return int(found["failed"]), f"the slowest took {found['slowest_seconds']:g} s"


def said(*command: str, body: bytes = b"") -> str:
    """Return what a tool prints; raise ChildProcessError with its complaint if it fails."""
    done = _ran(*command, input=body, capture_output=True)
    if done.returncode:
        raise ChildProcessError(f"{_name(command)}: {done.stderr.decode(errors='replace').strip()[-2000:]}")
    return str(done.stdout.decode(errors="replace"))


def done(*command: str) -> None:
    """Let a tool speak for itself; raise ChildProcessError if it fails."""
    # Flushed first, so that our lines and the tool's stay in order.
    sys.stdout.flush()
    if code := _ran(*command).returncode:
        raise ChildProcessError(f"{_name(command)} failed with exit code {code}: its own words are above")


def _ran(*command: str, **how: Any) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(command, check=False, **how)  # nosec B603
    except FileNotFoundError:
        raise FileNotFoundError(f"{command[0]} is not installed here, or not on PATH") from None


def _name(command: tuple[str, ...]) -> str:
    """Return a tool and what it was to do, without its options."""
    return " ".join([command[0], *[word for word in command[1:4] if not word.startswith("-")][:2]])
