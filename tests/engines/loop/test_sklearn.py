"""A real model: saved by MLflow, scored again by the user's own code, loaded from the registry."""

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.engines.loop.project import Project

pytestmark = pytest.mark.slow
EVALUATE = """\
import json, os
import mlflow, pandas
data = pandas.read_csv("data/customers.csv")
model = mlflow.pyfunc.load_model(os.environ.get("MLOPS_MODEL") or "models/model")
right = model.predict(data[["age"]]) == data["churned"]
json.dump({"accuracy": float(right.mean()), "n": len(data)}, open("metrics.json", "w"))
"""


def train(project: Project, strength: float) -> None:
    """Train a model and save it, as the user's train.py does, then evaluate it."""
    import mlflow.sklearn
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    data = pd.read_csv("data/customers.csv")
    model = LogisticRegression(C=strength).fit(data[["age"]], data["churned"])
    shutil.rmtree("models/model", ignore_errors=True)
    example = data[["age"]].head(2)
    mlflow.sklearn.save_model(model, "models/model", input_example=example, pip_requirements=["scikit-learn"])
    share = float((model.predict(data[["age"]]) == data["churned"]).mean())
    project.write("metrics.json", json.dumps({"accuracy": share, "n": len(data)}))


def test_from_save_model_to_the_registry_and_back(project: Project) -> None:
    for package in ("mlflow", "sklearn"):
        engine(package)
    import mlflow
    import pandas as pd

    project.write("src/evaluate.py", EVALUATE)
    train(project, 1.0)
    assert project.step("register")["verdict"] == "passed"
    project.step("promote")
    champion = json.loads(Path("metrics.json").read_text())["accuracy"]
    page = Path("reports/churn-1.html").read_text()
    assert "Signature" in page
    assert "sklearn_version" in page
    # Who left stays from now on, and the other way round.
    turned = Path("data/customers.csv").read_text().replace(",1\n", ",x\n").replace(",0\n", ",1\n")
    project.write("data/customers.csv", turned.replace(",x\n", ",0\n"))
    train(project, 0.5)
    report = project.step("register")
    (ruling,) = [result for result in report["results"] if "champion" in result]
    assert (report["verdict"], ruling["value"]) == ("passed", pytest.approx(champion, abs=0.05))
    # Scored again, the champion is no longer what it was.
    assert ruling["champion"] < 1 - champion + 0.05
    mlflow.set_tracking_uri(project.config["tracking"]["uri"])
    loaded = mlflow.pyfunc.load_model("models:/churn/1")
    assert list(loaded.predict(pd.DataFrame({"age": [20, 70]}))) == [0, 1]
