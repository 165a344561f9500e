"""PromQL, put together from a few small functions; every value of a spec is quoted here.

A scope is the labels that all series of one model in one environment share.
"""

import json
from collections.abc import Iterable, Mapping

Scope = Mapping[str, str]

# What is left of each figure: over copies of the service, and over versions.
BY = "model, environment"
# For a caller both are a prediction that did not come; a version with wrong inputs shows as 422 alone.
ERRORS = "5..|422"
# One in a hundred million: a computed share equals a written one only when both are rounded.
_SHARE = "0.00000001"
_MICROSECOND = "0.000001"


def series(name: str, scope: Scope, *more: str) -> str:
    """Return the selector of a metric's series; `more` are matchers of further labels."""
    matchers = [*(matcher(label, value) for label, value in scope.items()), *more]
    return f"{name}{{{', '.join(matchers)}}}"


def matcher(label: str, value: str, operator: str = "=") -> str:
    """Return a matcher; a text of JSON is one of Go, and so of PromQL."""
    return f"{label}{operator}{json.dumps(value, ensure_ascii=False)}"


def per_second(selected: str, window: str) -> str:
    """Return how fast counters grow, over all copies and versions."""
    return f"sum by ({BY}) (rate({selected}[{window}]))"


def grown(selected: str, window: str) -> str:
    """Return by how much counters have grown, over all copies and versions."""
    return f"sum by ({BY}) (increase({selected}[{window}]))"


def spread(selected: str, window: str) -> str:
    """Return how fast the buckets of a histogram grow, over all copies and versions."""
    return f"sum by ({BY}, le) (rate({selected}[{window}]))"


def quantile(share: float, buckets: str) -> str:
    """Return a quantile of a histogram in seconds; without requests NaN, which is above nothing."""
    return f"histogram_quantile({share:g}, {buckets})"


def part(some: str, whole: str) -> str:
    """Return the share that some have in the whole; no sample where the whole is nothing."""
    return f"{some} / ({whole} > 0)"


def worst(selected: str, direction: str) -> str:
    """Return the one figure of a gauge that several may export."""
    return f"{'max' if direction == 'above' else 'min'} by ({BY}) ({selected})"


def age(selected: str) -> str:
    """Return the seconds since a time that is exported."""
    return f"time() - max by ({BY}) ({selected})"


def rounded(expression: str, unit: str) -> str:
    """Return what is computed so that it can equal a threshold; a share to 1e-8, others to 1e-6."""
    return f"round({expression}, {_SHARE if unit == 'share' else _MICROSECOND})"


def number(value: float) -> str:
    """Return a literal: the shortest that is read as this number."""
    return repr(float(value)).removesuffix(".0")


def both(conditions: Iterable[str]) -> str:
    """Return a condition that holds where all do."""
    return " and ".join(conditions)


def bucket(bound: float) -> str:
    """Return the matcher of a histogram's bound; clients write 1 also as 1.0."""
    whole = number(bound)
    return matcher("le", whole) if "." in whole else matcher("le", rf"{whole}(\.0)?", "=~")
