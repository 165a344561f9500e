"""Findings as SARIF 2.1.0 (OASIS), which code scanning services read."""

import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from mlopsc import __version__
from mlopsc.diagnostics.codes import find
from mlopsc.diagnostics.diagnostic import Diagnostic, Span

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(diagnostics: Sequence[Diagnostic], where: Callable[[str], str]) -> str:
    """Return one run; its rules are the codes that were found, its URIs are relative."""
    codes = sorted({found.code for found in diagnostics})
    run = {
        "tool": {"driver": {"name": "mlopsc", "version": __version__, "rules": [_rule(c) for c in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(found, codes.index(found.code), where) for found in diagnostics],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str) -> dict[str, Any]:
    kind = find(code)
    return {
        "id": code,
        "shortDescription": {"text": kind.title},
        "fullDescription": {"text": kind.about()},
        "help": {"text": f"{kind.fix()}\n\nExample:\n\n{kind.example}"},
        "defaultConfiguration": {"level": kind.severity},
    }


def _result(found: Diagnostic, rule: int, where: Callable[[str], str]) -> dict[str, Any]:
    result = {
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": find(found.code).severity,
        "message": {"text": "\n".join(part for part in (found.message, found.hint) if part)},
    }
    return {**result, "locations": [_location(found.span, where)]} if found.span else result


def _location(at: Span, where: Callable[[str], str]) -> dict[str, Any]:
    uri = quote(where(at.file), safe="/", errors="surrogateescape")
    region = {
        "startLine": at.line,
        "startColumn": at.column,
        "endLine": at.end_line,
        "endColumn": at.end_column,
    }
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}
