"""Features in a Feast store."""

from typing import Annotated, Literal

from pydantic import Field

from mlopsc.spec.base import Opt, Section
from mlopsc.spec.units.durations import Duration
from mlopsc.spec.units.text import Location, Text, Word

FeastType = Literal["int32", "int64", "float32", "float64", "bool", "string", "bytes", "unix_timestamp"]
Fields = Annotated[dict[Word, FeastType], Field(min_length=1)]


class Entity(Section):
    """What features belong to."""

    join_key: Text = Field(description="Column that names the entity.", examples=["customer_id"])
    type: FeastType = Field("int64", description="Feast's type of the key.", examples=["int64"])


class FileSource(Section):
    """A table of past values."""

    path: Location = Field(description="File or URL.", examples=["data/transactions.parquet"])
    timestamp: Opt[Text] = Field(
        None, description="Column with the time of a row.", examples=["event_timestamp"]
    )


class StreamSource(Section):
    """A stream of new values."""

    topic: Text = Field(description="Topic that is read.", examples=["user_events"])
    format: Literal["json"] = Field("json", description="Format of a message.", examples=["json"])
    timestamp: Opt[Text] = Field(
        None, description="Field with the time of a message.", examples=["event_timestamp"]
    )


class View(Section):
    """Features computed in batches."""

    entity: Word = Field(description="Entity that they belong to.", examples=["customer"])
    source: FileSource = Field(description="Where values come from.", examples=[{"path": "data/tx.parquet"}])
    ttl: Opt[Duration] = Field(
        None, description="How long a value is good; for ever unless set.", examples=["7d"]
    )
    fields: Fields = Field(description="Features and Feast's types.", examples=[{"avg_amount_7d": "float32"}])


class Stream(Section):
    """Features computed from events."""

    entity: Word = Field(description="Entity that they belong to.", examples=["customer"])
    source: StreamSource = Field(description="Where values come from.", examples=[{"topic": "user_events"}])
    ttl: Opt[Duration] = Field(
        None, description="How long a value is good; for ever unless set.", examples=["1h"]
    )
    fields: Fields = Field(description="Features and Feast's types.", examples=[{"event_count": "int64"}])


class Features(Section):
    """A Feast repository: entities, views, streams."""

    online_store: Literal["sqlite", "redis"] = Field(
        "sqlite", description="Where the service reads features.", examples=["redis"]
    )
    entities: Annotated[dict[Word, Entity], Field(min_length=1)] = Field(
        description="Entities by name.", examples=[{"customer": {"join_key": "customer_id", "type": "int64"}}]
    )
    views: dict[Word, View] = Field(
        {},
        description="Batch features by name of their view.",
        examples=[
            {
                "spend": {
                    "entity": "customer",
                    "source": {"path": "data/tx.parquet"},
                    "fields": {"avg": "float32"},
                }
            }
        ],
    )
    streams: dict[Word, Stream] = Field(
        {},
        description="Stream features by name of their view.",
        examples=[
            {
                "events": {
                    "entity": "customer",
                    "source": {"topic": "user_events"},
                    "fields": {"count": "int64"},
                }
            }
        ],
    )
