"""What a model answered and what came, as numbers: amounts, probabilities, or codes of classes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from label_metrics import CLASSES, METRICS
from prediction_rows import PREDICTION, predicted

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

CLASS, NUMBER, PROBABILITY, NOTHING = "class", "number", "probability", "nothing"
# Where the answer has several parts, these are the class and the probability of the positive one.
COLUMNS = {
    CLASS: ("prediction", "prediction_prediction", "prediction_class", "prediction_label"),
    NUMBER: ("prediction", "prediction_prediction", "prediction_value", "prediction_0"),
    PROBABILITY: ("probability", "prediction_probability", "prediction_1", "prediction"),
}
# An answer may be True where the outcome is 1.
SAME = {"true": "1", "false": "0"}
NULLS = ("", "nan", "none", "null", "na", "n/a", "<na>")


def needs(metric: str) -> str:
    """Return what a metric needs of an answer; nothing where it is the mean of the outcomes."""
    if metric not in METRICS:
        return NOTHING
    return CLASS if metric in CLASSES else PROBABILITY if metric in _OF_PROBABILITIES else NUMBER


def column(names: Iterable[str], metric: str) -> str:
    """Return the column of the log with what a metric needs; raise ValueError where there is none."""
    kind = needs(metric)
    there = [str(name) for name in names]
    found = next((name for name in COLUMNS.get(kind, ()) if name in there), "")
    if not found and kind != NOTHING:
        held = ", ".join(filter(predicted, there)) or "none"
        raise ValueError(f"{metric} needs a {kind} in the column {PREDICTION}; the log's answers are: {held}")
    return found


class Codes:
    """Reads text as numbers; classes get numbers of their own, which are the same on both sides."""

    def __init__(self, kind: str) -> None:
        """Take what is read."""
        self.kind, self.known = kind, dict[str, int]()

    def read(self, values: pd.Series[str]) -> NDArray[Any]:
        """Return a number for each text; NaN for none, and for what is no number where one is needed."""
        import numpy as np
        import pandas as pd

        if self.kind == CLASS:
            codes, texts = pd.factorize(values)
            numbers = np.array([self._code(str(text)) for text in texts] or [np.nan])
            found: NDArray[Any] = numbers[codes]
            return found
        plain = values.str.strip().str.lower()
        read = pd.to_numeric(plain.map(SAME).fillna(plain), errors="coerce").to_numpy(float)
        return np.where(np.isfinite(read), read, np.nan)

    def placed(self, codes: NDArray[Any]) -> NDArray[Any]:
        """Return codes as places in the order of classes: numbers by size, then names."""
        import numpy as np

        places = np.full(len(self.known) + 1, np.nan)
        places[[self.known[name] for name in sorted(self.known, key=_order)]] = np.arange(len(self.known))
        # The last place is that of what has none.
        found: NDArray[Any] = places[np.nan_to_num(codes, nan=len(self.known)).astype(int)]
        return found

    def _code(self, text: str) -> float:
        word = text.strip().lower()
        if word in NULLS:
            return float("nan")
        return self.known.setdefault(_plain(SAME.get(word, word)), len(self.known))


def _plain(text: str) -> str:
    """Return a class in one spelling: 1.0 is 1."""
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() else str(number)


def _order(name: str) -> tuple[bool, float, str]:
    try:
        return False, float(name), name
    except ValueError:
        return True, 0.0, name


_OF_PROBABILITIES = ("roc_auc", "log_loss", "brier_score")
