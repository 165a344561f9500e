"""The readers of these tests read as Argo and Prometheus do, and refuse what they do not know."""

import math

import pytest

from tests.engines.providers.conditions import holds
from tests.engines.providers.promql import answer


@pytest.mark.parametrize(
    ("condition", "result", "wanted"),
    [
        ("result[0] <= 0.01", [0.01], True),
        ("result[0] > 0.01", [0.01], False),
        # docs/features/analysis.md, "NaN and Infinity": no comparison holds for it.
        ("result[0] >= 0.95", [math.nan], False),
        ("result[0] < 0.95", [math.nan], False),
        ("isNaN(result[0]) || result[0] >= 0.95", [math.nan], True),
        # "Empty array": the right side of && and || is not looked at.
        ("len(result) > 0 && result[0] >= 0.95", [], False),
        ("len(result) == 0 || result[0] >= 0.95", [], True),
        ("len(result) > 0 && !isNaN(result[0]) && result[0] <= 1", [0.5], True),
    ],
)
def test_a_condition_means_what_the_documentation_says(
    condition: str, result: list[float], wanted: bool
) -> None:
    assert holds(condition, result) is wanted


def test_an_index_beyond_the_end_is_an_error() -> None:
    with pytest.raises(IndexError):
        holds("result[0] > 1", [])


@pytest.mark.parametrize(
    "condition", ["result[0]", "result.x > 1", "any(result, {# > 1})", "result[0] in [1]"]
)
def test_a_condition_that_is_not_understood_is_refused(condition: str) -> None:
    with pytest.raises((ValueError, SyntaxError, KeyError)):
        holds(condition, [1.0])


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ('sum(increase(known{a="b"}[60s]))', [6.0]),
        ('sum(increase(unknown{a="b"}[60s]))', []),
        (
            '(sum(increase(unknown{a="b"}[60s])) or vector(0)) / (sum(increase(known{a="b"}[60s])) >= 6)',
            [0.0],
        ),
        ('sum(increase(known{a="b"}[60s])) / (sum(increase(known{a="b"}[60s])) >= 7)', []),
        (
            'sum(increase(known{a="b"}[60s])) - 0.5 * clamp_min(sum(increase(known{a="b"}[60s])), 8) - 4',
            [-2.0],
        ),
    ],
)
def test_a_query_is_answered_as_prometheus_answers_it(query: str, wanted: list[float]) -> None:
    assert answer(query, lambda name, _matchers, _window: 6.0 if name == "known" else None) == wanted


def test_a_query_that_is_not_understood_is_refused() -> None:
    with pytest.raises(ValueError):
        answer("rate(known[1m])", lambda *_selected: 1.0)
