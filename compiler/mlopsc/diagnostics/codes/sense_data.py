"""M32x: data and its checks."""

from mlopsc.diagnostics.codes.base import Code


class M320(Code):
    """How the data is read cannot be told from its path.

    The suffix of one file says whether it is csv or parquet; a folder, a pattern or another suffix does
    not. A URL needs a protocol that a pinned package speaks.

    Fix: add `format: csv` or `format: parquet`, or correct the protocol.
    """

    title = "unknown format"
    example = "data: {path: data/customers/}"


class M321(Code):
    """A check or threshold does not fit what it is applied to.

    Text has no bounds, numbers match no pattern, a latency is no percentage: such a check could never
    pass, or never fail.

    Fix: use a check that fits the type, or correct the type or unit.
    """

    title = "does not fit"
    example = "validation:\n  columns:\n    email: {type: string, between: [0, 120]}"


class M322(Code):
    """Great Expectations has no expectation of this name.

    It would be dropped in silence when the suite runs, and the check that was asked for would never
    happen.

    Fix: correct the name; the gallery of Great Expectations 1.x lists them all.
    """

    title = "unknown expectation"
    example = "validation: {expectations: [{type: expect_column_values_to_be_uniqe, column: customer_id}]}"


class M323(Code):
    """An expectation lacks a keyword that it needs, or has one that it does not know.

    Great Expectations would refuse the suite when it runs, which is later than now.

    Fix: correct the keyword; the hint lists those of this expectation.
    """

    title = "keywords of an expectation"
    example = "validation: {expectations: [{type: expect_column_values_to_be_unique, colum: customer_id}]}"


class M324(Code):
    """The column that is predicted is also an input of the service.

    A caller cannot know it, and a model that was trained with it has learned to copy the answer.

    Fix: remove the column from `serving.inputs`.
    """

    title = "target among the inputs"
    severity = "warning"
    example = """\
data: {path: data/customers.csv, target: churned}
serving: {inputs: {age: integer, churned: boolean}}"""
