"""Trains a linear model by stochastic gradient descent, anew or on from a checkpoint."""

import json
import os
import shutil
from importlib.metadata import version
from pathlib import Path

import mlflow.sklearn
import numpy as np
import pandas as pd
import yaml
from sklearn.linear_model import SGDClassifier

MODEL = Path("models/model")
INPUTS = ["age", "spend", "trend", "basic", "pro", "team"]


def main() -> None:
    """Read the features, train, save the model and the checkpoint."""
    params = yaml.safe_load(Path("params.yaml").read_text("utf-8"))
    rows = pd.read_parquet("data/features.parquet")
    train = rows[~held_out(rows, params["test_share"], params["seed"])]
    model = SGDClassifier(loss="log_loss", alpha=1e-4 / params["strength"], random_state=params["seed"])
    # Set by `make pipeline`; DVC alone sets nothing.
    checkpoint = Path(os.environ.get("MLOPS_CHECKPOINT") or "models/checkpoint")
    goes_on = os.environ.get("MLOPS_MODE") == "incremental" and checkpoint.exists()
    epochs = max(1, params["epochs"] // 4) if goes_on else params["epochs"]
    if goes_on:
        known = json.loads(checkpoint.read_text("utf-8"))
        model.partial_fit(train[INPUTS].head(2), [False, True], classes=[False, True])
        model.coef_, model.intercept_ = np.array(known["coef"]), np.array(known["intercept"])
    for _ in range(epochs):
        model.partial_fit(train[INPUTS], train["churned"], classes=[False, True])
    checkpoint.parent.mkdir(exist_ok=True)
    weights = {"coef": model.coef_.tolist(), "intercept": model.intercept_.tolist()}
    checkpoint.write_text(json.dumps(weights) + "\n", "utf-8")
    shutil.rmtree(MODEL, ignore_errors=True)
    packages = [f"{name}=={version(name)}" for name in ("mlflow", "pandas", "scikit-learn")]
    mlflow.sklearn.save_model(
        model, MODEL, input_example=train[INPUTS].head(2), pip_requirements=packages,
        pyfunc_predict_fn="predict_proba",
    )  # fmt: skip
    print(f"trained on {len(train)} rows, {epochs} epochs{', on from the checkpoint' if goes_on else ''}")


def held_out(rows: pd.DataFrame, share: float, seed: int) -> "pd.Series[bool]":
    """Return which rows are kept from training: by a hash of the id, for ever the same ones."""
    key = f"{seed:016}"
    return pd.util.hash_pandas_object(rows["customer_id"], index=False, hash_key=key) % 1000 < 1000 * share


if __name__ == "__main__":
    main()
