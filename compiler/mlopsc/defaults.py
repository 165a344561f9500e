"""Defaults that depend on other values; each is decided here, once, for `resolve`, `checks` and `show`."""

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mlopsc.diagnostics import Path

if TYPE_CHECKING:
    from mlopsc.spec import Spec
    from mlopsc.spec.validation import Column

_GLOB = re.compile(r"[*?\[]")


def decided(spec: "Spec") -> Iterator[tuple[Path, Any, str]]:
    """Yield (path, value, reason) for every default that follows from the rest of the spec."""
    if spec.scheduler is None and spec.model:
        yield ("scheduler",), scheduler(spec), _scheduler_reason(spec)
    if spec.data and spec.data.format is None and data_format(spec):
        yield ("data", "format"), data_format(spec), "by the suffix of `data.path`"
    for name, column in spec.validation.columns.items() if spec.validation else ():
        if column.type is None and column_type(column):
            yield (
                ("validation", "columns", name, "type"),
                column_type(column),
                "by the values that it is compared with",
            )
    if spec.tracking and spec.tracking.experiment is None and spec.model:
        yield ("tracking", "experiment"), spec.model.name, "the model's name"


def scheduler(spec: "Spec") -> str:
    """Return who runs scheduled work: airflow where that section is, else the CI provider, else cron."""
    if spec.scheduler:
        return spec.scheduler
    if spec.airflow:
        return "airflow"
    return spec.ci.provider if spec.ci and spec.ci.provider else "cron"


def data_format(spec: "Spec") -> str:
    """Return csv or parquet, or an empty string where the path does not say."""
    if spec.data is None:
        return ""
    if spec.data.format:
        return spec.data.format
    suffix = posixpath.splitext(spec.data.path.removesuffix(".gz"))[1]
    return {".csv": "csv", ".parquet": "parquet", ".pq": "parquet"}.get(suffix, "")


def column_type(column: "Column") -> str:
    """Return a column's logical type: as written, else as the values that it is compared with, else empty."""
    if column.type:
        return column.type
    if column.matches:
        return "string"
    bounds = [bound for bound in (*(column.between or ()), column.min, column.max) if bound is not None]
    kinds = {type(value) for value in (*(column.in_ or ()), *bounds)}
    if kinds == {str}:
        return "timestamp" if bounds else "string"
    if kinds == {bool}:
        return "boolean"
    return "number" if kinds and kinds <= {int, float} else ""


def protocol(path: str) -> str:
    """Return the protocol of a URL, or an empty string for a path."""
    return path.partition("://")[0] if "://" in path else ""


def many_files(path: str) -> bool:
    """Say whether a data path is a glob or a folder."""
    return bool(_GLOB.search(path)) or path.endswith("/")


def _scheduler_reason(spec: "Spec") -> str:
    if spec.airflow:
        return "the spec has an `airflow` section"
    return "as `ci.provider`" if spec.ci and spec.ci.provider else "nothing else runs scheduled work"
