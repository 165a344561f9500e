"""Turns customers into numbers that a linear model can use."""

import pandas as pd

PLANS = ("basic", "pro", "team")


def main() -> None:
    """Read the customers, write their features."""
    rows = pd.read_csv("data/customers.csv", dtype={"customer_id": str})
    features = pd.DataFrame({"customer_id": rows["customer_id"], "churned": rows["churned"]})
    features["age"] = rows["age"].astype(float).fillna(rows["age"].median()) / 100
    features["spend"] = rows["spend_30d"].clip(upper=500) / 100
    features["trend"] = rows["spend_30d"] * 3 / rows["spend_90d"].clip(lower=1)
    for plan in PLANS:
        features[plan] = (rows["plan"] == plan).astype(float)
    features.to_parquet("data/features.parquet", index=False)


if __name__ == "__main__":
    main()
