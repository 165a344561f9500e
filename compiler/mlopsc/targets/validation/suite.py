"""Short forms of the spec -> the expectations of Great Expectations."""

from collections.abc import Iterator, Mapping
from typing import Any

from mlopsc.model import Column, Model

Expectation = dict[str, Any]


def suite(model: Model) -> dict[str, Any]:
    """Return config/suite.json: what Great Expectations reads, and under `meta` what our program adds.

    Great Expectations passes an all-null column and an empty frame; `meta.checked` names the
    columns that must hold at least one value, and a minimum of one row always stands.
    """
    validation = model.validation
    if validation is None:
        raise ValueError("the spec has no validation section")
    rows = _bounds(max(validation.min_rows or 1, 1), validation.max_rows)
    return {
        "name": model.name,
        "expectations": [
            _expect("expect_table_row_count_to_be_between", **rows),
            *(e for column in validation.columns for e in _column(column)),
            *map(_own, validation.expectations),
        ],
        "meta": {
            "data": {"path": model.data.path, "format": model.data.format},
            "on_failure": validation.on_failure,
            "types": {c.name: c.type for c in validation.columns if c.type},
            "checked": [c.name for c in validation.columns if _has_value_checks(c)],
        },
    }


def _column(column: Column) -> Iterator[Expectation]:
    name = column.name
    some = {"mostly": column.mostly} if column.mostly < 1 else {}
    yield _expect("expect_column_to_exist", column=name)
    if column.nulls < 1:
        share = {"mostly": round(1 - column.nulls, 12)} if column.nulls else {}
        yield _expect("expect_column_values_to_not_be_null", column=name, **share)
    if column.unique:
        yield _expect("expect_column_values_to_be_unique", column=name, **some)
    if column.low is not None or column.high is not None:
        bounds = _bounds(column.low, column.high)
        yield _expect("expect_column_values_to_be_between", column=name, **bounds, **some)
    if column.allowed:
        values = list(column.allowed)
        yield _expect("expect_column_values_to_be_in_set", column=name, value_set=values, **some)
    if column.matches:
        yield _expect("expect_column_values_to_match_regex", column=name, regex=column.matches, **some)


def _own(written: Mapping[str, Any]) -> Expectation:
    return _expect(written["type"], **{key: value for key, value in written.items() if key != "type"})


def _expect(name: str, /, **kwargs: Any) -> Expectation:
    return {"type": name, "kwargs": kwargs}


def _bounds(low: Any, high: Any) -> Expectation:
    return {key: value for key, value in (("min_value", low), ("max_value", high)) if value is not None}


def _has_value_checks(column: Column) -> bool:
    bounded = column.low is not None or column.high is not None
    return bool(column.type or column.unique or bounded or column.allowed or column.matches)
