"""`show`: the resolved spec as each environment sees it, and where each value comes from."""

from pathlib import Path

import pytest

from tests.journeys.begin import mlopsc
from tests.journeys.terminal import HEAD, repository

HOUSE = "version: 1\nmodels: ../models/*/mlops.yaml\ntimezone: Europe/Berlin\nscheduler: cron\n"
SPEC = """\
version: 1
extends: ../../platform/house.yaml
model: {name: churn}
data: {path: data/customers.csv}
validation: {schedule: daily at 06:00, columns: {age: {between: [0, 120]}}}
tracking: {uri: 'sqlite:///mlflow.db'}
environments:
  staging: {}
  production:
    tracking: {uri: {env: MLFLOW_TRACKING_URI}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    specs = {"models/churn/mlops.yaml": SPEC, "platform/house.yaml": HOUSE}
    return repository(tmp_path / "shop", specs) / "models/churn"


def lines(folder: Path, *arguments: str) -> list[str]:
    ran = mlopsc(folder, "show", *arguments)
    assert ran.code == 0
    return [line.strip() for line in ran.out.splitlines()]


def test_values_defaults_and_schedules_in_words(folder: Path) -> None:
    shown = lines(folder)
    assert "timezone: Europe/Berlin" in shown
    assert "on_failure: block" in shown
    assert "schedule: daily at 06:00  # every day at 06:00" in shown


def test_each_environment_sees_its_own(folder: Path) -> None:
    assert "uri: sqlite:///mlflow.db" in lines(folder)
    assert "uri: sqlite:///mlflow.db" in lines(folder, "--env", "staging")
    production = lines(folder, "--env", "production")
    assert "uri: sqlite:///mlflow.db" not in production
    assert any("MLFLOW_TRACKING_URI" in line for line in production)


def test_origin_names_file_and_line(folder: Path) -> None:
    shown = lines(folder, "--origin")
    assert "timezone: Europe/Berlin  # platform/house.yaml:3" in shown
    assert "name: churn  # models/churn/mlops.yaml:3" in shown
    assert "on_failure: block  # default" in shown
    production = lines(folder, "--env", "production", "--origin")
    assert any("MLFLOW_TRACKING_URI" in line and "models/churn/mlops.yaml:10" in line for line in production)


def test_an_environment_that_is_not_there(folder: Path) -> None:
    ran = mlopsc(folder, "show", "--env", "produktion")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "mlopsc: --env produktion: no such environment; did you mean production?\n"


def test_a_rejected_spec_is_not_shown(tmp_path: Path) -> None:
    ran = mlopsc(repository(tmp_path / "churn", {"mlops.yaml": HEAD + "drif: {}\n"}), "show")
    assert (ran.code, ran.out) == (1, "")
    assert "did you mean `drift`?" in ran.err
