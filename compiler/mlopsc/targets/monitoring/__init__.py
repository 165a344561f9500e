"""Watching: recording and alerting rules, their tests, and who is told by Alertmanager."""

from collections.abc import Iterable, Iterator

from mlopsc.files import File, Template, Verbatim
from mlopsc.model import Model
from mlopsc.symbols import Alert, Command, Metric, Need, Note, Symbol, Table
from mlopsc.targets.monitoring.listening import answers, programs
from mlopsc.targets.monitoring.receivers import is_told, receivers
from mlopsc.targets.monitoring.rule import Alerting
from mlopsc.targets.monitoring.scraped import pods
from mlopsc.targets.monitoring.watched import Watched, watched
from mlopsc.targets.monitoring.words import words
from mlopsc.targets.monitoring.written import Rules, rules, values
from mlopsc.targets.offered import needed

SECTIONS: tuple[str, ...] = ("monitoring",)
SUMMARY = "monitoring/: Prometheus rules with tests, Alertmanager, or objects of the operator"

_AT = ("monitoring",)


def offers(model: Model) -> Iterator[Symbol]:
    """Bring the alerts, the figures that are recorded, and `make test-alerts`."""
    places = watched(model)
    if not places:
        return
    tests = [f"{place.folder}/rules_test.yml" for place in places]
    yield Command(
        "test-alerts", ("promtool", "test", "rules", *tests), "Test the alerts with promtool", at=_AT
    )
    found = {place.environment.name: rules(place) for place in places}
    yield from _recorded(found.values())
    yield from _alerts(found)
    yield from answers(places, {name: each.alerts for name, each in found.items()})
    yield Note("Watching", tuple(words(places)), at=_AT)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write rules, tests and receivers."""
    for place in watched(model):
        found = rules(place)
        held = values(place, found)
        needs = tuple(_needs(found))
        yield File(f"{place.folder}/rules.yml", Template("monitoring/rules.yml", held), needs=needs, at=_AT)
        tests = Template("monitoring/rules_test.yml", held)
        yield File(f"{place.folder}/rules_test.yml", tests, at=_AT)
        yield from _collecting(place, held)
        if is_told(place):
            told = Template("monitoring/alertmanager.yml", receivers(place))
            yield File(f"{place.folder}/alertmanager.yml", told, at=_AT)
    for program in programs(watched(model)):
        needs = needed("local settings state verdict", _AT)
        yield File(program.name, Verbatim(program.name), needs=needs, at=_AT)


def _collecting(place: Watched, held: dict[str, object]) -> Iterator[File]:
    delivery = place.environment.deployment
    if place.monitoring.form != "operator":
        yield File(f"{place.folder}/prometheus.yml", Template("monitoring/prometheus.yml", held), at=_AT)
        return
    name = f"{place.folder}/prometheusrule.yaml"
    yield File(name, Template("monitoring/prometheusrule.yaml", held), at=_AT)
    if delivery and delivery.rollout:
        read = Template("monitoring/podmonitor.yaml", pods(place.model.name, delivery.rollout))
        yield File(f"{place.folder}/podmonitor.yaml", read, at=_AT)
    else:
        name = f"{place.folder}/servicemonitor.yaml"
        yield File(name, Template("monitoring/servicemonitor.yaml", held), at=_AT)


def _recorded(found: Iterable[Rules]) -> Iterator[Symbol]:
    names = {each.name: each for of in found for each in of.recordings}
    for each in names.values():
        yield Metric(each.name, each.help, ("model", "environment"), at=_AT)


def _alerts(found: dict[str, Rules]) -> Iterator[Symbol]:
    """Bring each alert once, with what it means where that differs between environments."""
    of: dict[str, dict[str, Alerting]] = {}
    for environment, each in found.items():
        for alert in each.alerts:
            of.setdefault(alert.name, {})[environment] = alert
    for name, places in of.items():
        one = list(places.values())[-1]
        metrics = tuple(dict.fromkeys(metric for alert in places.values() for metric in alert.metrics))
        yield Alert(name, metrics, _meaning(places), one.look, one.action, one.severity, at=_AT)


def _meaning(places: dict[str, Alerting]) -> str:
    said = dict.fromkeys(alert.meaning for alert in places.values())
    if len(said) == 1:
        return next(iter(said))
    return " ".join(f"In {environment}: {alert.meaning}" for environment, alert in places.items())


def _needs(found: Rules) -> Iterator[Need]:
    read = [metric for recording in found.recordings for metric in recording.metrics]
    read += [metric for alert in found.alerts for metric in alert.metrics]
    yield from (Need(Metric, name, _AT) for name in dict.fromkeys(read))
