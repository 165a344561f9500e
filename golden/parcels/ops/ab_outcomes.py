"""What became of the units: the last outcome of each id, found by the id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ab_ids import keys
from ab_units import Units
from ab_values import Codes
from prediction_rows import Wanted, rows
from tables import find

if TYPE_CHECKING:
    from numpy.typing import NDArray


def outcomes(config: dict[str, Any], units: Units, codes: Codes) -> NDArray[Any]:
    """Return the outcome of each unit as `codes` reads it, NaN where none has arrived.

    Of several outcomes of an id the last one counts, as files are sorted and rows stand in them. Raises
    MalformedError for what is no such table; that there is no file yet is no fault.
    """
    import numpy as np
    import pandas as pd

    found = np.full(len(units.keys), np.nan)
    order = np.argsort(units.keys, kind="stable")
    ordered = units.keys[order]
    told = config["outcomes"]
    suffix = _suffix(told["path"], config["ab_test"]["format"])
    for file in _files(told["path"], suffix):
        for chunk in rows(file, Wanted(suffix, (told["id"], told["value"]), what="table of outcomes")):
            read = pd.DataFrame({"key": keys(chunk[told["id"]]), "read": codes.read(chunk[told["value"]])})
            known = read.dropna().drop_duplicates("key", keep="last")
            places = np.searchsorted(ordered, known["key"])
            ours = places < len(ordered)
            ours[ours] = ordered[places[ours]] == known["key"].to_numpy()[ours]
            found[order[places[ours]]] = known["read"].to_numpy()[ours]
    return found


def _files(path: str, suffix: str) -> list[str]:
    try:
        return find(path, suffix)
    except FileNotFoundError:
        return []


def _suffix(path: str, default: str) -> str:
    """Return csv or parquet as a path ends, else the default."""
    ending = path.rpartition(".")[2].lower()
    return ending if ending in ("csv", "parquet") else default
