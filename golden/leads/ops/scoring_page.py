"""reports/compare-scores.html: how the candidate's scores differ; one file, nothing to load."""

from __future__ import annotations

from html import escape

from scoring_comparison import Difference

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2933 }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1rem; margin: 1.5rem 0 .3rem; overflow-wrap: anywhere }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #e4e7eb }
th { font-weight: 600; color: #616e7c } ul { padding-left: 1.2rem }
.verdict { border-radius: 1rem; padding: .1rem .6rem; background: #d3f0dd } .refused { background: #ffd0d0 }
svg { width: 100%; max-width: 40rem } text { font-size: 11px; fill: #616e7c } rect { fill: #f08c53 }
line { stroke: #9aa5b1 }
"""
WIDTH, HEIGHT, BASE = 420, 120, 100


def page(
    model: str, versions: tuple[str, str], verdict: str, reasons: list[str], found: list[Difference]
) -> str:
    """Return the page about two versions, the candidate's first; every text from the data is escaped."""
    title = f"Scores of {escape(model)}: version {versions[0]} against champion {versions[1]}"
    reasons_list = "".join(f"<li>{escape(reason)}</li>" for reason in reasons)
    body = "".join(map(_section, found))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width"/>
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{title} <span class="verdict {escape(verdict)}">{escape(verdict)}</span></h1>
<ul>{reasons_list}</ul>
{body}
</body>
</html>
"""


def _section(found: Difference) -> str:
    if found.kind == "classes":
        rows = [("rows", f"{found.rows:,}"), ("rows with another class", f"{100 * found.mean:.3g}%")]
        changes = [(f"from {was} to {now}", f"{count:,}") for was, now, count in found.changes]
        return f"<h2>{escape(found.column)}</h2>{_table(rows + changes)}"
    figures = {
        "mean of |candidate - champion|": found.mean,
        "relative to the mean of |champion|": found.relative,
        "mean of candidate - champion": found.shift,
        "largest difference": found.largest,
        "correlation": found.correlation,
    }
    rows = [("rows", f"{found.rows:,}")]
    rows += [(name, "unknown" if value is None else f"{value:.4g}") for name, value in figures.items()]
    return f"<h2>{escape(found.column)}</h2>{_table(rows)}{_plot(found)}"


def _table(rows: list[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
    return f"<table>{cells}</table>"


def _plot(found: Difference) -> str:
    """Return a histogram of candidate - champion; nothing where both say the same everywhere."""
    if not found.bars or found.largest is None:
        return ""
    wide, most = WIDTH / len(found.bars), max(found.bars)
    high = [count / most * (BASE - 10) for count in found.bars]
    bars = "".join(
        f'<rect x="{place * wide + 1:.1f}" y="{BASE - height:.1f}" width="{wide - 2:.1f}" '
        f'height="{height:.1f}"><title>{found.bars[place]:,} rows</title></rect>'
        for place, height in enumerate(high)
    )
    ends = ((0, "start", -found.largest), (WIDTH / 2, "middle", 0.0), (WIDTH, "end", found.largest))
    words = "".join(
        f'<text x="{x:g}" y="{BASE + 14}" text-anchor="{anchor}">{value:.3g}</text>'
        for x, anchor, value in ends
    )
    base = f'<line x1="0" y1="{BASE}" x2="{WIDTH}" y2="{BASE}"/>'
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{bars}{base}{words}</svg>'
