"""What the database must say of labels and values that were written to it, from its documentation alone."""

import math
import urllib.request
from collections.abc import Mapping

from tests.engines.influxdb.database import KEY, Database

ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f", "\v": "\\v", "\0": "\\0"}


def expected(values: Mapping[str, float]) -> dict[str, float]:
    """Return the numbers by what their labels have become; of two labels that became one, the later counts."""
    found = {}
    for label, value in values.items():
        plain = "".join(ESCAPES.get(sign, sign) for sign in label)
        if math.isfinite(value):
            found[f"{plain}_" if plain.endswith("\\") else plain] = value
    return found


def written(database: Database, name: str, points: list[str]) -> None:
    """Write lines to a database as its administrator."""
    request = urllib.request.Request(
        f"{database.url}/write?db={name}", "\n".join(points).encode(), {"Authorization": KEY}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 204
