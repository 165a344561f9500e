"""The language of Argo's conditions (expr-lang.org), as far as ours use it: what holds for a result.

    holds("len(result) > 0 && result[0] <= 0.01", [0.02])  # False

An index beyond the end is an error, as there; && and || look no further than they must. What the language has
and this reader has not is refused, so that no condition is judged by a guess.
"""

import ast
import math
from typing import Any

CALLS = {"len": len, "isNaN": math.isnan}
COMPARES = {
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Eq: lambda a, b: a == b,
}


def holds(condition: str, result: list[float]) -> bool:
    """Say whether a condition holds; raise IndexError or ValueError where Argo would report an error."""
    text = condition.replace("&&", " and ").replace("||", " or ").replace("!", " not ")
    found = _value(ast.parse(text, mode="eval").body, result)
    if not isinstance(found, bool):
        raise ValueError(f"{condition!r} is no condition")
    return found


def _value(node: ast.expr, result: list[float]) -> Any:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_value(each, result) for each in values)
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_value(each, result) for each in values)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return not _value(inner, result)
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return COMPARES[type(operator)](_value(left, result), _value(right, result))
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]):
            return CALLS[name](_value(argument, result))
        case ast.Subscript(value=inner, slice=index):
            return _value(inner, result)[_value(index, result)]
        case ast.Name(id="result"):
            return result
        case ast.Constant(value=int() | float() as number):
            return number
    raise ValueError(f"{ast.dump(node)} is not in this reader")
