"""Turns customers into numbers that a linear model can use."""

import pandas as pd

PLANS = ("basic", "pro", "team")


def main() -> None:
    """Read the customers, write their features."""
    rows = pd.read_csv("data/customers.csv", dtype={"customer_id": str})
    known = rows[["customer_id", "churned"]]
    known.join(features(rows)).to_parquet("data/features.parquet", index=False)


def features(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers that the model sees of customers; src/score.py needs the same."""
    made = pd.DataFrame({"age": rows["age"].astype(float).fillna(rows["age"].median()) / 100})
    made["spend"] = rows["spend_30d"].clip(upper=500) / 100
    made["trend"] = rows["spend_30d"] * 3 / rows["spend_90d"].clip(lower=1)
    for plan in PLANS:
        made[plan] = (rows["plan"] == plan).astype(float)
    return made


if __name__ == "__main__":
    main()
