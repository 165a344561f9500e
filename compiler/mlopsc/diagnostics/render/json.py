"""Findings as JSON, a stable form for other programs."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from mlopsc.diagnostics.codes import find
from mlopsc.diagnostics.diagnostic import Diagnostic

_VERSION = 1


def as_json(diagnostics: Iterable[Diagnostic], where: Callable[[str], str]) -> str:
    """Return `{"version": 1, "diagnostics": [{code, severity, …}]}`.

    Fields may be added within a version, never removed or renamed. Lines and columns count from 1,
    `end_column` is exclusive; a finding without a place has null for all five.
    """
    document = {"version": _VERSION, "diagnostics": [_entry(found, where) for found in diagnostics]}
    return json.dumps(document, indent=2) + "\n"


def _entry(found: Diagnostic, where: Callable[[str], str]) -> dict[str, Any]:
    at = found.span
    return {
        "code": found.code,
        "severity": find(found.code).severity,
        "message": found.message,
        "hint": found.hint,
        "path": list(found.path),
        "file": where(at.file) if at else None,
        "line": at.line if at else None,
        "column": at.column if at else None,
        "end_line": at.end_line if at else None,
        "end_column": at.end_column if at else None,
    }
