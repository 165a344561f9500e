"""What is drawn of simulated rollouts, and how it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from simulated_given import Given
from simulated_outcomes import harmed, outcome
from simulated_played import Played
from simulated_plots import chances, course, histogram


def figures(
    config: Mapping[str, Any],
    given: Given,
    runs: Sequence[Played],
    curve: Sequence[tuple[float, float]],
    seen: tuple[float, float, float],
) -> list[tuple[str, str, str]]:
    """Return heading, drawing and words of each; `seen` is the share that was promoted, and its interval."""
    limit = config["limits"].get("error_rate")
    times = [(run.seconds / 60, run.verdict == "promoted") for run in runs]
    extra = [(max(0.0, harmed(run, given)), run.verdict == "promoted") for run in runs]
    plots = [
        (
            "Promoted, by error rate",
            chances("chance of promotion by error rate", curve, limit, (given.errors, *seen)),
            "The line is the controller's verdict alone on 200 canaries each; the dot is what the runs above "
            "came to, with its 95% interval.",
        ),
        (
            "Time to the decision",
            histogram("minutes to the decision", times, "min"),
            "From the first share of the traffic until the version is to be promoted or taken back.",
        ),
        (
            "Requests harmed",
            histogram("failed requests more than stable's", extra, "requests"),
            "Requests that failed and would not have failed with stable alone, in each run.",
        ),
    ]
    for run in _typical(runs):
        words = (
            "Grey: the canary's share of the traffic, up to 100%. Orange: its errors since the hold began, "
        )
        drawn = course(f"share of the traffic and errors: {outcome(run)}", run, limit)
        plots.append((f"One run: {outcome(run)}", drawn, f"{words}at each look, beside the limit (dashed)."))
    return plots


def _typical(runs: Sequence[Played]) -> list[Played]:
    """Return the run of median length of the two outcomes that were seen most."""
    found = []
    for name, _ in Counter(map(outcome, runs)).most_common(2):
        of = sorted((run for run in runs if outcome(run) == name), key=lambda run: run.seconds)
        found.append(of[len(of) // 2])
    return found
