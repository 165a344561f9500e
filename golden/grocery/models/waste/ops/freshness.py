"""How fresh the training data is: the newest value of its timestamp."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tables import find, readable

if TYPE_CHECKING:
    import pandas as pd


def newest(data: Mapping[str, Any], now: float | None = None) -> float | None:
    """Return the time of the newest record in seconds since 1970, None if no record has a readable one.

    Reads one column. Times without a zone are UTC. Records of the future are left out: one mistyped
    year would say for ever that the data is fresh.
    """
    limit, found = time.time() if now is None else now, []
    for file in find(data["path"], data["format"]):
        times = readable(_column(file, data["format"], data["timestamp"]).dropna(), "timestamp")
        seconds = times.astype("datetime64[ns]").astype("int64") / 1e9
        if len(past := seconds[seconds <= limit]):
            found.append(float(past.max()))
    return max(found, default=None)


def _column(file: str, suffix: str, name: str) -> pd.Series[Any]:
    import pandas as pd

    if suffix == "parquet":
        return pd.read_parquet(file, columns=[name])[name]
    return pd.read_csv(file, usecols=[name], dtype={name: str})[name]
