"""Made-up customers for specs/churn: the same every time, good ones and ones with planted faults."""

import csv
import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

COLUMNS = ("customer_id", "signed_up", "age", "plan", "email", "spend_30d", "spend_90d", "churned")
Row = dict[str, str]


def customers(count: int, seed: int = 1) -> list[Row]:
    """Return rows that specs/churn/mlops.yaml accepts; a few values are missing where that is allowed."""
    chance = random.Random(seed)
    return [_customer(chance, number) for number in range(count)]


def write(path: Path, rows: list[Row]) -> None:
    """Write rows as CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def _customer(chance: random.Random, number: int) -> Row:
    spend = round(chance.lognormvariate(3.2, 0.8), 2)
    plan = chance.choices(("basic", "pro", "team"), (60, 30, 10))[0]
    age = min(max(round(chance.gauss(41, 12)), 18), 95)
    return {
        "customer_id": f"{number:06d}",
        "signed_up": (date(2023, 1, 1) + timedelta(days=chance.randrange(900))).isoformat(),
        "age": "" if number % 401 == 17 else str(age),
        "plan": plan,
        "email": f"user{number}@example.com",
        "spend_30d": f"{spend}",
        "spend_90d": f"{round(spend * chance.uniform(1.5, 3.5), 2)}",
        "churned": str(chance.random() < 0.15).lower(),
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
    "one customer is there three times": _set("customer_id", "000001", slice(40, 42)),
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
