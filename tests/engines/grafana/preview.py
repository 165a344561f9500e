"""A picture of a dashboard without Grafana: its own definitions, its own grid, the answers of a real Prometheus."""

import json
import re
import subprocess
import tempfile
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from tests.engines.grafana import charts, promql
from tests.engines.grafana.charts import Line
from tests.engines.grafana.prometheus import Prometheus

WIDTH, CELL, GAP = 1440, 30, 8
HERE = Path(__file__).parent
BROWSER = [
    "chromium",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
]


def answered(
    dashboard: Mapping[str, Any], server: Prometheus, start: float, end: float, values: Mapping[str, str]
) -> dict[int, list[Line]]:
    """Return the series of each panel, by its id, named as its legends say."""
    found: dict[int, list[Line]] = {}
    for panel in dashboard["panels"]:
        found[panel["id"]] = [
            Line(_named(target["legendFormat"], labels), points)
            for target in panel.get("targets", [])
            for labels, points in server.range(promql.sent(target["expr"], values), start, end)
            if points
        ]
    return found


def _named(legend: str, labels: Mapping[str, str]) -> str:
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: labels.get(found[1], ""), legend)


def page(dashboard: Mapping[str, Any], lines: Mapping[int, list[Line]]) -> str:
    """Return the dashboard as a page that looks at itself: `data-faults` says what overlaps or is cut."""
    panels = "".join(_panel(each, lines[each["id"]]) for each in dashboard["panels"])
    bottom = max(each["gridPos"]["y"] + each["gridPos"]["h"] for each in dashboard["panels"])
    chosen = " · ".join(each["current"]["text"] for each in dashboard["templating"]["list"])
    text = (HERE / "preview.html").read_text()
    for name, value in {
        "TITLE": escape(dashboard["title"]),
        "CHOSEN": escape(chosen),
        "HEIGHT": f"{bottom * (CELL + GAP)}px",
        "PANELS": panels,
    }.items():
        text = text.replace(f"[[{name}]]", value)
    return text


def _panel(panel: Mapping[str, Any], lines: list[Line]) -> str:
    place, column = panel["gridPos"], WIDTH / 24
    box = {
        "left": place["x"] * column + GAP / 2,
        "top": place["y"] * (CELL + GAP),
        "width": place["w"] * column - GAP,
        "height": place["h"] * (CELL + GAP) - GAP,
    }
    style = ";".join(f"{name}:{amount:.0f}px" for name, amount in box.items())
    title = f'<h2 title="{escape(panel.get("description", ""))}">{escape(panel["title"])}</h2>'
    if panel["type"] == "row":
        return f'<section class="row" style="{style}">{title}</section>'
    return f'<section style="{style}">{title}{_inside(panel, lines, box)}</section>'


def _inside(panel: Mapping[str, Any], lines: list[Line], box: Mapping[str, float]) -> str:
    defaults = panel["fieldConfig"]["defaults"]
    if not lines:
        return '<p class="none">No data</p>'
    if panel["type"] == "stat":
        return _stat(lines[0].points[-1][1], defaults)
    steps = list(defaults.get("thresholds", {}).get("steps", []))
    for override in panel["fieldConfig"]["overrides"]:
        steps += [
            step
            for each in override["properties"]
            if each["id"] == "thresholds"
            for step in each["value"]["steps"]
        ]
    limits = [(step["value"], step["color"]) for step in steps if step["value"] is not None]
    size = (int(box["width"]) - 24, int(box["height"]) - 84)
    return charts.chart(lines, defaults["unit"], limits, size, defaults.get("decimals") == 0) + charts.legend(
        lines, defaults["unit"]
    )


def _stat(number: float, defaults: Mapping[str, Any]) -> str:
    words, color = charts.value(number, defaults["unit"]), "green"
    for step in defaults.get("thresholds", {}).get("steps", []):
        if step["value"] is None or number >= step["value"]:
            color = step["color"]
    for mapping in defaults.get("mappings", []):
        if mapped := mapping["options"].get(f"{number:g}"):
            words, color = mapped["text"], mapped["color"]
    return f'<p class="stat" style="color:{charts.COLORS[color]}">{escape(words)}</p>'


def looked_at(html: str, picture: Path) -> list[str]:
    """Open a page in headless Chromium, keep a picture of it, and return what overlaps or is cut."""
    height = int(re.findall(r"--height: (\d+)px", html)[0]) + 70
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "preview.html")
        file.write_text(html)
        browser = [*BROWSER, f"--user-data-dir={folder}/profile", f"--window-size={WIDTH},{height}"]
        subprocess.run(
            [*browser, f"--screenshot={picture}", file.as_uri()], capture_output=True, check=True, timeout=60
        )
        done = subprocess.run(
            [*browser, "--dump-dom", file.as_uri()], capture_output=True, check=True, timeout=60
        )
    (faults,) = re.findall(r'data-faults="([^"]*)"', done.stdout.decode())
    found: list[str] = json.loads(faults.replace("&quot;", '"').replace("&amp;", "&"))
    return found
