"""What the runbook says of watching: what to load where, and what an alert means by itself."""

from collections.abc import Iterator, Sequence

from mlopsc.targets.monitoring.human import duration
from mlopsc.targets.monitoring.installed import COOLDOWN, FOLDER, listens, rolls_back
from mlopsc.targets.monitoring.receivers import is_told
from mlopsc.targets.monitoring.rule import KEEP_FIRING
from mlopsc.targets.monitoring.watched import Watched


def words(places: Sequence[Watched]) -> Iterator[str]:
    """Yield the lines."""
    for place in places:
        where = f" ({place.environment.name})" if place.environment.name else ""
        if place.monitoring.form == "operator":
            yield f"kubectl apply -f {place.folder}/: rules and scraping by the operator{where}."
        else:
            yield f"{place.folder}/rules.yml is loaded by Prometheus; prometheus.yml is an example{where}."
    yield "make test-alerts tests each alert with promtool, which Prometheus brings."
    yield "Failed are 5xx and 422: no prediction came. Other 4xx are the caller's, and counted apart."
    stays = duration(KEEP_FIRING)
    yield f"An alert is silent at exactly its threshold, and stays {stays} after its cause is gone."
    if any(is_told(place) for place in places):
        yield "A page comes at once and again each hour, a warning once a day; a page silences its warnings."
        folder = f"{FOLDER}/{'-'.join(places[-1].scope.values())}"
        yield f"Once: install -d -o prometheus -m 0700 {folder} (the user of Alertmanager), as root."
        yield "Then, as root, make alertmanager: secrets go from .env to files that this user alone may read."
    if any(rolls_back(place) for place in places):
        yield f"An alert may roll back once in {duration(COOLDOWN)}, without approval; people are told."
    if any(listens(place) for place in places):
        yield "make on-alert must run on the host of Alertmanager, as a service of systemd, say."
