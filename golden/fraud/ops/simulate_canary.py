"""What the thresholds of a rollout mean, before production finds out: many rollouts on a virtual clock.

The controller itself, ops/rollout.py, is led through its course against a modelled cluster. Give what the
new version is like, as variables of make:

    ERRORS=2%         share of its requests that fail; default: twice what is allowed
    LATENCY=150ms     its 95th percentile; default: half of the shortest limit
    TRAFFIC=20/s      all requests; default: `serving.traffic`
    STABLE_ERRORS=0.1%  share of stable's requests that fail; default: a tenth of what is allowed
    STARTUP=20s       until its pods are ready
    RUNS=200 SEED=1   how many rollouts; the same seed has the same chances

Writes reports/simulate-canary.json and .html. Needs no cluster.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import simulated_given
import simulated_outcomes
import simulated_report
import verdict
from settings import settings
from simulated_given import Given
from simulated_played import Played
from simulated_runs import play, simulated
from simulated_verdicts import curve
from simulated_words import duration, milliseconds, percent
from text_files import write_text
from verdict import Outcome

STEP = "simulate-canary"


def main() -> int:
    """Run the command line; return 0, or 2 for an error."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    return verdict.run(STEP, lambda: simulate(_settings()))


def _settings() -> dict[str, Any]:
    """Return the configuration: of the only environment with a rollout, where none is chosen."""
    if not os.environ.get("MLOPS_ENV"):
        found = [path.stem for path in sorted(Path("config").glob("*.json")) if _plays(path)]
        if len(found) > 1:
            raise ValueError(f"there are rollouts in {' and '.join(found)}: set MLOPS_ENV to one of them")
        if found:
            os.environ["MLOPS_ENV"] = found[0]
    return settings()


def _plays(path: Path) -> bool:
    found = json.loads(path.read_text(encoding="utf-8"))
    return isinstance(found, dict) and bool(found.get("simulation"))


def simulate(config: Mapping[str, Any]) -> Outcome:
    """Play the rollouts, write the page, and return what came of them."""
    if (simulation := config.get("simulation")) is None:
        raise ValueError(
            "in this environment ops/rollout.py leads no rollout: set MLOPS_ENV to one where it does"
        )
    given = simulated_given.given(os.environ, config["rollout"], simulation)
    model = simulation["model"]
    own = simulated(config["rollout"], model)
    runs = [play(own, given, number) for number in range(given.runs)]
    found, about = curve(own, given), list(_about(config["rollout"], given))
    place = Path("reports", f"{STEP}.html")
    write_text(place, simulated_report.page(model, own, given, runs, found, about))
    figures = _figures(given, runs)
    counts = Counter(map(simulated_outcomes.outcome, runs)).most_common()
    reasons = [*about, *(f"{name}: {count} of {given.runs}" for name, count in counts)]
    results = [{"errors": rate, "promoted": share} for rate, share in found]
    return Outcome("done", figures, [*reasons, f"to read: {place}"], results)


def _figures(given: Given, runs: list[Played]) -> dict[str, float]:
    good = sum(run.verdict == "promoted" for run in runs)
    low, high = simulated_outcomes.interval(good, len(runs))
    return {
        "promoted": round(good / len(runs), 4),
        "promoted_low": round(low, 4),
        "promoted_high": round(high, 4),
        "seconds": round(sum(run.seconds for run in runs) / len(runs)),
        "requests": round(sum(run.answered for run in runs) / len(runs), 1),
        "failed": round(sum(run.failed for run in runs) / len(runs), 1),
        "harmed": round(sum(simulated_outcomes.harmed(run, given) for run in runs) / len(runs), 1),
    }


def _about(config: Mapping[str, Any], given: Given) -> list[str]:
    """Return what was played, and what was not, in a few sentences."""
    steps = ", ".join(percent(share) for share in config["steps"])
    course = f"{steps} of the traffic, each held for {duration(config['hold_seconds'])}" if steps else ""
    shadow = (
        f"a copy of the traffic for {duration(config['shadow_seconds'])}" if config["shadow_seconds"] else ""
    )
    limits = [
        f"{percent(limit)} errors"
        if name == "error_rate"
        else f"{name.replace('_', ' ')} {1000 * limit:g} ms"
        for name, limit in config["limits"].items()
    ]
    course = ", then ".join(part for part in (shadow, course) if part)
    errors, latency = percent(given.errors), milliseconds(given.latency)
    tested = "The A/B test after the last step is not played: its outcomes are people's. Promoted means here "
    left = [f"{tested}that a version reaches it."] if "ab_test" in config else []
    return [
        f"A version with {errors} errors and a 95th percentile of {latency}, beside a stable one with "
        f"{percent(given.stable_errors)} errors; {given.traffic:g} requests per second; {given.runs} runs, "
        f"seed {given.seed}.",
        f"{course[:1].upper()}{course[1:]}. Allowed: {', '.join(limits)}. "
        f"A verdict takes {config['min_requests']:,} requests; without them: {config['on_no_data']}.",
        *left,
    ]


if __name__ == "__main__":
    sys.exit(main())
