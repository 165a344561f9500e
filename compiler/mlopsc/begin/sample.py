"""The sample data of a new spec: 200 customers, the same on every machine."""

PATH = "data/customers.csv"

_HEADER = "customer_id,signed_up,age,plan,email,spend_30d,churned"
_PLANS = ("basic", "pro", "basic", "team", "basic")
_ROWS = 200


def sample() -> bytes:
    """Return the csv; arithmetic stands for chance, so that no random generator must stay the same."""
    lines = (_HEADER, *(_line(number) for number in range(_ROWS)))
    return "".join(f"{line}\n" for line in lines).encode()


def _line(number: int) -> str:
    age = "" if number % 67 == 13 else 18 + number * 37 % 59
    plan = _PLANS[number * 7 % 11 % 5]
    signed_up = f"2024-{1 + number * 5 % 12:02}-{1 + number * 11 % 28:02}"
    spend = number * 7919 % 24000 / 100
    churned = "true" if spend < 40 and number % 3 else "false"
    return f"{1001 + number},{signed_up},{age},{plan},customer{number + 1}@example.com,{spend:.2f},{churned}"
