"""Answers queries as Prometheus does, for figures that a test knows: parsed by a real parser of PromQL.

Only what our queries are made of: sums of increases, which have no labels, and arithmetic of them. A vector is
a number, or None where it is empty; what else the language has is refused.
"""

import math
from collections.abc import Callable
from typing import Any

import promql_parser as ql

# How much the counters that have such labels grew in so many seconds; None where there are none.
Grown = Callable[[str, dict[str, tuple[str, str]], float], float | None]


def answer(query: str, grown: Grown) -> list[float]:
    """Return the samples of an instant query."""
    found = _value(ql.parse(query), grown)
    return [] if found is None else [found]


def _value(node: Any, grown: Grown) -> float | None:
    match node:
        case ql.NumberLiteral():
            return float(node.val)
        case ql.ParenExpr():
            return _value(node.expr, grown)
        case ql.BinaryExpr():
            return _binary(str(node.op), _value(node.lhs, grown), _value(node.rhs, grown))
        case ql.AggregateExpr() if str(node.op) == "sum" and node.modifier is None:
            return _increase(node.expr, grown)
        case ql.Call():
            arguments = [_value(each, grown) for each in node.args]
            return _call(node.func.name, arguments)
    raise ValueError(f"{type(node).__name__} is not in this reader")


def _call(name: str, arguments: list[float | None]) -> float | None:
    if name == "vector":
        return arguments[0]
    if None in arguments:
        return None
    first, *more = (each for each in arguments if each is not None)
    if name == "sqrt":
        return math.sqrt(first) if first >= 0 else math.nan
    if name == "clamp_min":
        return max(first, *more)
    raise ValueError(f"{name} is not in this reader")


def _binary(operator: str, left: float | None, right: float | None) -> float | None:
    if operator == "or":
        return right if left is None else left
    if left is None or right is None:
        return None
    if operator == ">=":
        return left if left >= right else None
    if operator == "/":
        return (
            left / right
            if right
            else math.nan
            if not left or math.isnan(left)
            else math.copysign(math.inf, left)
        )
    return {"-": left - right, "+": left + right, "*": left * right}[operator]


def _increase(node: Any, grown: Grown) -> float | None:
    assert isinstance(node, ql.Call) and node.func.name == "increase", node
    (matrix,) = node.args
    selector = matrix.vector_selector
    matchers = {each.name: (str(each.op), each.value) for each in selector.matchers.matchers}
    return grown(selector.name, matchers, matrix.range.total_seconds())
