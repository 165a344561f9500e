"""Predictions, and metrics whose labels arrive late."""

import json
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.conftest_engines import engine
from tests.engines.scipy.world import World, normal

NOW = datetime(2026, 6, 30, tzinfo=UTC)
PREDICTIONS = {"predictions": True, "method": "ks", "p_value": 0.05}
ACCURACY = {"metric": "accuracy", "drops_by": {"absolute": 0.05}}
YOUNG, OLD = "2026-06-29T12:00:00Z", "2026-06-20T00:00:00Z"


def score(world: World, shift: float, rows: int = 1000, seed: int = 0, **more: Any) -> None:
    world.write(
        "data/scores.csv", {"customer_id": range(rows), "prediction": normal(rows, shift, seed), **more}
    )


def labels(world: World, right: float, rows: int = 1000, arrived: int = 1000, **more: Any) -> None:
    """Write 0/1 predictions of which a share is right, and so many true labels."""
    true = np.random.default_rng(0).integers(0, 2, rows)
    made = np.where(np.arange(rows) < right * rows, true, 1 - true)
    world.write("data/scores.csv", {"customer_id": range(rows), "prediction": made, **more})
    world.write("data/outcomes.csv", {"customer_id": range(arrived), "churned": true[:arrived]})
    world.write("metrics.json", json.dumps({"accuracy": 0.9, "recall": {"pro": 0.8}}))
    world.reference(age=normal(1000))
    world.tests(ACCURACY)


def test_the_first_predictions_become_the_reference(world: World) -> None:
    world.tests(PREDICTIONS)
    world.reference(age=normal(1000))
    score(world, 0)
    for _ in range(2):
        report = world.check()
        assert report["verdict"] == "unknown"
        assert report["reasons"] == [
            "prediction: the first ones, 500 rows or more, are kept to compare later ones with"
        ]
    score(world, 0, seed=1)
    assert world.check()["verdict"] == "no drift"
    score(world, 1, seed=2)
    assert world.check()["verdict"] == "drift"


def test_another_reference_makes_the_predictions_begin_anew(world: World) -> None:
    world.tests(PREDICTIONS)
    world.reference(age=normal(1000))
    score(world, 0)
    world.check()
    world.reference(age=normal(1001))
    score(world, 1)
    assert world.check()["verdict"] == "unknown"


def test_few_predictions_are_no_reference(world: World) -> None:
    world.tests(PREDICTIONS)
    world.reference(age=normal(1000))
    score(world, 5, rows=100)
    world.check()
    assert not (world.root / "models" / "reference_predictions.parquet").exists()


def test_a_reference_with_predictions_is_compared_with(world: World) -> None:
    world.tests(PREDICTIONS)
    world.reference(age=normal(1000), prediction=normal(1000))
    score(world, 1)
    assert world.check()["verdict"] == "drift"


def test_predictions_are_what_the_reference_lacks(world: World) -> None:
    world.tests(PREDICTIONS)
    world.reference(customer_id=range(1000), age=normal(1000))
    world.write(
        "data/scores.csv",
        {"customer_id": range(1000), "seen_at": [OLD] * 1000, "age": normal(1000), "ltv": normal(1000)},
    )
    world.check()
    world.write(
        "data/scores.csv",
        {"customer_id": range(1000), "seen_at": [OLD] * 1000, "age": normal(1000), "ltv": normal(1000, 2)},
    )
    assert [(each["column"], each["verdict"]) for each in world.check()["results"]] == [("ltv", "drift")]


def test_a_log_without_predictions_is_an_error(world: World) -> None:
    world.tests(PREDICTIONS)
    world.reference(customer_id=range(1000), age=normal(1000))
    world.write("data/scores.csv", {"customer_id": range(1000), "age": normal(1000)})
    assert world.check()["reasons"] == ["ValueError: data/scores.csv has no column prediction"]


def test_a_metric_that_fell_is_drift(world: World) -> None:
    labels(world, right=0.84)
    result = world.one(now=NOW)
    assert (result["verdict"], result["statistic"]) == ("drift", 0.84)
    assert result["reason"] == "accuracy: 0.84, was 0.9: worse by 0.06, allowed are 0.05"


@pytest.mark.parametrize(("right", "drops_by", "verdict"), [
    (0.86, {"absolute": 0.05}, "no drift"),
    (0.85, {"absolute": 0.05}, "drift"),
    (0.855, {"relative": 0.05}, "drift"),
    (0.86, {"relative": 0.05}, "no drift"),
    (0.99, {"absolute": 0.05}, "no drift"),
])  # fmt: skip
def test_the_limit_is_absolute_or_relative_and_counts(
    world: World, right: float, drops_by: dict[str, float], verdict: str
) -> None:
    labels(world, right)
    world.tests(ACCURACY | {"drops_by": drops_by})
    assert world.one(now=NOW)["verdict"] == verdict


def test_an_error_that_grew_is_drift(world: World) -> None:
    world.reference(age=normal(1000))
    world.write("data/scores.csv", {"customer_id": range(1000), "prediction": np.zeros(1000)})
    world.write("data/outcomes.csv", {"customer_id": range(1000), "churned": [2.0, -2.0] * 500})
    world.write("metrics.json", '{"rmse": 1.5}')
    world.tests({"metric": "rmse", "drops_by": {"absolute": 0.4}})
    result = world.one(now=NOW)
    assert (result["verdict"], result["statistic"], result["effect"]) == ("drift", 2.0, 0.5)


