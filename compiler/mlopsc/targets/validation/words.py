"""The suite in words, for the runbook."""

from mlopsc.model import Column, Validation


def in_words(validation: Validation, path: str) -> tuple[str, ...]:
    """Return one line per rule, as a person would say it."""
    rows = _rows(validation)
    more = len(validation.expectations)
    return (
        f"{path} is {'blocked' if validation.on_failure == 'block' else 'reported'} when it breaks a rule.",
        *([rows] if rows else []),
        *(_column(column) for column in validation.columns),
        *([f"{more} more expectations of Great Expectations, see config/suite.json."] if more > 1 else []),
        *(["1 more expectation of Great Expectations, see config/suite.json."] if more == 1 else []),
    )


def _rows(validation: Validation) -> str:
    low, high = validation.min_rows, validation.max_rows
    if low is not None and high is not None:
        return f"Rows: {low} to {high}."
    if high is not None:
        return f"Rows: at most {high}."
    return f"Rows: at least {low}." if low is not None else ""


def _column(column: Column) -> str:
    rules = [
        column.type,
        "no nulls"
        if column.nulls == 0
        else f"at most {_percent(column.nulls)} null"
        if column.nulls < 1
        else "",
        "unique" if column.unique else "",
        _between(column),
        f"one of {', '.join(str(v) for v in column.allowed)}" if column.allowed else "",
        f"matches {column.matches}" if column.matches else "",
        f"for at least {_percent(column.mostly)} of the values" if column.mostly < 1 else "",
    ]
    said = "; ".join(rule for rule in rules if rule)
    return f"{column.name}: {said or 'must be there'}."


def _between(column: Column) -> str:
    if column.low is not None and column.high is not None:
        return f"{column.low} to {column.high}"
    if column.low is not None:
        return f"at least {column.low}"
    return f"at most {column.high}" if column.high is not None else ""


def _percent(share: float) -> str:
    return f"{share * 100:.6g}%"
