"""Scores a model on customers that it was not trained on: the one at MLOPS_MODEL, else the new one."""

import json
import os
from pathlib import Path

import mlflow.pyfunc
import pandas as pd
import yaml
from sklearn import metrics

INPUTS = ["age", "spend", "trend", "basic", "pro", "team"]


def main() -> None:
    """Write metrics.json, with `n`, the rows that they are of, and the plot of the calibration."""
    params = yaml.safe_load(Path("params.yaml").read_text("utf-8"))
    rows = pd.read_parquet("data/features.parquet")
    test = rows[held_out(rows, params["test_share"], params["seed"])]
    model = mlflow.pyfunc.load_model(os.environ.get("MLOPS_MODEL") or "models/model")
    probability = model.predict(test[INPUTS])[:, 1]
    truth, predicted = test["churned"], probability > 0.5
    figures = {
        "accuracy": metrics.accuracy_score(truth, predicted),
        "log_loss": metrics.log_loss(truth, probability),
        "recall": {
            plan: metrics.recall_score(truth[test[plan] == 1], predicted[test[plan] == 1])
            for plan in ("basic", "pro", "team")
        },
        "n": len(test),
    }
    Path("metrics.json").write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    deciles = pd.qcut(probability, 10, duplicates="drop")
    plot = (
        pd.DataFrame({"predicted": probability, "churned": truth.to_numpy()})
        .groupby(deciles, observed=True)
        .mean()
    )
    Path("plots").mkdir(exist_ok=True)
    plot.to_csv("plots/calibration.csv", index=False)


def held_out(rows: pd.DataFrame, share: float, seed: int) -> "pd.Series[bool]":
    """Return which rows are kept from training: by a hash of the id, for ever the same ones."""
    key = f"{seed:016}"
    return pd.util.hash_pandas_object(rows["customer_id"], index=False, hash_key=key) % 1000 < 1000 * share


if __name__ == "__main__":
    main()
