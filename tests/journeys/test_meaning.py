"""What the figures of a spec mean is told by `validate` and `show`, and by no other command."""

import json
from pathlib import Path

import pytest

from tests.journeys.begin import mlopsc
from tests.journeys.terminal import SPEC, repository

DRIFT = "drift: {schedule: hourly, tests: [{columns: [age], method: ks, p_value: 0.05}], min_rows: 200}\n"
ALARMS = (
    "1 test every hour with fdr_bh at 0.05: about 25 false alarms per month without any drift, "
    "with 200 rows against a large reference"
)


@pytest.fixture
def top(tmp_path: Path) -> Path:
    spec = SPEC.replace("path: data/customers.csv", "path: data/customers.csv, incoming: data/incoming/")
    return repository(tmp_path / "churn", {"mlops.yaml": spec + DRIFT})


def test_validate_tells_it_below_the_result(top: Path) -> None:
    ran = mlopsc(top, "validate")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "mlops.yaml: ok",
        f"  drift: {ALARMS}",
        "  drift.tests[0]: with 200 rows against a large reference, a shift of 0.33 sd (KS 0.13) "
        "is found at 80% power or more",
    ]
    assert "warning[M353]" in ran.err


def test_programs_read_findings_alone(top: Path) -> None:
    found = json.loads(mlopsc(top, "validate", "--format", "json").out)
    assert set(found) == {"version", "diagnostics"}


def test_show_tells_it_beside_the_figures(top: Path) -> None:
    shown = mlopsc(top, "show").out.splitlines()
    assert f"drift:  # {ALARMS}" in shown
    (test,) = (line for line in shown if "method: ks" in line)
    assert test.partition("  # ")[2].startswith("with 200 rows against a large reference, a shift of 0.33 sd")
    shown = mlopsc(top, "show", "--origin").out.splitlines()
    assert f"drift:  # {ALARMS}" in shown
    assert any("method: ks" in line and "; mlops.yaml:" in line for line in shown)


def test_compile_does_not(top: Path) -> None:
    assert "without any drift," not in mlopsc(top, "compile").out


CANARY = """
serving: {image: ghcr.io/acme/churn, inputs: {age: integer}, traffic: 20/s, slo: {error_rate: 1%}}
deployment: {strategy: canary, provider: istio, steps: [5%, 25%], hold: 10m}
environments:
  staging: {cluster: {context: s}, deployment: {strategy: rolling}}
  production: {cluster: {context: p}}
"""


def test_what_a_canary_decides_is_told_in_each_environment(tmp_path: Path) -> None:
    top = repository(tmp_path / "churn", {"mlops.yaml": SPEC + CANARY})
    told = "deployment: a version with twice the allowed errors (2%) is promoted with probability 0.000027%"
    said = mlopsc(top, "validate").out
    assert f"  {told}" in said and said.rstrip().endswith("(in `production`)")
    shown = mlopsc(top, "show", "--env", "production").out
    assert "deployment:  # a version with twice the allowed errors (2%) is promoted" in shown
    assert "twice the allowed errors" not in mlopsc(top, "show", "--env", "staging").out
