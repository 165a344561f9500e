"""reports/simulate-canary.html: what became of the simulated rollouts; one file, nothing to load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from simulated_figures import figures
from simulated_given import Given
from simulated_outcomes import interval, rows
from simulated_played import Played
from simulated_words import percent

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
        for head, plot, words in figures(config, given, runs, curve, (good / len(runs), low, high))
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
<tbody>{"".join(rows(given, runs))}</tbody>
</table>
<p class="note">95% interval of the promoted share: {percent(low)} to {percent(high)}. Times and counts are
means of the runs of a row; a count is of requests that users sent to the canary.
<span class="key" style="background:#63b583"></span>promoted
<span class="key" style="background:#f08c53"></span>rolled back</p>
<div class="plots">{plots}</div>
</body>
</html>
"""
