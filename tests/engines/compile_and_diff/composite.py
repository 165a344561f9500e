"""Runs the composite action as GitHub does: step after step, expressions by value, `bash -eo pipefail`.

It knows what action.yml uses and no more: an expression, a condition or an action beyond that is an error.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
_EXPRESSION = re.compile(r"\$\{\{ (inputs|steps)\.([a-z-]+)(?:\.outputs\.([a-z-]+)(?: \|\| '(\d)')?)? \}\}")
_CONDITION = re.compile(r"steps\.([a-z-]+)\.outputs\.([a-z-]+) != '([a-z]+)'")
# A stand-in for what setup-uv brings: notes what it is to install, and runs the compiler of this checkout.
_UVX = """#!/bin/sh
[ "$1" = --from ] || exit 64
echo "$2" >> "{log}"
[ "$2" != mlopsc==0.0.404 ] || exit 1
shift 2
exec "$@"
"""
_ANNOTATION = re.compile(r"::(error|warning|notice) (.*?)::(.*)")


@dataclass
class Composite:
    """One run of the action in a workspace; then what came of it."""

    workspace: Path
    place: Path
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    printed: str = ""
    code: int = 0

    def run(self) -> "Composite":
        """Run all steps, up to the first one that fails."""
        assert set(self.inputs) <= set(ACTION["inputs"])
        self.place.mkdir()
        for step in ACTION["runs"]["steps"]:
            if not self.code and self._wanted(step.get("if", "")):
                self._use(step) if "uses" in step else self._bash(step)
        return self

    @property
    def summary(self) -> str:
        path = self.place / "summary.md"
        return path.read_text() if path.exists() else ""

    @property
    def installed(self) -> list[str]:
        path = self.place / "installed"
        return path.read_text().splitlines() if path.exists() else []

    @property
    def exit_code(self) -> str:
        return self._value(ACTION["outputs"]["exit-code"]["value"])

    def annotations(self, kind: str) -> list[dict[str, str]]:
        """Return the properties of each annotation of a kind, with its `message`."""
        found = (_ANNOTATION.fullmatch(line) for line in self.printed.splitlines())
        return [_read(match[2], match[3]) for match in found if match and match[1] == kind]

    def _value(self, text: str) -> str:
        value = _EXPRESSION.sub(self._expression, text)
        assert "${{" not in value, text
        return value

    def _expression(self, match: "re.Match[str]") -> str:
        kind, name, output, otherwise = match.groups()
        if kind == "steps":
            return self.outputs.get(name, {}).get(output, "") or otherwise or ""
        return self.inputs.get(name, ACTION["inputs"][name]["default"])

    def _wanted(self, condition: str) -> bool:
        if not condition:
            return True
        match = _CONDITION.fullmatch(condition)
        assert match, condition
        return self.outputs[match[1]].get(match[2], "") != match[3]

    def _use(self, step: Mapping[str, Any]) -> None:
        assert step["uses"].partition("@")[0] == "astral-sh/setup-uv", f"unknown action {step['uses']}"
        program = self.place / "bin/uvx"
        program.parent.mkdir()
        program.write_text(_UVX.format(log=self.place / "installed"))
        program.chmod(0o755)

    def _bash(self, step: Mapping[str, Any]) -> None:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]
        output = self.place / "output"
        output.write_text("")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace,
            env={
                "PATH": os.pathsep.join(
                    [str(self.place / "bin"), str(Path(sys.executable).parent), "/usr/bin", "/bin"]
                ),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(self.place / "summary.md"),
                **{name: self._value(value) for name, value in step["env"].items()},
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        rows = [line.partition("=") for line in output.read_text().splitlines()]
        self.outputs[step["id"]] = {name: value for name, _, value in rows}
        self.printed += done.stdout
        self.code = done.returncode


def _read(properties: str, message: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in properties.split(","))
    unescaped: Callable[[str], str] = lambda text: text.replace("%3A", ":").replace("%2C", ",")  # noqa: E731
    return {**{name: unescaped(value) for name, _, value in pairs}, "message": message.replace("%0A", "\n")}
