"""The examples that the language was made for."""

import subprocess
import sys

import pytest
from mlopsc.spec import parse

from tests.unit.spec.documents import NAMES, faults, north_star, spec


@pytest.mark.parametrize("name", NAMES)
def test_every_example_parses(name: str) -> None:
    assert faults(north_star(name)) == ()


def test_the_whole_example_means_what_it_says() -> None:
    churn = parse(north_star("churn.yaml"))
    assert churn.model and churn.model.name == "churn"
    assert churn.drift and churn.drift.schedule.cron == "0 */6 * * *"
    assert churn.deployment and churn.deployment.steps
    assert [step.value for step in churn.deployment.steps] == [0.05, 0.25, 0.5]
    assert churn.deployment.hold and churn.deployment.hold.seconds == 600
    assert churn.validation and churn.validation.columns["plan"].in_ == ("basic", "pro", "team")
    assert churn.validation.columns["age"].nulls.share == 0.01
    assert churn.validation.expectations[0].keywords["column_A"] == "spend_90d"
    assert churn.connections and churn.connections.smtp and churn.connections.smtp.password
    assert churn.connections.smtp.password.kind == "secret"
    assert churn.own == ("Dockerfile",)


def test_what_is_absent_is_none() -> None:
    minimal = parse(north_star("minimal.yaml"))
    assert minimal.drift is None and minimal.serving is None and minimal.own == ()
    assert minimal.timezone == "UTC" and minimal.scheduler is None


def test_a_spec_is_frozen() -> None:
    churn = parse(north_star("churn.yaml"))
    with pytest.raises(AttributeError):
        churn.model = None  # type: ignore[misc]
    with pytest.raises(ValueError, match="frozen"):
        churn.drift.min_rows = 3  # type: ignore[misc, union-attr]


def test_keys_of_your_own_are_ignored_at_the_top_level() -> None:
    assert spec("x-anything: [1, {a: null}]\nmodel: {name: a}\n").model


def test_only_the_sections_that_are_written_are_imported() -> None:
    program = (
        "import sys\n"
        "from mlopsc.source import read_document\n"
        "from mlopsc.spec import parse\n"
        "parse(read_document(b'version: 1\\nmodel: {name: a}\\n', 'mlops.yaml'))\n"
        "print(*sorted(m for m in sys.modules if m.startswith('mlopsc.spec.')))\n"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": sys.path[0]},
    ).stdout.split()
    assert "mlopsc.spec.model" in loaded
    assert not {"mlopsc.spec.serving", "mlopsc.spec.drift", "mlopsc.spec.complaints"} & set(loaded)
