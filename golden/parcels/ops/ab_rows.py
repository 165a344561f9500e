"""The log of predictions as numbers: of each row its id, time, version, arm and answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ab_ids import keys
from ab_values import NOTHING, Codes, column, needs
from prediction_rows import Wanted, files_since, rows

if TYPE_CHECKING:
    import pandas as pd

ARM, VERSION = "arm", "version"
ARMS = ("control", "treatment")
KEY, TIME, NEW, TREATED, VALUE = "key", "time", "new", "treated", "value"


@dataclass
class Counts:
    """What is counted while the log is read: rows by version, without id or arm, and without a time."""

    versions: Counter[str] = field(default_factory=Counter)
    nobody: int = 0
    undated: int = 0


def numbers(
    config: dict[str, Any], version: str, span: tuple[float, float], codes: Codes, counts: Counts
) -> Iterator[pd.DataFrame]:
    """Yield the rows of the test, some at a time: its key, time, whether the candidate answered, and so on.

    `span` is from when on and before when, in seconds since 1970. Raises FileNotFoundError where the log
    has no file, MalformedError for one that is none, ValueError where it lacks what the metric needs.
    """
    test = config["ab_test"]
    wanted = Wanted(test["format"], (test["time"], VERSION, test["id"]), (ARM, "probability"))
    place = config["serving"]["prediction_log"]["path"]
    for file in files_since(place, wanted.suffix, datetime.fromtimestamp(span[0], UTC)):
        for chunk in rows(file, wanted):
            time = _seconds(chunk[test["time"]])
            counts.undated += int(time.isna().sum())
            within = (time >= span[0]) & (time < span[1])
            if ARM not in chunk and within.any():
                raise ValueError(f"{file} has no column {ARM}: its image is from before the A/B test")
            if within.any():
                yield _part(chunk[within], time[within], test, version, codes, counts)


def _part(
    chunk: pd.DataFrame,
    time: pd.Series[float],
    test: dict[str, Any],
    version: str,
    codes: Codes,
    counts: Counts,
) -> pd.DataFrame:
    import pandas as pd

    answer = column(chunk.columns, test["metric"])
    known = chunk[ARM].isin(ARMS) & (chunk[test["id"]].str.strip() != "")
    counts.nobody += int((~known).sum())
    chunk, time = chunk[known], time[known]
    new = chunk[VERSION] == version
    counts.versions.update(chunk[VERSION][~new].tolist())
    return pd.DataFrame(
        {
            KEY: keys(chunk[test["id"]]),
            TIME: time.to_numpy(),
            NEW: new.to_numpy(),
            TREATED: (chunk[ARM] == ARMS[1]).to_numpy(),
            VALUE: 0.0 if needs(test["metric"]) == NOTHING else codes.read(chunk[answer]),
        }
    )


def _seconds(values: pd.Series[str]) -> pd.Series[float]:
    """Return times as seconds since 1970, NaN for what is none; those without a zone are UTC."""
    import pandas as pd

    times = pd.to_datetime(values, format="ISO8601", utc=True, errors="coerce")
    return (times - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(seconds=1)
