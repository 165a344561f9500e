"""Level 1: what must hold of the data."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from mlopsc.spec.base import List, LogicalType, Opt, Section, Some
from mlopsc.spec.units.formats import ExpectationName, Regex
from mlopsc.spec.units.nulls import Nulls
from mlopsc.spec.units.numbers import Bound, Count, CountOrNone, Member
from mlopsc.spec.units.schedules import Schedule
from mlopsc.spec.units.shares import Ratio
from mlopsc.spec.units.text import Text


class Rows(Section):
    """How many rows the table must have."""

    min: Opt[CountOrNone] = Field(None, description="Fewest rows, inclusive.", examples=[1000])
    max: Opt[Count] = Field(None, description="Most rows, inclusive.", examples=[1000000])


class Column(Section):
    """What must hold of one column; a column that is all null never passes its value checks."""

    type: Opt[LogicalType] = Field(
        None,
        description="Logical type, not a pandas name: a whole-number column with nulls is an integer column.",
        examples=["integer"],
    )
    nulls: Nulls = Field(
        Nulls.read("allowed"),
        description="`forbidden`, `allowed`, or the highest share of nulls.",
        examples=["forbidden", "1%"],
    )
    unique: bool = Field(False, description="No value twice.", examples=[True])
    between: Opt[Annotated[tuple[Bound, Bound], Field(strict=False)]] = Field(
        None, description="Lowest and highest value, both inclusive.", examples=[[0, 120]]
    )
    min: Opt[Bound] = Field(None, description="Lowest value, inclusive.", examples=[0])
    max: Opt[Bound] = Field(None, description="Highest value, inclusive.", examples=[120])
    in_: Opt[Some[Member]] = Field(
        None, alias="in", description="The values that may stand.", examples=[["basic", "pro", "team"]]
    )
    matches: Opt[Regex] = Field(
        None, description="Regular expression that each value must match.", examples=["^[^@\\s]+@[^@\\s]+$"]
    )
    mostly: Opt[Ratio] = Field(
        None,
        description="Share of values that must pass the value checks; all of them unless set. Not for nulls.",
        examples=["99%"],
    )


class Expectation(Section):
    """Any expectation of Great Expectations, by its own name and with its own keywords."""

    model_config = ConfigDict(extra="allow")

    type: ExpectationName = Field(
        description="Name of the expectation.", examples=["expect_column_pair_values_a_to_be_greater_than_b"]
    )

    @property
    def keywords(self) -> dict[str, Any]:
        """The expectation's own keywords, as written."""
        return dict(self.model_extra or {})


class Validation(Section):
    """Checks on the data before anything trains on it."""

    rows: Opt[Rows] = Field(None, description="Bounds on the number of rows.", examples=[{"min": 1000}])
    columns: dict[Text, Column] = Field(
        {},
        description="Checks per column; a listed column must exist.",
        examples=[{"age": {"type": "integer", "between": [0, 120], "nulls": "1%"}}],
    )
    expectations: List[Expectation] = Field(
        (),
        description="Anything else that Great Expectations knows.",
        examples=[[{"type": "expect_column_mean_to_be_between", "column": "age", "min_value": 30}]],
    )
    on_failure: Literal["block", "warn"] = Field(
        "block", description="`block` stops the pipeline, `warn` lets it run.", examples=["block"]
    )
    schedule: Opt[Schedule] = Field(
        None,
        description="When to validate by itself; only on demand unless set.",
        examples=["daily at 06:00"],
    )
