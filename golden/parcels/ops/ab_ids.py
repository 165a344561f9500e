"""Ids as they are compared: those of requests in the log with those of outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def names(values: pd.Series[str]) -> pd.Series[str]:
    """Return ids as serving/arms.py compares them: 7, 7.0 and " 7 " are one, 007 is another."""
    return values.str.strip(" \t\r\n\f\v").str.replace(r"\A(-?[0-9]+)\.0+\Z", r"\1", regex=True)


def keys(values: pd.Series[str]) -> NDArray[Any]:
    """Return a hash of 64 bits for each id: of ten million, two are alike with probability 3e-6."""
    import pandas as pd

    return pd.util.hash_array(names(values).to_numpy(dtype=object))
