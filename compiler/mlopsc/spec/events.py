"""Events between the parts of the system."""

from typing import Literal

from pydantic import Field

from mlopsc.spec.base import Section
from mlopsc.spec.units.text import Command, Text, Word


class Consumer(Section):
    """A service of your own that is called for each event, with the same guarantees as ours."""

    topic: Text = Field(description="Topic that it reads.", examples=["model-ready"])
    cmd: Command = Field(description="Command that handles one event.", examples=["python src/explain.py"])


class Events(Section):
    """A broker and who listens to it."""

    broker: Literal["kafka", "rabbitmq", "embedded"] = Field(
        description="What carries events; `embedded` needs no server.", examples=["kafka"]
    )
    consumers: dict[Word, Consumer] = Field(
        {},
        description="Your own consumers by name.",
        examples=[{"explain": {"topic": "model-ready", "cmd": "python src/explain.py"}}],
    )
