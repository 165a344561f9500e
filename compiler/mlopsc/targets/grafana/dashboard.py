"""The dashboard as Grafana reads it: JSON of schema version 42 (@grafana/schema 13.2)."""

from collections.abc import Callable, Iterator
from typing import Any

from mlopsc.model import Environment, Model
from mlopsc.targets.grafana.drawing import COLUMNS, SOURCE, laid_out
from mlopsc.targets.grafana.limits import limits
from mlopsc.targets.grafana.panels import Panel, compared, panels, tested
from mlopsc.targets.grafana.source import DataSource

_SCHEMA = 42
# The ids of rows and of their panels, far from those of the panels above them.
_CANARY, _AB_TEST = 100, 200


def dashboard(model: Model, source: DataSource) -> dict[str, Any]:
    """Return the dashboard of a model, with the limits of its last environment that has one."""
    shown = _environment(model)
    known = limits(shown)
    places = list(laid_out(panels(model, (each.metric for each in known)), known, 0))
    for row, title, of_row in _rows(model):
        top = max(each["gridPos"]["y"] + each["gridPos"]["h"] for each in places)
        place = {"h": 1, "w": COLUMNS, "x": 0, "y": top}
        places.append(
            {"id": row, "type": "row", "title": title, "collapsed": False, "gridPos": place, "panels": []}
        )
        places += laid_out(of_row(row + 1), known, top + 1)
    return {
        # Of at most 40 signs, as names of models are.
        "uid": model.name,
        "title": f"Model {model.name}",
        "description": model.description or f"The model {model.name}: its service, its data, its versions.",
        "tags": ["mlops"],
        "schemaVersion": _SCHEMA,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "1m",
        "time": {"from": "now-24h" if model.serving else "now-7d", "to": "now"},
        "timezone": "browser",
        "links": list(_links(shown)),
        "templating": {"list": list(_variables(model, shown, source))},
        "panels": places,
    }


def relied_on(model: Model) -> list[str]:
    """Return the metrics that the dashboard asks, each once."""
    every = [*panels(model, (each.metric for each in limits(_environment(model))))]
    every += [panel for row, _, of_row in _rows(model) for panel in of_row(row + 1)]
    asked = [name for panel in every for query in panel.queries for name in query.metrics]
    return list(dict.fromkeys([*_known_by(model), *asked]))


def _environment(model: Model) -> Environment:
    return [each for each in model.environments if each.monitoring and each.monitoring.dashboard][-1]


def _rows(model: Model) -> Iterator[tuple[int, str, Callable[[int], list[Panel]]]]:
    if any(each.deployment and each.deployment.strategy == "canary" for each in model.environments):
        yield _CANARY, "Canary", compared
    if "ab_test" in model.sections:
        yield _AB_TEST, "A/B test", tested if model.experiments else compared


def _links(environment: Environment) -> Iterator[dict[str, Any]]:
    if environment.monitoring and environment.monitoring.runbook_url:
        yield {
            "title": "Runbook",
            "type": "link",
            "url": environment.monitoring.runbook_url,
            "icon": "doc",
            "tooltip": "What each alert means, and what to do",
            "targetBlank": True,
            "asDropdown": False,
            "includeVars": False,
            "keepTime": False,
            "tags": [],
        }


def _variables(model: Model, environment: Environment, source: DataSource) -> Iterator[dict[str, Any]]:
    chosen = {"text": source.name, "value": source.uid}
    yield {
        "name": "datasource",
        "label": "Prometheus",
        "type": "datasource",
        "query": "prometheus",
        "current": chosen,
    }
    names = _known_by(model)
    series = names[0] if len(names) == 1 else f'{{__name__=~"{"|".join(names)}"}}'
    asked = {"type": "query", "datasource": SOURCE, "refresh": 2, "sort": 1}
    yield {
        "name": "model",
        "label": "Model",
        **asked,
        "query": f"label_values({series}, model)",
        "current": {"text": model.name, "value": model.name},
    }
    selected = f'{{__name__=~"{"|".join(names)}",model="$model"}}'
    name = environment.name
    yield {
        "name": "environment",
        "label": "Environment",
        **asked,
        "query": f"label_values({selected}, environment)",
        "includeAll": True,
        # Also matches figures without the label: a spec without environments exports none.
        "allValue": ".*",
        "current": {"text": name, "value": name} if name else {"text": "All", "value": "$__all"},
    }


def _known_by(model: Model) -> list[str]:
    """Return the metrics that exist wherever the model is scraped."""
    return ["model_exporter_up", *(["model_info"] if model.serving else [])]
