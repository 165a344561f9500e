"""The line to serve.mjs: GitHub's own parser and expression evaluator, asked by JSON over a pipe."""

import functools
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.engines.github.node_packages import node

SERVE = Path(__file__).with_name("serve.mjs")


class EvaluationError(Exception):
    """What GitHub's parser or evaluator refuses, in its words."""


class Engine:
    """One process that answers until its input is closed."""

    def __init__(self) -> None:
        command, environment = node(SERVE)
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def parse(self, text: str) -> dict[str, Any]:
        """Return a workflow as plain data; EvaluationError tells all that is wrong with it."""
        workflow: dict[str, Any] = self._ask(ask="parse", text=text)
        return workflow

    def tree(self, node: Any, contexts: Mapping[str, Any], status: Mapping[str, Any]) -> Any:
        """Return a node with all expressions in it evaluated."""
        return self._ask(ask="tree", node=node, contexts=contexts, status=status)

    def holds(self, node: Any, contexts: Mapping[str, Any], status: Mapping[str, Any]) -> bool:
        """Return whether the condition of an `if` holds."""
        return bool(self._ask(ask="condition", node=node, contexts=contexts, status=status))

    def _ask(self, **question: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(question)}\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "the evaluator ended"}')
        if "error" in answer:
            raise EvaluationError(answer["error"])
        return answer["value"]


@functools.cache
def engine() -> Engine:
    """Return the one evaluator of this process of tests."""
    return Engine()


def text(value: Any) -> str:
    """Return a value as GitHub writes it into the environment, inputs and outputs."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict | list):
        raise EvaluationError("a mapping or sequence was not expected")
    return str(value)


def texts(values: Mapping[str, Any] | None) -> dict[str, str]:
    """Return a mapping with all its values as text."""
    return {name: text(value) for name, value in (values or {}).items()}
