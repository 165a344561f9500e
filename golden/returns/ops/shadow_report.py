"""reports/compare-shadow.html: how alike two versions answered; one file, nothing to load."""

from __future__ import annotations

from html import escape
from typing import Any

from shadow_agreement import Agreement

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1f2933 }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1rem; margin: 2rem 0 .3rem; overflow-wrap: anywhere }
.note { color: #616e7c } ul { padding-left: 1.2rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; margin-top: 1rem }
th, td { text-align: right; padding: .3rem .5rem; border-bottom: 1px solid #e4e7eb }
th { font-weight: 600; color: #616e7c }
th:first-child, td:first-child { text-align: left; overflow-wrap: anywhere }
.verdict { border-radius: 1rem; padding: .1rem .6rem; white-space: nowrap; background: #fde0c2 }
.done { background: #d3f0dd }
svg { width: 100%; max-width: 24rem } text { font-size: 11px; fill: #616e7c }
.base { stroke: #cbd2d9 } circle { fill: #d9480f; fill-opacity: .4 }
"""
SIZE, EDGE, MOST = 240, 24, 1000
WORDS = {"mean": "mean distance", "bias": "new minus old", "p95": "95% are within", "max": "largest"}


def page(title: str, verdict: str, about: str, reasons: list[str], each: list[Agreement]) -> str:
    """Return the page; every text from the data is escaped."""
    told = "".join(f"<li>{escape(reason)}</li>" for reason in reasons)
    badge = f'<span class="verdict {escape(verdict).replace(" ", "-")}">{escape(verdict)}</span>'
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width"/>
<title>{escape(title)}: {escape(verdict)}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{escape(title)} {badge}</h1>
<p class="note">{escape(about)}</p>
<ul>{told}</ul>
{"".join(map(_column, each))}
</body>
</html>
"""


def _column(found: Agreement) -> str:
    words = {"answered alike": f"{found.share:.2%}", "no usable answer": f"{found.lost:,}"}
    words |= {WORDS[name]: f"{value:.4g}" for name, value in found.figures.items()}
    figures = _table(list(words), [list(words.values())])
    changes = [[one["before"], one["after"], f"{one['count']:,}"] for one in found.changes]
    rows = [[one["request_id"], one["row"], one["before"], one["after"]] for one in found.largest]
    return "".join(
        (
            f"<h2>{escape(found.column)}</h2>",
            figures,
            _plot(found.points) if found.points else "",
            _table(["before", "now", "rows"], changes) if changes else "",
            _table(["request", "row", "before", "now"], rows) if rows else "",
        )
    )


def _table(heads: list[str], rows: list[list[Any]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{_cell(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    return (
        "none" if value in (None, "") else f"{value:.6g}" if isinstance(value, float) else escape(str(value))
    )


def _plot(points: list[tuple[float, float]]) -> str:
    """Return an SVG of the answers of both, on a line where they are equal; at most MOST of them."""
    shown = points[:: -(-len(points) // MOST)]
    low, high = min(map(min, shown)), max(map(max, shown))
    low, high = (low, high) if high > low else (low - 0.5, high + 0.5)

    def at(value: float) -> float:
        return (value - low) / (high - low) * SIZE

    dots = "".join(
        f'<circle cx="{EDGE + at(old):.1f}" cy="{SIZE - at(new) + 4:.1f}" r="2"/>' for old, new in shown
    )
    line = f'<line class="base" x1="{EDGE}" y1="{SIZE + 4}" x2="{EDGE + SIZE}" y2="4"/>'
    ends = ((EDGE, "start", f"{low:.4g}"), (EDGE + SIZE, "end", f"{high:.4g} before"))
    words = "".join(f'<text x="{x}" y="{SIZE + 20}" text-anchor="{to}">{text}</text>' for x, to, text in ends)
    size = f"0 0 {SIZE + 2 * EDGE} {SIZE + EDGE + 4}"
    return (
        f'<svg viewBox="{size}" role="img" aria-label="answers of both versions">{line}{dots}'
        f'<text x="{EDGE + 4}" y="14">now</text>{words}</svg>'
    )
