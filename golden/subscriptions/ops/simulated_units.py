"""Shares, rates and times as they are typed; each raises ValueError that ends `... is not`."""

from __future__ import annotations

import re

SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
NUMBER = r"(\d+(?:\.\d+)?)"
MOST_RUNS = 10_000


def share(text: str) -> float:
    """Return a share, of 2% or 0.02."""
    words = "a share: write it as 2%, or as 0.02"
    if found := re.fullmatch(rf"{NUMBER}%", text):
        value = float(found[1]) / 100
    elif re.fullmatch(NUMBER, text) and ("." in text or text == "0"):
        value = float(text)
    else:
        raise ValueError(words)
    if value > 1:
        raise ValueError("a share: there are no more than 100%")
    return value


def rate(text: str) -> float:
    """Return how many per second, of 20/s, 5/m or 100/h."""
    found = re.fullmatch(rf"{NUMBER}/([smh])", text)
    if not found or not float(found[1]):
        raise ValueError("a rate: write it as 20/s, 5/m or 100/h")
    return float(found[1]) / SECONDS[found[2]]


def seconds(text: str) -> float:
    """Return seconds, of 150ms, 2s or 1m."""
    found = re.fullmatch(rf"{NUMBER}(ms|s|m)", text)
    if not found or not float(found[1]):
        raise ValueError("a time: write it as 150ms or 2s")
    return float(found[1]) * SECONDS[found[2]]


def runs(text: str) -> int:
    """Return a number of runs."""
    if not re.fullmatch(r"\d{1,9}", text) or not 1 <= int(text) <= MOST_RUNS:
        raise ValueError(f"a number of runs from 1 to {MOST_RUNS:,}")
    return int(text)


def whole(text: str) -> int:
    """Return a whole number."""
    if not re.fullmatch(r"\d{1,18}", text):
        raise ValueError("a whole number")
    return int(text)
