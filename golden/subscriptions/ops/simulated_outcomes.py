"""How simulated rollouts ended, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from simulated_given import Given
from simulated_played import Played
from simulated_words import duration, percent


def outcome(run: Played) -> str:
    """Return how a run ended, in words."""
    return f"{run.verdict}: {run.reason}" if run.reason else run.verdict


def harmed(run: Played, given: Given) -> float:
    """Return how many requests failed because of the canary: stable alone would have failed the others."""
    return run.failed - given.stable_errors * run.answered


def interval(count: int, total: int) -> tuple[float, float]:
    """Return the 95% interval of a share, by Wilson (1927)."""
    z, share = 1.96, count / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * (share * (1 - share) / total + z * z / (4 * total**2)) ** 0.5
    return max(0.0, centre - half), min(1.0, centre + half)


def rows(given: Given, runs: Sequence[Played]) -> list[str]:
    """Return the rows of the table: the most frequent outcome first."""
    found = []
    for name, count in Counter(map(outcome, runs)).most_common():
        of = [run for run in runs if outcome(run) == name]
        kind = of[0].verdict.replace(" ", "-")
        means = [
            sum(each) / count
            for each in zip(*((run.seconds, run.answered, run.failed) for run in of), strict=True)
        ]
        extra = sum(harmed(run, given) for run in of) / count
        cells = [f"{count:,}", percent(count / len(runs)), duration(means[0])]
        cells += [
            f"{value:,.1f}" if value < 100 else f"{value:,.0f}" for value in (means[1], means[2], extra)
        ]
        badge = f'<span class="verdict {kind}">{escape(name)}</span>'
        found.append(f"<tr><td>{badge}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    return found
