"""Batch scoring."""

from typing import Any, ClassVar

from pydantic import Field

from mlopsc.spec.base import Opt, Section
from mlopsc.spec.shorthand import Shorthand
from mlopsc.spec.units.figures import Change
from mlopsc.spec.units.schedules import Schedule
from mlopsc.spec.units.text import Command, Location


class Compare(Shorthand):
    """The candidate scores too before it is promoted; `true` reports the difference only."""

    short: ClassVar[dict[str, Any]] = {"const": True}
    words: ClassVar[str] = "`true` or a mapping with `max`"

    max: Opt[Change] = Field(
        None,
        description="Largest mean difference that is still promoted. Of numbers: the mean of |candidate - "
        "champion|, `5%` is relative to the mean of |champion|. Of classes: the share of rows whose class "
        "changes.",
        examples=["5%", 10],
    )

    @classmethod
    def expand(cls, raw: Any) -> dict[str, Any] | None:
        """`true` sets no limit."""
        return {} if raw is True else None

    def contract(self) -> Any:
        """Without a limit it is `true`."""
        return True if self.max is None else None


class Scoring(Section):
    """Runs the champion over a table, regularly."""

    cmd: Command = Field(description="Command that scores.", examples=["python src/score.py"])
    input: Location = Field(description="What it reads.", examples=["data/score.parquet"])
    output: Location = Field(description="What it writes.", examples=["data/scores.parquet"])
    schedule: Opt[Schedule] = Field(
        None, description="When it runs; by hand unless set.", examples=["weekly"]
    )
    compare: Opt[Compare] = Field(
        None,
        description="`true`: the candidate scores too, the difference is reported, then it is promoted; "
        "`max` refuses when the difference is larger.",
        examples=[True, {"max": "5%"}],
    )
