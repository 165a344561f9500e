"""The table: what may double collapses, what may not is refused, and the order is that of the names."""

from dataclasses import replace

import pytest
from mlopsc.diagnostics import Rejected
from mlopsc.symbols import (
    Alert,
    Command,
    Dag,
    EnvVar,
    Job,
    KubernetesObject,
    Metric,
    Need,
    Note,
    Program,
    Report,
    Requirement,
    Secret,
    Stage,
    Symbol,
    Table,
    Topic,
    stamped,
)  # fmt: skip

COLLAPSE = [
    Requirement("x", "1"),
    Secret("X", "for x"),
    EnvVar("X", "for x", "1"),
    Program("ops/x.py"),
    Topic("x"),
]
REFUSE = [
    Command("x"), Report("x"), Job("x"), Stage("x"), Metric("x"), Alert("x"), KubernetesObject("Pod/x"), Dag("x"), Note("x"),
]  # fmt: skip


@pytest.mark.parametrize("symbol", COLLAPSE, ids=lambda s: type(s).__name__)
def test_equal_ones_collapse(symbol: Symbol) -> None:
    table = Table.of([stamped(symbol, "a"), stamped(symbol, "b")])
    assert table[type(symbol)] == (symbol,)
    assert table[type(symbol)][0].target == "a"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Requirement("x", "1"), Requirement("x", "2")),
        (Requirement("x", "1"), Requirement("x", "1", ("extra",))),
        (EnvVar("X", default="1"), EnvVar("X", default="2")),
        (Program("ops/x.py", shared=True), Program("ops/x.py")),
        *((symbol, symbol) for symbol in REFUSE),
    ],
)
def test_the_others_clash(one: Symbol, other: Symbol) -> None:
    at = ("plugins", "b")
    with pytest.raises(Rejected) as caught:
        Table.of([stamped(one, "a"), stamped(replace(other, at=at), "b")])
    (found,) = caught.value.diagnostics
    assert (found.code, found.path) == ("M502", at)
    assert found.message == f"the targets a and b both bring the {type(one).__name__.lower()} `{one.name}`"


def test_all_clashes_are_told() -> None:
    with pytest.raises(Rejected) as caught:
        Table.of([Command("x"), Command("x"), Metric("y"), Metric("y")])
    assert len(caught.value.diagnostics) == 2


def test_one_name_of_two_kinds_is_no_clash() -> None:
    table = Table.of([Command("drift"), Metric("drift")])
    assert Need(Command, "drift") in table and Need(Metric, "drift") in table
    assert Need(Alert, "drift") not in table


def test_the_order_is_that_of_the_names() -> None:
    symbols = [Metric("b"), Command("z"), Metric("a"), Command("y")]
    names = [symbol.name for symbol in Table.of(symbols)]
    assert names == ["y", "z", "a", "b"] == [symbol.name for symbol in Table.of(reversed(symbols))]
    assert [symbol.name for symbol in Table.of(symbols)[Metric]] == ["a", "b"]


def test_one_variable_may_serve_two_purposes() -> None:
    table = Table.of([Secret("HOOK", "Slack"), Secret("HOOK", "the webhook")])
    assert [secret.purpose for secret in table[Secret]] == ["Slack"]
