"""JSON as RFC 8259 has it: no NaN, no key twice, nothing that only Python can read."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from refusal import RefusedError, shown


def parsed(body: bytes) -> Any:
    """Return the value that a body holds; raise RefusedError (400) for anything that is no JSON."""
    try:
        return json.loads(
            body.decode("utf-8"), parse_constant=_constant, parse_float=_float, object_pairs_hook=_once
        )
    except UnicodeDecodeError:
        raise RefusedError(400, "the body is not UTF-8") from None
    except RecursionError:
        raise RefusedError(400, "the body is nested too deep") from None
    except json.JSONDecodeError as fault:
        place = f"line {fault.lineno}, column {fault.colno}"
        raise RefusedError(400, f"the body is not JSON: {fault.msg.lower()} at {place}") from None
    except ValueError:
        # Python refuses to read whole numbers of thousands of digits.
        raise RefusedError(400, "the body holds a number with too many digits") from None


def _constant(name: str) -> NoReturn:
    raise RefusedError(400, f"the body is not JSON: {name} is no number there; write null")


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise RefusedError(400, f"the body holds a number that is too large: {text[:40]}")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RefusedError(400, f"the body holds the key {shown(twice)} twice")
    return found
