"""What a dashboard asks Prometheus: its expressions as Grafana sends them, and the series that they name."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import promql_parser

# What Grafana puts in their place.
VARIABLES = {"$__rate_interval": "5m", "$environment": "production", "$model": "churn"}
OF_HISTOGRAMS = re.compile(r"_(bucket|sum|count)$")


def expressions(dashboard: Mapping[str, Any], values: Mapping[str, str] = VARIABLES) -> Iterator[str]:
    """Yield each expression of the panels, with the variables replaced."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield sent(target["expr"], values)


def sent(text: str, values: Mapping[str, str] = VARIABLES) -> str:
    """Return an expression as Grafana sends it."""
    for name, value in values.items():
        text = text.replace(name, value)
    assert "$" not in text, f"{text} has a variable that nobody replaces"
    return text


def selected(expression: str) -> set[str]:
    """Return the names of the series that an expression asks; raise ValueError where it is no PromQL."""
    return set(_names(promql_parser.parse(expression)))


def _names(expr: Any) -> Iterator[str]:
    match expr:
        case promql_parser.VectorSelector():
            yield expr.name
        case promql_parser.MatrixSelector():
            yield expr.vector_selector.name
        case promql_parser.Call():
            for each in expr.args:
                yield from _names(each)
        case promql_parser.AggregateExpr() | promql_parser.ParenExpr():
            yield from _names(expr.expr)
        case promql_parser.BinaryExpr():
            yield from _names(expr.lhs)
            yield from _names(expr.rhs)
        case promql_parser.NumberLiteral():
            pass
        case _:
            raise AssertionError(f"what does {type(expr).__name__} ask?")


def queried(dashboard: Mapping[str, Any]) -> set[str]:
    """Return the metrics that the variables are filled from."""
    texts = [each["query"] for each in dashboard["templating"]["list"] if each["type"] == "query"]
    shape = r'label_values\((?:(\w+)|\{__name__=~"([\w|]+)"(?:,model="\$model")?\}), (?:model|environment)\)'
    found = [re.fullmatch(shape, text) for text in texts]
    assert all(found), texts
    return {name for each in found if each for name in (each[1] or each[2]).split("|")}
