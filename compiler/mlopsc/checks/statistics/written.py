"""How figures are written in sentences: shares, chances, times, numbers of rows and of requests."""

import math
from collections.abc import Iterable

_LEAST, _MOST = 1e-8, 0.999


def chance(probability: float) -> str:
    """Return a probability in percent, with two digits that matter."""
    if probability < _LEAST:
        return f"less than {share(_LEAST)}"
    if probability > _MOST:
        return f"more than {share(_MOST)}"
    percent = probability * 100
    text = f"{percent:.{max(0, 1 - math.floor(math.log10(percent)))}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def share(value: float) -> str:
    """Return a share in percent, as it would be written in a spec."""
    text = f"{value * 100:.8f}"
    return f"{text.rstrip('0').rstrip('.')}%"


def amount(number: float) -> str:
    """Return a number of requests with three digits that matter."""
    return f"{float(f'{number:.3g}'):,.0f}" if number >= 1 else f"{number:.1g}"


def duration(seconds: int) -> str:
    """Return seconds as a spec has them: `10m`, `2h`, `90s`."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def listed(parts: Iterable[str]) -> str:
    """Return `a`, `a and b`, or `a, b and c`."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def count(number: int) -> str:
    """Return a number of rows with three digits that matter, rounded up."""
    unit = 10 ** max(0, len(str(number)) - 3)
    return f"{-(-number // unit) * unit:,}"
