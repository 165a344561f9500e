"""Says how likely each customer is to leave: what `make score` runs."""

import os

import mlflow.pyfunc
import pandas as pd
from featurize import features

INPUTS = ["age", "spend", "trend", "basic", "pro", "team"]


def main() -> None:
    """Write a row for each customer of the input, with the probability as its prediction."""
    model = mlflow.pyfunc.load_model(os.environ["MLOPS_MODEL"])
    rows = pd.read_csv(os.environ["MLOPS_INPUT"], dtype={"customer_id": str})
    scores = rows[["customer_id"]].assign(prediction=model.predict(features(rows)[INPUTS])[:, 1])
    scores.to_csv(os.environ["MLOPS_OUTPUT"], index=False)
    print(f"scored {len(scores)} customers")


if __name__ == "__main__":
    main()
