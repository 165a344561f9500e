"""Which secrets are for work, for the history of figures, and for the receivers of messages."""

from collections.abc import Iterable, Mapping
from typing import Any

from mlopsc.model import Model
from mlopsc.symbols import Secret, Table
from mlopsc.targets.github.expressions import secret
from mlopsc.targets.github.images import REGISTRY_KEYS

CLUSTER = "KUBECONFIG_DATA"


def work(model: Model, table: Table) -> dict[str, str]:
    """Return the secrets that commands work with, as the environment of a step."""
    others, tracked = _told(model) | _kept(model), _named(each.tracking.uri for each in model.environments)
    names = [each.name for each in table[Secret] if each.name not in others or each.name in tracked]
    return {name: secret(name) for name in names if name not in (*REGISTRY_KEYS, CLUSTER)}


def cluster(table: Table) -> dict[str, str]:
    """Return the secret by which kubectl reaches the clusters, where there are some."""
    return {each.name: secret(each.name) for each in table[Secret] if each.name == CLUSTER}


def history(model: Model, table: Table) -> dict[str, str]:
    """Return the secrets by which figures are kept for long."""
    kept = _kept(model)
    return {each.name: secret(each.name) for each in table[Secret] if each.name in kept}


def receivers(model: Model, table: Table) -> dict[str, str]:
    """Return the secrets by which people are told."""
    told = _told(model)
    return {each.name: secret(each.name) for each in table[Secret] if each.name in told}


def _told(model: Model) -> frozenset[str]:
    all_ = [each.notify for each in model.environments if each.notify]
    return _named(value for told in all_ for value in (told.slack, told.webhook, told.smtp))


def _kept(model: Model) -> frozenset[str]:
    return _named(each.monitoring.history for each in model.environments if each.monitoring)


def _named(values: Iterable[Any]) -> frozenset[str]:
    """Return the names of variables in what may hold `{"secret": NAME}` anywhere."""
    found: set[str] = set()
    for value in values:
        if isinstance(value, Mapping):
            own = {value[kind] for kind in ("env", "secret") if isinstance(value.get(kind), str)}
            found |= own or _named(value.values())
    return frozenset(found)
