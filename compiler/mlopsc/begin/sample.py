"""The sample data of a new spec, 200 customers, and what must hold of them."""

PATH = "data/customers.csv"
ROLES = "  id: customer_id\n  timestamp: signed_up\n  target: churned\n"
VALIDATION = r"""# Level 1: what must hold of the data. `make validate` blocks what breaks a rule.
validation:
  rows: {min: 100}
  columns:  # a listed column must exist
    customer_id: {type: integer, nulls: forbidden, unique: true}
    signed_up: {type: timestamp, nulls: forbidden}
    age: {type: integer, between: [18, 120], nulls: 5%}
    plan: {in: [basic, pro, team], nulls: forbidden}
    email: {matches: '^[^@\s]+@[^@\s]+$', mostly: 99%}
    spend_30d: {type: number, min: 0}
    churned: {type: boolean, nulls: forbidden}
  on_failure: block  # or warn
"""

_HEADER = "customer_id,signed_up,age,plan,email,spend_30d,churned"
_PLANS = ("basic", "pro", "basic", "team", "basic")
_ROWS = 200


def sample() -> bytes:
    """Return the csv; arithmetic stands for chance, so that it is the same on every machine."""
    lines = (_HEADER, *(_line(number) for number in range(_ROWS)))
    return "".join(f"{line}\n" for line in lines).encode()


def _line(number: int) -> str:
    age = "" if number % 67 == 13 else 18 + number * 37 % 59
    plan = _PLANS[number * 7 % 11 % 5]
    signed_up = f"2024-{1 + number * 5 % 12:02}-{1 + number * 11 % 28:02}"
    spend = number * 7919 % 24000 / 100
    churned = "true" if spend < 40 and number % 3 else "false"
    return f"{1001 + number},{signed_up},{age},{plan},customer{number + 1}@example.com,{spend:.2f},{churned}"
