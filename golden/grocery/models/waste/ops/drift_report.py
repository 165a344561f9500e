"""reports/drift.html: what was found, and a plot of each tested column; one file, nothing to load."""

from __future__ import annotations

from html import escape

from drift_comparison import Comparison
from drift_plots import plot
from drift_tests import Finding

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2933 }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1rem; margin: 0 0 .3rem; overflow-wrap: anywhere }
.note { color: #616e7c } ul { padding-left: 1.2rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: .3rem .5rem; border-bottom: 1px solid #e4e7eb }
th { font-weight: 600; color: #616e7c }
th:first-child, td:first-child { text-align: left; overflow-wrap: anywhere }
.verdict { border-radius: 1rem; padding: .1rem .6rem; white-space: nowrap; background: #e4e7eb }
.drift { background: #fde0c2 } .broken { background: #ffd0d0 } .no-drift { background: #d3f0dd }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1.5rem }
figure { margin: 1rem 0 0 }
svg { width: 100% } text { font-size: 11px; fill: #616e7c } .base { stroke: #9aa5b1 }
.then { fill: #cbd2d9 } .now { fill: none; stroke: #d9480f; stroke-width: 1.5 }
.bar { fill: #f08c53; stroke: none }
.key { display: inline-block; width: .8rem; height: .8rem; margin: 0 .3rem 0 1rem }
"""
HEADS = ("column", "test", "reference", "current", "effect", "drift if", "p", "p corrected", "verdict")


def page(
    model: str, verdict: str, about: str, reasons: list[str], findings: list[Finding], data: list[Comparison]
) -> str:
    """Return the page; every text from the data is escaped."""
    title = f"{escape(model)}: {verdict}"
    reasons_list = "".join(f"<li>{escape(reason)}</li>" for reason in reasons)
    rows = "".join(map(_row, findings))
    plots = "".join(
        f"<figure><h2>{escape(name)}</h2>{plot(name, pair)}</figure>"
        for each in data
        for (name, _), pair in each.pairs.items()
        if all(pair.sizes)
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
<h1>Drift of {escape(model)} {_badge(verdict)}</h1>
<p class="note">{escape(about)}</p>
<ul>{reasons_list or "<li>nothing to report</li>"}</ul>
<table>
<thead><tr>{"".join(f"<th>{head}</th>" for head in HEADS)}</tr></thead>
<tbody>{rows}</tbody>
</table>
<p class="note"><span class="key" style="background:#cbd2d9"></span>reference
<span class="key" style="background:#d9480f"></span>current data; shares of the rows that have a value.</p>
<div class="plots">{plots}</div>
</body>
</html>
"""


def _row(finding: Finding) -> str:
    sizes = [f"{size:,}" if size else "" for size in finding.rows]
    limit = f"p &lt; {finding.p_value:g}" if finding.above is None else f"&gt; {finding.above:g}"
    figures = [_figure(finding.effect), limit, _figure(finding.p), _figure(finding.p_corrected)]
    cells = [escape(finding.column), escape(finding.method), *sizes, *figures, _badge(finding.verdict)]
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _badge(verdict: str) -> str:
    return f'<span class="verdict {verdict.replace(" ", "-")}">{verdict}</span>'


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
