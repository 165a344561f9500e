"""What a rollout would do, and when, in words: times are from the first share or copy of the traffic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rollout_verdict import allowed


def plan(config: Mapping[str, Any]) -> list[str]:
    """Return a line for each step, with its time and share, as they are when all goes well."""
    return list(_lines(config))


def _lines(config: Mapping[str, Any]) -> Iterator[str]:
    settle, at = config["settle_seconds"], 0.0
    yield f"{_at(at)}  the canary gets the image; its pods have {_span(config['ready_seconds'])} to be ready"
    if shadow := config["shadow_seconds"]:
        yield f"{_at(at)}  a copy of all traffic for {_span(shadow)}, answered by stable alone"
        at += settle + shadow
    for number, share in enumerate(config["steps"]):
        pods = f" ({config['pods'][number]} canary pods)" if config.get("pods") else ""
        yield (
            f"{_at(at)}  step {number + 1}: {100 * share:.3g} % of the traffic{pods}; settles for "
            f"{_span(settle)}, then held for {_span(config['hold_seconds'])}"
        )
        at += settle + config["hold_seconds"]
    if test := config.get("ab_test"):
        yield (
            f"{_at(at)}  A/B test: the canary answers {100 * test['share']:.3g} % of the ids, whatever the "
            f"weights; settles for {_span(settle)}, then runs for {_span(test['seconds'])}"
        )
        at += settle + test["seconds"]
    yield f"{_at(at)}  stable gets the image, and when its pods are ready all of the traffic"
    yield f"{_at(at)}  {_span(config['drain_seconds'])} later the canary has no pods"
    yield f"At the end of each hold, by what the canary alone has answered: {_limits(config)}."
    what = "is waited for" if config["on_no_data"] == "wait" else "takes the version back"
    yield f"No data, or fewer than {config['min_requests']} requests, never promotes: it {what}."
    decided = "What is not decided" if not config.get("ab_test") else "What has not come through all steps"
    yield f"{decided} {_span(config['deadline_seconds'])} after the first share is taken back."
    if test := config.get("ab_test"):
        yield from _tested(test)


def _tested(test: Mapping[str, Any]) -> Iterator[str]:
    kept = _limits({"limits": test["guardrails"]}) or "none"
    yield f"Guardrails of the test, by what the canary has answered in the last hour and day: {kept}."
    late = _span(test["slack_seconds"])
    yield f"It promotes only when the test says so; what is not said {late} after its end is taken back."


def _limits(config: Mapping[str, Any]) -> str:
    words = []
    for name, limit in config["limits"].items():
        share = f"at most {100 * allowed(name, limit):.3g} % of the requests"
        words.append(f"{share} fail" if name == "error_rate" else f"{share} take longer than {limit:g} s")
    return ", ".join(words)


def _at(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24) if hours >= 48 else (0, hours)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{value} {unit}" for value, unit in parts if value) or "0 s"
