"""How a panel is drawn: where it stands, its lines and colours, and the limits in it."""

from collections.abc import Iterable, Iterator
from typing import Any

from mlopsc.targets.grafana.limits import Limit, steps
from mlopsc.targets.grafana.panels import METRICS, VALIDATION, VERSION, Panel

COLUMNS = 24
_HEIGHT = 8
# The data source that the dashboard's first variable chooses.
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_DRAWN = {"lineWidth": 2, "fillOpacity": 8, "spanNulls": False, "thresholdsStyle": {"mode": "dashed"}}
_LINES = {
    "legend": {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []},
    "tooltip": {"mode": "multi", "sort": "desc"},
}
_STAT = {
    "reduceOptions": {"values": False, "calcs": ["lastNotNull"], "fields": ""},
    "orientation": "auto",
    "textMode": "auto",
    "wideLayout": True,
    "colorMode": "value",
    "graphMode": "none",
    "justifyMode": "auto",
    "showPercentChange": False,
    "percentChangeColorMode": "standard",
}


def laid_out(shown: list[Panel], known: list[Limit], top: int) -> Iterator[dict[str, Any]]:
    """Place panels in rows of three, or of two where that leaves none alone."""
    across = 2 if len(shown) in (2, 4) else 3
    for start in range(0, len(shown), across):
        row = shown[start : start + across]
        width = COLUMNS // len(row)
        for column, panel in enumerate(row):
            place = {"h": _HEIGHT, "w": width, "x": column * width, "y": top + start // across * _HEIGHT}
            yield _panel(panel, [each for each in known if each.metric in panel.watched], place)


def _panel(panel: Panel, known: list[Limit], place: dict[str, int]) -> dict[str, Any]:
    return {
        "id": panel.number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.about,
        "datasource": SOURCE,
        "gridPos": place,
        "fieldConfig": _fields(panel, known),
        "options": _STAT if panel.kind == "stat" else _LINES,
        "targets": [
            {
                "refId": chr(ord("A") + index),
                "datasource": SOURCE,
                "expr": each.expr,
                "legendFormat": each.legend,
            }
            for index, each in enumerate(panel.queries)
        ],
    }


def _fields(panel: Panel, known: list[Limit]) -> dict[str, Any]:
    if panel.number == VALIDATION:
        words = {"0": {"text": "failed", "color": "red"}, "1": {"text": "passed", "color": "green"}}
        defaults: dict[str, Any] = {"unit": panel.unit, "mappings": [{"type": "value", "options": words}]}
        return {"defaults": defaults, "overrides": []}
    if panel.kind == "stat":
        return {"defaults": {"unit": panel.unit, **_thresholds(known)}, "overrides": []}
    # Of several metrics in one panel each has its own limits.
    own = panel.number == METRICS
    whole = {"decimals": 0} if panel.number == VERSION else {}
    defaults = {"unit": panel.unit, **whole, "custom": _DRAWN, **({} if own else _thresholds(known))}
    names = list(dict.fromkeys(each.metric for each in known)) if own else []
    overrides = [_override(name, [each for each in known if each.metric == name]) for name in names]
    return {"defaults": defaults, "overrides": overrides}


def _override(name: str, known: Iterable[Limit]) -> dict[str, Any]:
    properties = [
        {"id": "thresholds", "value": _thresholds(known)["thresholds"]},
        {"id": "custom.thresholdsStyle", "value": {"mode": "dashed"}},
    ]
    return {"matcher": {"id": "byName", "options": name}, "properties": properties}


def _thresholds(known: Iterable[Limit]) -> dict[str, Any]:
    return {"thresholds": {"mode": "absolute", "steps": steps(known)}}