def test_labels_that_are_not_there_yet_are_unknown(world: World) -> None:
    labels(world, right=0.2, arrived=400)
    assert (
        world.one(now=NOW)["reason"]
        == "accuracy: labels of 400 of 1000 predictions have arrived, fewer than 500"
    )
    (world.root / "data" / "outcomes.csv").unlink()
    report = world.check(now=NOW)
    assert (report["verdict"], report["reasons"]) == (
        "unknown",
        ["accuracy: labels of 0 of 1000 predictions have arrived, fewer than 500"],
    )


def test_predictions_younger_than_the_delay_do_not_count(world: World) -> None:
    labels(world, right=0.2, seen_at=[YOUNG] * 1000)
    assert "labels of 0 of 0 predictions" in world.one(now=NOW)["reason"]
    assert world.one(now=NOW + timedelta(days=1))["verdict"] == "drift"


def test_labels_are_read_again_though_no_prediction_is_new(world: World) -> None:
    labels(world, right=0.2, arrived=10)
    assert world.one(now=NOW)["verdict"] == "unknown"
    world.write("data/outcomes.csv", {"customer_id": range(1000), "churned": [0, 1] * 500})
    assert world.one(now=NOW)["verdict"] == "drift"


def test_the_figures_of_the_champion_come_first(world: World) -> None:
    labels(world, right=0.84)
    world.write(".mlops/reference_metrics.json", '{"accuracy": 0.86}')
    assert world.one(now=NOW)["verdict"] == "no drift"


@pytest.mark.parametrize(
    "recorded", ["{}", '{"accuracy": NaN}', '{"accuracy": {"pro": 0.9}}', '{"accuracy": true}']
)
def test_without_a_recorded_figure_it_is_unknown(world: World, recorded: str) -> None:
    labels(world, right=0.2)
    world.write("metrics.json", recorded)
    result = world.one(now=NOW)
    assert result["verdict"] == "unknown"
    assert "no figure of it is recorded" in result["reason"]


def test_a_metric_that_labels_do_not_give_is_unknown(world: World) -> None:
    labels(world, right=0.2)
    world.tests(
        {"metric": "profit", "drops_by": {"absolute": 0.05}},
        {"metric": "recall.pro", "drops_by": {"absolute": 0.05}},
    )
    report = world.check(now=NOW)
    assert report["verdict"] == "unknown"
    assert report["reasons"][0].startswith("profit: only these can be computed from labels: accuracy, ")


def test_probabilities_are_not_taken_for_classes(world: World) -> None:
    labels(world, right=0.2)
    world.write("data/scores.csv", {"customer_id": range(1000), "prediction": np.linspace(0.01, 0.99, 1000)})
    assert world.one(now=NOW)["verdict"] == "unknown"


def test_labels_and_predictions_may_be_of_other_types(world: World) -> None:
    labels(world, right=0.9)
    true = np.random.default_rng(0).integers(0, 2, 1000).astype(bool)
    world.write("data/outcomes.csv", {"customer_id": [float(each) for each in range(1000)], "churned": true})
    world.write(
        "data/scores.csv", {"customer_id": range(1000), "prediction": np.where(true, "true", "false")}
    )
    assert world.one(now=NOW)["statistic"] == 1.0


def test_a_dotted_metric_is_a_nested_figure(programs: dict[str, ModuleType]) -> None:
    figure = programs["drift_labels"].figure
    assert figure({"recall": {"pro": 0.8}}, "recall.pro") == 0.8
    assert figure({"recall.pro": 0.7}, "recall.pro") == 0.7
    assert [
        str(figure(each, "recall.pro"))
        for each in ({}, {"recall": 1}, {"recall": {}}, {"recall": {"pro": "x"}})
    ] == ["nan"] * 4


def test_metrics_are_those_of_scikit_learn(programs: dict[str, ModuleType]) -> None:
    engine("sklearn")
    from sklearn import metrics as sk

    g, ours = np.random.default_rng(0), programs["label_metrics"].METRICS
    true = g.integers(0, 2, 700)
    made, probability = (
        np.where(g.random(700) < 0.8, true, 1 - true),
        np.round(np.clip(true * 0.3 + g.random(700) * 0.7, 0, 1), 2),
    )
    classes = {
        "accuracy": sk.accuracy_score,
        "precision": sk.precision_score,
        "recall": sk.recall_score,
        "f1": sk.f1_score,
    }
    ranked = {"roc_auc": sk.roc_auc_score, "log_loss": sk.log_loss, "brier_score": sk.brier_score_loss}
    values = {
        "mse": sk.mean_squared_error,
        "rmse": sk.root_mean_squared_error,
        "mae": sk.mean_absolute_error,
        "r2": sk.r2_score,
    }
    real = g.normal(size=700)
    for given, right, answers in (
        (classes, true, made),
        (ranked, true, probability),
        (values, real, real + g.normal(size=700)),
    ):
        for name, theirs in given.items():
            assert ours[name](right, answers) == pytest.approx(theirs(right, answers), rel=1e-9), name
    assert set(ours) == {*classes, *ranked, *values}


def test_predictions_that_go_to_a_broker_are_unknown(world: World) -> None:
    world.tests(PREDICTIONS, {"columns": ["age"], "method": "ks", "p_value": 0.05})
    world.reference(age=normal(1000))
    world.arrive(age=normal(1000, seed=1))
    del world.config["scoring"]
    report = world.check()
    assert report["verdict"] == "unknown"
    assert report["reasons"] == ["no predictions are kept in files: there is nothing to compare"]
