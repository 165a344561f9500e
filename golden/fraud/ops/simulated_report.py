"""reports/simulate-canary.html: what became of the simulated rollouts; one file, nothing to load."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from simulated_given import Given
from simulated_plots import chances, course, duration, histogram, percent
from simulated_runs import Played

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2933 }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1rem; margin: 0 0 .3rem }
.note { color: #616e7c }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: .3rem .5rem; border-bottom: 1px solid #e4e7eb }
th { font-weight: 600; color: #616e7c }
th:first-child, td:first-child { text-align: left }
.verdict { border-radius: 1rem; padding: .1rem .6rem; white-space: nowrap; background: #e4e7eb }
.promoted { background: #d3f0dd } .rolled-back { background: #fde0c2 }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(24rem, 1fr)); gap: 1.5rem }
figure { margin: 1rem 0 0 } figcaption { color: #616e7c; font-size: .9rem }
svg { width: 100% } text { font-size: 11px; fill: #616e7c } .base { stroke: #9aa5b1 }
.good { fill: #63b583 } .bad { fill: #f08c53 }
.share { fill: #e4e7eb } .line { fill: none; stroke: #d9480f; stroke-width: 1.5 }
.dot { fill: #d9480f } .whisker { stroke: #d9480f; stroke-width: 3; opacity: .4 }
.limit { stroke: #616e7c; stroke-dasharray: 4 3 }
.key { display: inline-block; width: .8rem; height: .8rem; margin: 0 .3rem 0 1rem }
"""
HEADS = (
    "outcome",
    "runs",
    "share",
    "time to the decision",
    "canary's requests",
    "failed",
    "more than stable's",
)


def page(
    model: str,
    config: Mapping[str, Any],
    given: Given,
    runs: Sequence[Played],
    curve: Sequence[tuple[float, float]],
    about: Sequence[str],
) -> str:
    """Return the page."""
    good = sum(run.verdict == "promoted" for run in runs)
    low, high = interval(good, len(runs))
    headline = f"promoted {percent(good / len(runs))}"
    title = f"{escape(model)}: {headline}"
    plots = "".join(
        f"<figure><h2>{escape(head)}</h2>{plot}<figcaption>{escape(words)}</figcaption></figure>"
        for head, plot, words in _plots(config, given, runs, curve, (good / len(runs), low, high))
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width"/>
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>Simulated rollouts of {escape(model)} <span class="verdict">{escape(headline)}</span></h1>
{"".join(f'<p class="note">{escape(line)}</p>' for line in about)}
<table>
<thead><tr>{"".join(f"<th>{head}</th>" for head in HEADS)}</tr></thead>
<tbody>{"".join(_rows(given, runs))}</tbody>
</table>
<p class="note">95% interval of the promoted share: {percent(low)} to {percent(high)}. Times and counts are
means of the runs of a row; a count is of requests that users sent to the canary.
<span class="key" style="background:#63b583"></span>promoted
<span class="key" style="background:#f08c53"></span>rolled back</p>
<div class="plots">{plots}</div>
</body>
</html>
"""


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


def _rows(given: Given, runs: Sequence[Played]) -> list[str]:
    rows = []
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
        rows.append(f"<tr><td>{badge}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    return rows


def _plots(
    config: Mapping[str, Any],
    given: Given,
    runs: Sequence[Played],
    curve: Sequence[tuple[float, float]],
    seen: tuple[float, float, float],
) -> list[tuple[str, str, str]]:
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
