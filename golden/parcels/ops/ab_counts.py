"""The tables of an A/B test's page that are about its arms, and about the guardrails."""

from __future__ import annotations

from typing import Any

from ab_doubts import DOUBTED
from ab_rows import ARMS
from ab_sample import Sample
from ab_tables import NONE, table

LIMITS = {
    "error_rate": "share of requests that fail",
    "latency_p50": "median latency",
    "latency_p95": "95% of requests are answered within",
    "latency_p99": "99% of requests are answered within",
}


def checks(found: Sample, share: float) -> str:
    """Return what was counted in each arm, and whether the arms can be compared."""
    total = sum(found.kept.values())
    parts = {name: f"{found.kept[name] / total:.2%}" if total else NONE for name in ARMS}
    planned = f"{1 - share:.2%} and {share:.2%} were planned"
    known = {
        name: f"{found.known[name] / found.kept[name]:.2%}" if found.kept[name] else NONE for name in ARMS
    }
    rows = [
        ("ids that were seen", *_row(found.dealt), ""),
        ("… answered by both versions, left out", *_row(found.both), ""),
        ("… answered by the other arm's version, left out", *_row(found.astray), ""),
        ("ids that are compared", *_row(found.kept), ""),
        ("share of all of them", *parts.values(), f"{planned}: {_check(found.split)}"),
        ("their outcomes that are known", *_row(found.known), ""),
        ("share of the ids", *known.values(), _check(found.lost)),
        ("answers that are none", *_row(found.void), "" if not sum(found.void.values()) else "doubtful"),
    ]
    return table(("", *ARMS, "check"), rows)


def guardrails(test: dict[str, Any]) -> str:
    """Return the limits, whoever watches them."""
    limits = test.get("guardrails", {})
    return table(
        ("limit of the new version", "at most"), [(LIMITS.get(n, n), _limit(n, v)) for n, v in limits.items()]
    )


def _row(counts: dict[str, int]) -> tuple[str, str]:
    control, treatment = (f"{counts[name]:,}" for name in ARMS)
    return control, treatment


def _check(p: float | None) -> str:
    return "nothing to compare" if p is None else f"{'mismatch' if p < DOUBTED else 'fine'} (p = {p:.2g})"


def _limit(name: str, value: float) -> str:
    return f"{100 * value:.6g}%" if name == "error_rate" else f"{1000 * value:.6g} ms"
