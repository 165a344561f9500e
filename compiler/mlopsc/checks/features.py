"""Features: each belongs to an entity, has a time, and comes from somewhere."""

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View

if TYPE_CHECKING:
    from mlopsc.spec.features import Features, Stream
    from mlopsc.spec.features import View as Batch

Table = tuple[Path, "Batch | Stream"]


def something(view: View) -> Iterator[Diagnostic]:
    """There are features, and no entity without (M306, M307)."""
    written = view.spec.features
    if written is None:
        return
    if not written.views and not written.streams:
        hint = "add a view with its `entity`, `source` and `fields`"
        yield Diagnostic("M306", "`features` has no features", ("features",), hint=hint, on_key=True)
        return
    used = {table.entity for _, table in _tables(written)}
    for name in written.entities:
        if name not in used and used <= written.entities.keys():
            hint = "remove it, or name it as the `entity` of a view"
            at = ("features", "entities", name)
            yield Diagnostic("M307", f"no feature belongs to the entity `{name}`", at, hint=hint, on_key=True)


def tables(view: View) -> Iterator[Diagnostic]:
    """Each view and stream is whole (M302, M304, M310)."""
    written = view.spec.features
    seen: set[str] = set()
    for at, table in _tables(written) if written else ():
        yield from _entity(at, table, written)
        if not table.source.timestamp and not (view.spec.data and view.spec.data.timestamp):
            hint = "add `timestamp: event_timestamp` to the source, or to `data` for all"
            message = f"`{at[-1]}` needs a `timestamp`: when did a value become known?"
            yield Diagnostic("M302", message, (*at, "source"), hint=hint, on_key=True)
        if str(at[-1]) in seen:
            message = f"`{at[-1]}` is a view and a stream"
            yield Diagnostic("M304", message, at, hint="rename one of them", on_key=True)
        seen.add(str(at[-1]))


def streams(view: View) -> Iterator[Diagnostic]:
    """Streams are read from Kafka (M302)."""
    spec = view.spec
    kafka = (spec.events and spec.events.broker == "kafka") or (spec.connections and spec.connections.kafka)
    if spec.features and spec.features.streams and not kafka:
        servers = "`connections: {kafka: {servers: {env: KAFKA_BOOTSTRAP_SERVERS}}}`"
        hint = f"add `events: {{broker: kafka}}`, or {servers}"
        message = "features from a stream need Kafka"
        yield Diagnostic("M302", message, ("features", "streams"), hint=hint, on_key=True)


def _entity(at: Path, table: "Batch | Stream", features: "Features | None") -> Iterator[Diagnostic]:
    known = features.entities if features else {}
    if table.entity not in known:
        from mlopsc.spec.suggest import did_you_mean

        hint = did_you_mean(table.entity, known) or f"there is {', '.join(f'`{name}`' for name in known)}"
        yield Diagnostic("M310", f"no entity is called `{table.entity}`", (*at, "entity"), hint=hint)
    elif (key := known[table.entity].join_key) in table.fields:
        message = f"`{key}` is the key of `{table.entity}`, and a feature"
        yield Diagnostic("M304", message, (*at, "fields", key), hint="remove it from `fields`", on_key=True)


def _tables(features: "Features") -> Iterator[Table]:
    batches: Iterator[Table] = ((("features", "views", name), view) for name, view in features.views.items())
    streams: Iterator[Table] = (
        (("features", "streams", name), view) for name, view in features.streams.items()
    )
    return chain(batches, streams)


RULES = (something, tables, streams)
