"""Nothing is left open: environments are laid over, defaults are decided once."""

import pytest
from mlopsc import defaults
from mlopsc.diagnostics import Rejected
from mlopsc.resolve import model_of

from tests.claims.compiling import compiled, views

SERVING = "serving: {inputs: {a: number}, replicas: 2, runtime: fastapi}\n"
CANARY = """\
deployment: {strategy: canary, provider: istio, steps: [10%], hold: 5m}
ab_test: {traffic: 10%, for: 7d, metric: f1}
environments:
  staging: {deployment: {strategy: rolling}}
  production: {deployment: {hold: 9m}}
"""


def test_an_environment_lays_itself_over_the_spec() -> None:
    seen = views(SERVING + "environments: {test: {}, big: {serving: {replicas: 9}}}\n")
    found = {name: view.spec.serving.replicas for name, view in seen.items() if view.spec.serving}
    assert list(found) == ["", "test", "big"]
    assert found[""] == found["test"] != found["big"]
    assert seen["big"].spec.serving and seen["big"].spec.serving.runtime == "fastapi"


def test_a_changed_strategy_drops_the_canary_and_its_test_in_that_environment_alone() -> None:
    seen = {name: view.spec for name, view in views(CANARY).items()}
    staging, production = seen["staging"], seen["production"]
    assert staging.deployment and production.deployment
    assert (staging.deployment.steps, staging.deployment.hold, staging.ab_test) == (None, None, None)
    assert staging.deployment.provider == "istio"
    assert production.deployment.steps and production.deployment.hold and production.ab_test
    assert production.deployment.hold.written() == "9m"


def test_rules_are_checked_for_each_environment_after_its_overlay() -> None:
    over = "environments: {big: {serving: {replicas: {min: 5, max: 2}}}}\n"
    with pytest.raises(Rejected) as refused:
        compiled("validation: {rows: {min: 1}}\n" + SERVING + over)
    found = [each for each in refused.value.diagnostics if each.code == "M305"]
    assert found and found[0].span and found[0].span.line == 6


@pytest.mark.parametrize(
    ("more", "scheduler"),
    [
        ("", "cron"),
        ("ci: {provider: github}\n", "github"),
        ("ci: {provider: github}\nairflow: {}\n", "airflow"),
        ("scheduler: cron\nci: {provider: github}\nairflow: {}\n", "cron"),
    ],
)
def test_one_scheduler_by_default(more: str, scheduler: str) -> None:
    assert defaults.scheduler(views(more)[""].spec) == scheduler


@pytest.mark.parametrize(
    ("path", "form"),
    [("a.csv", "csv"), ("a.csv.gz", "csv"), ("a.parquet", "parquet"), ("s3://b/c.pq", "parquet")],
)
def test_the_format_of_data_is_that_of_its_suffix(path: str, form: str) -> None:
    text = f"version: 1\nmodel: {{name: a}}\ndata: {{path: {path}}}\nvalidation: {{rows: {{min: 1}}}}\n"
    assert compiled(text).model.data.format == form


def test_a_house_inherits_no_automation_of_its_own() -> None:
    assert compiled("version: 1\nmodels: ../m/*/mlops.yaml\nvalidation: {rows: {min: 1}}\n").files == ()


def test_nothing_is_optional_in_the_model() -> None:
    model = model_of(tuple(views("validation: {rows: {min: 1}}\n").values()), "mlops.yaml")
    assert (model.owner, model.description, model.python.version, model.timezone) == ("", "", "3.11", "UTC")
    assert model.data.protocol == "" and model.singletons
