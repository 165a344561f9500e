"""Grafana: one dashboard per model, of few panels, each of figures that are exported."""

from collections.abc import Iterator

from mlopsc.files import Data, File, Template
from mlopsc.model import Model
from mlopsc.model.loop import Reference
from mlopsc.symbols import EnvVar, Metric, Need, Note, Secret, Symbol, Table
from mlopsc.targets.grafana.dashboard import dashboard, relied_on
from mlopsc.targets.grafana.source import DataSource

SECTIONS = ("monitoring: dashboard",)
SUMMARY = "monitoring/grafana/: a dashboard per model, and what provisions it and its data source"

_AT = ("monitoring", "dashboard")
_DEFAULT_URL = "http://127.0.0.1:9090"
_FOLDER = "monitoring/grafana"


def offers(model: Model) -> Iterator[Symbol]:
    """Bring the variables of the data sources' addresses, and where the files go."""
    if not _wanted(model):
        return
    for source in _sources(model):
        if source.variable:
            purpose = "Prometheus, as Grafana reaches it: Grafana itself reads it"
            at = ("connections", "prometheus", "url")
            if source.secret:
                yield Secret(source.variable, purpose=purpose, at=at)
            else:
                yield EnvVar(source.variable, purpose=purpose, local=True, at=at)
    yield Note("Dashboard", tuple(_words(model)), at=_AT)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the dashboard, and Grafana's provisioning."""
    if not _wanted(model):
        return
    sources = _sources(model)
    needs = tuple(Need(Metric, name, _AT) for name in relied_on(model))
    path = f"{_FOLDER}/dashboards/{model.name}.json"
    yield File(path, Data(dashboard(model, sources[-1])), needs=needs, at=_AT)
    values = {"name": f"mlops-{model.name}", "path": _mounted(model)}
    path = f"{_FOLDER}/provisioning/dashboards/{model.name}.yml"
    yield File(path, Template("dashboards.yml", values), at=_AT)
    found = [{"name": each.name, "uid": each.uid, "url": each.url} for each in sources]
    path = f"{_FOLDER}/provisioning/datasources/{model.name}.yml"
    yield File(path, Template("datasources.yml", {"sources": found}), at=_AT)


def _wanted(model: Model) -> bool:
    return bool(model.name) and any(
        each.monitoring and each.monitoring.dashboard for each in model.environments
    )


def _sources(model: Model) -> tuple[DataSource, ...]:
    """Return the data sources of the environments, in their order, each once."""
    shown = [each.monitoring for each in model.environments if each.monitoring and each.monitoring.dashboard]
    return tuple(dict.fromkeys(DataSource(*_address(each.prometheus)) for each in shown))


def _address(url: Reference) -> tuple[str, str, bool]:
    if isinstance(url, str):
        return url or _DEFAULT_URL, "", False
    ((kind, name),) = url.items()
    return "", name, kind == "secret"


def _mounted(model: Model) -> str:
    return f"/etc/grafana/dashboards/{model.name}"


def _words(model: Model) -> Iterator[str]:
    yield f"Mount {_FOLDER}/dashboards at {_mounted(model)} in Grafana."
    yield f"Copy what {_FOLDER}/provisioning holds into /etc/grafana/provisioning, beside other models'."
    yield "The variables of the dashboard choose model and environment: it shows every model that is scraped."
