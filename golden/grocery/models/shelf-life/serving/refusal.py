"""Why a request is not answered with a prediction, and what the caller is told instead."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

# Of very many faults the first ones tell enough.
TOLD = 20
SHOWN = 40


class RefusedError(Exception):
    """A request that is refused with a code of HTTP, a sentence, and the fields that are wrong."""

    def __init__(self, code: int, why: str, faults: list[dict[str, Any]] | None = None) -> None:
        """Take the code, the sentence, and one mapping for each fault."""
        super().__init__(why)
        self.code, self.why, self.faults = code, why, faults or []

    def body(self, request_id: str) -> bytes:
        """Return the answer as JSON."""
        told = {"faults": self.faults[:TOLD]} if self.faults else {}
        return encoded({"error": self.why, **told, "request_id": request_id})


def encoded(value: Mapping[str, Any]) -> bytes:
    """Return strict JSON in ASCII, so that no text can break it; raise ValueError for NaN and infinity."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")


def shown(value: Any) -> str:
    """Return a value of a request as JSON, shortened; no more of it than tells it again."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    short = value[:SHOWN] if isinstance(value, str) else value
    text = json.dumps(short)
    return text if short == value and len(text) <= 6 * SHOWN else f"{text[:SHOWN]}..."
