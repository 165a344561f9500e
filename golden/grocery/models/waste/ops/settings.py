"""The spec's values: config/default.json, or config/$MLOPS_ENV.json, and `.env` for the environment."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

QUOTED = r"""'[^']*'|"(?:[^"\\$`]|\\.)*"|\\."""
PLAIN = r"""[^\s'"\\$`;&|<>()]"""
# What a shell reads as one assignment without running or expanding anything.
ASSIGNMENT = re.compile(
    rf"\s*(?:export\s+)?([A-Za-z_]\w*)=(?!~)((?:{QUOTED}|{PLAIN})*)[ \t]*(?:(?<=\s)\#[^\n]*)?(?:\n|\Z)",
    re.DOTALL,
)
BLANK = re.compile(r"\s*\#[^\n]*(?:\n|\Z)|\s+\Z")


def settings() -> dict[str, Any]:
    """Return the configuration of the environment, after `.env` was read.

    Raises FileNotFoundError for an environment that has none, ValueError for a malformed `.env`.
    """
    load_env(Path(".env"))
    name = os.environ.get("MLOPS_ENV") or "default"
    path = Path("config", f"{name}.json")
    if not path.exists():
        known = sorted({file.stem for file in path.parent.glob("*.json")} - {"suite", "schedule", "github"})
        raise FileNotFoundError(f"there is no {path}: set MLOPS_ENV to one of {', '.join(known)}")
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return config


def load_env(path: Path) -> None:
    """Put the assignments of a file into the environment; what is set already stays."""
    if path.exists():
        for name, value in assignments(path.read_text(encoding="utf-8")).items():
            os.environ.setdefault(name, value)


def assignments(text: str) -> dict[str, str]:
    """Return NAME=VALUE lines as a POSIX shell reads them; raise ValueError for any other line.

    A line that a shell would expand (`$HOME`) or run is refused: it would mean two things.
    """
    found, place = {}, 0
    while place < len(text):
        if blank := BLANK.match(text, place):
            place = blank.end()
            continue
        line = ASSIGNMENT.match(text, place)
        if line is None:
            rest = text[place:]
            number = text.count("\n", 0, place + len(rest) - len(rest.lstrip())) + 1
            raise ValueError(
                f".env, line {number}: write NAME=value, or NAME='value' for any other sign than a '"
            )
        found[line[1]] = re.sub(QUOTED, _unquoted, line[2], flags=re.DOTALL)
        place = line.end()
    return found


def resolve(value: Any) -> Any:
    """Return a value, or what the variable holds that {"env": NAME} or {"secret": NAME} names.

    Raises ValueError, with the variable's name and never a value, when it is not set.
    """
    if not isinstance(value, dict):
        return value
    name = value.get("env") or value["secret"]
    if not (found := os.environ.get(name)):
        raise ValueError(f"the environment variable {name} is not set: set it, or write {name}=... into .env")
    return found


def _unquoted(match: re.Match[str]) -> str:
    part = match[0]
    if part[0] == "'":
        return part[1:-1]
    if part[0] == '"':
        return re.sub(r'\\(["\\$`\n])', lambda sign: sign[1].strip("\n"), part[1:-1])
    return part[1:].strip("\n")
