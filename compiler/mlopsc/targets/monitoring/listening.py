"""What answers an alert: secrets for Alertmanager, and a program that rolls back or passes messages on."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlopsc.symbols import Command, EnvVar, Report, Setting, Symbol
from mlopsc.targets.monitoring.installed import ADDRESS, COOLDOWN, FOLDER, TOKEN, installed, listens
from mlopsc.targets.monitoring.receivers import is_told
from mlopsc.targets.monitoring.rule import Alerting
from mlopsc.targets.monitoring.watched import Watched
from mlopsc.targets.offered import own, shared

_AT = ("monitoring",)


def answers(places: Sequence[Watched], alerts: Mapping[str, Sequence[Alerting]]) -> Iterator[Symbol]:
    """Bring the commands, programs and settings; `alerts` are those of each environment."""
    told = [place for place in places if is_told(place)]
    if not told:
        return
    help_ = "Put alertmanager.yml and its secret files where Alertmanager reads them"
    yield Command("alertmanager", ("ops/alertmanager.py",), help_, at=_AT)
    yield Report("reports/alertmanager.json", "how the last make alertmanager ended", at=_AT)
    yield from programs(places)
    yield from shared("local settings state verdict", _AT)
    settings = {place.environment.name: _settings(place, alerts[place.environment.name]) for place in told}
    yield Setting("alerting", instead=settings, at=_AT)
    yield EnvVar("ALERTMANAGER_FOLDER", "where Alertmanager reads", FOLDER, local=True, at=_AT)
    if any(listens(place) for place in told):
        help_ = "Listen to Alertmanager: roll back when an alert asks for it, pass messages on"
        yield Command("on-alert", ("ops/on_alert.py",), help_, at=_AT)
        yield EnvVar("ON_ALERT_ADDRESS", "where make on-alert listens", ADDRESS, local=True, at=_AT)
        purpose = "a long random word, by which make on-alert knows Alertmanager (secret)"
        yield EnvVar(TOKEN, purpose, local=True, at=_AT)


def programs(places: Sequence[Watched]) -> Iterator[Symbol]:
    """Bring the programs."""
    if any(is_told(place) for place in places):
        yield from own("alertmanager", _AT)
    if any(listens(place) for place in places):
        yield from own("alert_commands alert_messages alert_relay on_alert rolling_back", _AT)


def _settings(watched: Watched, alerts: Sequence[Alerting]) -> dict[str, Any]:
    name = "-".join(watched.scope.values())
    may = [alert.name for alert in alerts if alert.rollback]
    return {
        "source": f"{watched.folder}/alertmanager.yml",
        "folder": name,
        **installed(watched),
        "rollback": {"alerts": may, "cooldown_seconds": COOLDOWN} if may else {},
    }
