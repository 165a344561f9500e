"""Made-up customers for the specs and the demo: the same every time; good, faulty, or changed."""

import csv
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

COLUMNS = ("customer_id", "signed_up", "age", "plan", "email", "spend_30d", "spend_90d", "churned")
Row = dict[str, str]


@dataclass(frozen=True)
class Market:
    """What customers are like: mean age, spending against the usual, and who leaves more often."""

    age: float = 41
    spending: float = 1
    leavers: dict[str, float] = field(default_factory=dict)


USUAL = Market()
# Older customers who spend less, and now it is the basic plan that they leave.
CHANGED = Market(age=50, spending=0.5, leavers={"basic": 1.5, "team": -1.5})


def customers(count: int, seed: int = 1, market: Market = USUAL) -> list[Row]:
    """Return rows that the specs accept; a few values are missing where that is allowed."""
    chance = random.Random(seed)
    # The id tells the batches apart; it is unique over all of them.
    return [
        _customer(chance, number, f"{number:06d}" if seed == 1 else f"{seed}-{number:05d}", market)
        for number in range(count)
    ]


def write(path: Path, rows: list[Row]) -> None:
    """Write rows as CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def _customer(chance: random.Random, number: int, name: str, market: Market) -> Row:
    usual = chance.lognormvariate(3.2, 0.8)
    spend = round(usual * market.spending, 2)
    ratio = chance.uniform(1.5, 3.5)
    plan = chance.choices(("basic", "pro", "team"), (60, 30, 10))[0]
    age = min(max(round(chance.gauss(market.age, 12)), 18), 95)
    # Who spends less than before leaves, and the young rather than the old.
    leaning = 4 * (ratio - 2.9) - 0.04 * (age - 41) + market.leavers.get(plan, 0)
    return {
        "customer_id": name,
        "signed_up": (date(2023, 1, 1) + timedelta(days=chance.randrange(900))).isoformat(),
        "age": "" if number % 401 == 17 else str(age),
        "plan": plan,
        "email": f"user{number}@example.com",
        "spend_30d": f"{spend}",
        "spend_90d": f"{round(usual * ratio, 2)}",
        "churned": str(chance.random() < 1 / (1 + math.exp(-leaning))).lower(),
    }


def _set(column: str, value: str, rows: slice) -> Callable[[list[Row]], None]:
    def plant(table: list[Row]) -> None:
        for row in table[rows]:
            row[column] = value

    return plant


FAULTS: dict[str, Callable[[list[Row]], None]] = {
    "five ages are 999": _set("age", "999", slice(10, 15)),
    "two ages are words": _set("age", "unknown", slice(20, 22)),
    "a plan that does not exist": _set("plan", "gold", slice(30, 33)),
    "one customer is there three times": _set("customer_id", "2-00001", slice(40, 42)),
    "spending is negative": _set("spend_30d", "-5", slice(50, 51)),
    "80 e-mail addresses are none": _set("email", "n/a", slice(100, 180)),
    "the label is missing": _set("churned", "", slice(200, 204)),
}
"""What is planted, in words, and how."""


def planted(count: int, seed: int = 2) -> list[Row]:
    """Return customers with every fault of FAULTS."""
    rows = customers(count, seed)
    for plant in FAULTS.values():
        plant(rows)
    return rows
