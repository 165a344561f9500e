"""What may start a retraining: calls from outside, and what reports and new data say by themselves."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from records import Counted

CALLS = ("schedule", "webhook", "drift", "metric", "manual")


@dataclass(frozen=True)
class Call:
    """Who calls, empty for nobody in particular, and the id of the event that made it call."""

    trigger: str = ""
    event: str = ""


@dataclass(frozen=True)
class Sign:
    """What a trigger says; the id is empty while it says no, and the same for the same event."""

    said: str
    id: str = ""


def signs(config: Mapping[str, Any], call: Call, now: float, new: Counted) -> list[Sign]:
    """Return what the call and all triggers of the spec say.

    Raises ValueError for a call by a trigger that the spec does not have, or without what it needs.
    """
    triggers = config["retraining"]["triggers"]
    found = list(_called(triggers, call, now))
    if triggers.get("drift") and not any(sign.id.startswith("drift:") for sign in found):
        found.append(_drift())
    if limit := triggers.get("new_records"):
        found.append(_new_records(limit["above"], new))
    if change := triggers.get("metric"):
        found.append(_metric(change, config["metrics"][change["metric"]]))
    return found


def mode(config: Mapping[str, Any]) -> tuple[str, str]:
    """Return how to train, full or incremental, and why."""
    strategy = config["retraining"]
    if strategy.get("mode", "full") == "full":
        return "full", ""
    if not Path(strategy["checkpoint"]).exists():
        return "full", f"training starts anew: there is no checkpoint {strategy['checkpoint']}"
    if change := strategy.get("full_when"):
        sign = _metric(change, config["metrics"][change["metric"]])
        if sign.id:
            return "full", f"training starts anew: {sign.said}"
    return "incremental", ""


def _called(triggers: Mapping[str, Any], call: Call, now: float) -> Iterator[Sign]:
    if not call.trigger:
        return
    if call.trigger not in CALLS:
        raise ValueError(f"TRIGGER={call.trigger}: it is one of {', '.join(CALLS)}")
    if call.trigger != "manual" and not triggers.get(call.trigger):
        raise ValueError(f"TRIGGER={call.trigger}: the spec has no such trigger (retraining.triggers)")
    if call.trigger == "webhook" and not call.event:
        raise ValueError("TRIGGER=webhook needs EVENT=id, so that an event that comes twice trains once")
    if call.event:
        yield Sign(
            f"{call.trigger}: called for the event {call.event}", _id(call.trigger, call.event.encode())
        )
    elif call.trigger != "drift":
        moment = datetime.fromtimestamp(now, UTC).isoformat(timespec="microseconds")
        yield Sign(f"{call.trigger}: called at {moment}", f"{call.trigger}:{moment}")
    elif not Path("reports", "drift.json").exists():
        raise FileNotFoundError("TRIGGER=drift: there is no reports/drift.json; run `make drift` first")


def _drift() -> Sign:
    report, content = _report()
    if not report:
        return Sign("drift: there is no reports/drift.json yet")
    reason = next(iter(report["reasons"]), "")
    said = f"drift: the verdict is `{report['verdict']}`"
    if report["verdict"] != "drift":
        return Sign(said)
    return Sign(f"{said}{reason and f': {reason}'}", _id("drift", content))


def _new_records(limit: int, new: Counted) -> Sign:
    if new.total > limit:
        return Sign(
            f"new records: {new.total}, above {limit}", _id("new_records", "".join(sorted(new.rows)).encode())
        )
    return Sign(f"new records: {new.total}, not above {limit}")


def _metric(change: Mapping[str, Any], better: str) -> Sign:
    """Say whether the drift check found a metric worse by as much as the spec says, or by more."""
    name, (report, content) = change["metric"], _report()
    results: list[dict[str, Any]] = report.get("results", [])
    result = next((r for r in results if (r.get("method"), r.get("column")) == ("metric", name)), {})
    now, drop = _number(result.get("statistic")), _number(result.get("effect"))
    if math.isnan(now) or math.isnan(drop):
        return Sign(f"{name}: unknown, for reports/drift.json has no figure of it")
    before = now + drop if better == "higher" else now - drop
    by = change["drops_by"]
    limit = by["absolute"] if "absolute" in by else by["relative"] * abs(before)
    said = f"{name}: {now:.6g} after {before:.6g}, {'worse' if drop > 0 else 'better'} by {abs(drop):.3g}"
    # 0.90 - 0.85 is a little more than 0.05 to a computer, 0.85 - 0.80 a little less.
    if drop >= limit - 1e-12:
        return Sign(f"{said}, at least {limit:.3g}", _id("metric", content))
    return Sign(f"{said}, not {limit:.3g}")


def _report() -> tuple[dict[str, Any], bytes]:
    path = Path("reports", "drift.json")
    if not path.exists():
        return {}, b""
    content = path.read_bytes()
    return json.loads(content), content


def _number(value: Any) -> float:
    """Return a figure; NaN for none and for what strict JSON writes as text, such as NaN."""
    return float(value) if isinstance(value, int | float) else math.nan


def _id(trigger: str, content: bytes) -> str:
    return f"{trigger}:{hashlib.sha256(content).hexdigest()[:16]}"
