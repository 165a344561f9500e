"""reports/ab-test.html: which version is better, and why one may say so; one file, nothing to load."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import ab_counts
import ab_tables
from ab_charts import charts

if TYPE_CHECKING:
    from ab_decision import Decision

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2933 }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1rem; margin: 2rem 0 .3rem }
.words { font-size: 1.15rem; margin: .6rem 0; overflow-wrap: anywhere }
.note { color: #616e7c } ul { padding-left: 1.2rem } li { overflow-wrap: anywhere }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: .3rem .5rem; border-bottom: 1px solid #e4e7eb }
th { font-weight: 600; color: #616e7c }
th:first-child, td:first-child { text-align: left }
.verdict { border-radius: 1rem; padding: .1rem .6rem; white-space: nowrap; background: #e4e7eb }
.promote { background: #d3f0dd } .undecided { background: #fde0c2 }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(24rem, 1fr)); gap: 0 1.5rem }
figure { margin: 1rem 0 0 } figure h2 { margin-top: .5rem }
figcaption { color: #616e7c; font-size: .9rem }
svg { width: 100% } text { font-size: 11px; fill: #616e7c } .base { stroke: #9aa5b1 }
.line { fill: none; stroke: #d9480f; stroke-width: 1.5 } .zone { fill: #d3f0dd; opacity: .6 }
.limit { stroke: #2f8f5b; stroke-dasharray: 4 3 } .zero { stroke: #cbd2d9 }
.whisker { stroke-width: 4; opacity: .45 }
.whisker.treatment { stroke: #d9480f } .whisker.control { stroke: #52606d }
circle.treatment, .known.treatment { fill: #d9480f } circle.control, .known.control { fill: #52606d }
.ids.treatment { fill: #f5b899 } .ids.control { fill: #b8c1cb }
.needed { fill: none; stroke: #9aa5b1; stroke-dasharray: 4 3 }
"""


def page(config: dict[str, Any], found: Decision, about: str) -> str:
    """Return the page; every text from data and spec is escaped."""
    test, model = config["ab_test"], config["model"]["name"]
    against = f" against version {found.control}" if found.control else ""
    title = f"A/B test of {model}: version {found.version}{against}"
    first, *others = found.reasons
    badge = f'<span class="verdict {escape(found.verdict)}">{escape(found.verdict)}</span>'
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width"/>
<title>{escape(title)}: {escape(found.verdict)}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{escape(title)} {badge}</h1>
<p class="words">{escape(first[:1].upper() + first[1:])}.</p>
<p class="note">{escape(about)}; experiment {escape(test["experiment"])}, {100 * test["share"]:.6g}% of
the ids in the treatment.</p>
<ul>{"".join(f"<li>{escape(each)}</li>" for each in others)}</ul>
{_plots(test, found)}
<h2>Looks</h2>
<div class="wide">{ab_tables.looks(test, found)}</div>
{_checks(test, found)}
{_guardrails(test)}
</body>
</html>
"""


def _plots(test: dict[str, Any], found: Decision) -> str:
    if not found.looks:
        return ""
    figures = "".join(
        f"<figure><h2>{escape(head)}</h2>{plot}<figcaption>{escape(words)}</figcaption></figure>"
        for head, plot, words in charts(test, found)
    )
    return f'<div class="plots">{figures}</div>'


def _checks(test: dict[str, Any], found: Decision) -> str:
    if not found.looks:
        return ""
    return f'<h2>Arms</h2><div class="wide">{ab_counts.checks(found.looks[-1].sample, test["share"])}</div>'


def _guardrails(test: dict[str, Any]) -> str:
    if not test.get("guardrails"):
        return ""
    return (
        f'<h2>Guardrails</h2><div class="wide">{ab_counts.guardrails(test)}</div>'
        '<p class="note">The controller watches them while the test runs, and takes the version back when '
        "one is passed; that verdict stands in the rollout, not here.</p>"
    )
