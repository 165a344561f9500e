"""Which rules a spec brings: for whom, from what, and what is left out."""

import json
import re
from typing import Any

import pytest
import yaml

from tests.claims.compiling import files

TRAINED = """\
pipeline:
  stages:
    train: {cmd: python src/train.py, deps: [src/train.py, data/customers.csv], outs: [models/model], metrics: [m.json]}
registry: {gate: [{metric: f1, min: 0.5}]}
"""
HEAD = """\
version: 1
model: {name: churn, artifact: models/model}
data: {path: data/customers.csv, incoming: incoming/, timestamp: seen_at}
"""


def rules(text: str, path: str = "monitoring/rules.yml") -> dict[str, dict[str, Any]]:
    """Return the alerts that a spec brings, by name."""
    (group,) = yaml.safe_load(files(HEAD + text)[path])["groups"]
    return {rule["alert"]: rule for rule in group["rules"] if "alert" in rule}


def served(slo: str = "", alerts: str = "", more: str = "") -> str:
    """Return a spec with a service."""
    return (
        f"serving: {{image: ghcr.io/acme/churn, inputs: {{age: integer}}, slo: {{{slo}}}{more}}}\n"
        f"monitoring: {{alerts: [{alerts}], notify: {{email: ml@example.com}}}}\n"
    )


def test_without_alerts_and_promises_there_are_no_rules() -> None:
    text = "validation: {rows: {min: 1}}\nmonitoring: {notify: {email: ml@example.com}}\n"
    assert not [name for name in files(HEAD + text) if name.startswith("monitoring/")]


@pytest.mark.parametrize(
    ("slo", "windows"),
    [
        ("error_rate: 1%", {"1h": "page", "6h": "page", "3d": "warning"}),
        ("error_rate: 10%", {"6h": "page", "3d": "warning"}),
        ("error_rate: 20%", {"3d": "warning"}),
        ("latency_p95: 200ms", {"1h": "page", "6h": "page", "3d": "warning"}),
        ("latency_p50: 200ms", {"3d": "warning"}),
    ],
)
def test_a_budget_that_cannot_burn_so_fast_has_no_alert(slo: str, windows: dict[str, str]) -> None:
    found = {name: rule for name, rule in rules(served(slo)).items() if "Burn" in name}
    assert {name.partition("Burn")[2]: rule["labels"]["severity"] for name, rule in found.items()} == windows
    text = files(HEAD + served(slo))["monitoring/rules.yml"]
    assert text.count("-fold; no alert over") == 3 - len(windows)


@pytest.mark.parametrize(
    ("slo", "name", "least"),
    [
        ("error_rate: 1%", "ErrorRateBurn1h", 35),
        ("error_rate: 1%", "ErrorRateBurn3d", 500),
        ("latency_p99: 1s", "LatencyP99Burn1h", 35),
    ],
)
def test_five_failures_are_not_enough_for_an_alert(slo: str, name: str, least: int) -> None:
    rule = rules(served(slo))[name]
    asked = re.search(r"> (\d+)\.5$", rule["expr"])
    factor = float(re.findall(r"> (0\.\d+)", rule["expr"])[0])
    assert asked and int(asked[1]) + 1 == least
    assert 5 / least <= factor < 6 / least


def test_an_alert_and_a_promise_about_the_same_figure_stand_side_by_side() -> None:
    found = rules(served("latency_p95: 200ms", "{metric: latency_p95, above: 200ms, for: 5m}"))
    of_latency = {name for name, rule in found.items() if rule["labels"]["metric"] == "latency_p95"}
    assert of_latency == {"LatencyP95High", "LatencyP95Burn1h", "LatencyP95Burn6h", "LatencyP95Burn3d"}


def test_figures_of_jobs_are_watched_where_the_jobs_run() -> None:
    text = TRAINED + served("", "{metric: f1, below: 0.5}, {metric: error_rate, above: 1%}")
    text += "environments: {staging: {}, production: {}}\n"
    staging = rules(text, "monitoring/staging/rules.yml")
    production = rules(text, "monitoring/production/rules.yml")
    assert staging.keys() == {"ErrorRateHigh", "ServiceDown"}
    assert production.keys() == {"F1Low", "ErrorRateHigh", "ServiceDown", "ExporterDown", "FiguresMissing"}
    for environment, found in {"staging": staging, "production": production}.items():
        for rule in found.values():
            assert rule["labels"]["environment"] == environment
            assert f'environment="{environment}"' in rule["expr"]


def test_the_same_figure_twice_has_names_that_tell_who_is_woken() -> None:
    alerts = "{metric: error_rate, above: 1%}, {metric: error_rate, above: 5%, severity: page}"
    assert {"ErrorRateHighWarning", "ErrorRateHighPage"} <= rules(served("", alerts)).keys()
    alerts += ", {metric: error_rate, above: 2%}"
    found = rules(served("", alerts)).keys()
    assert {"ErrorRateHighWarning1", "ErrorRateHighPage", "ErrorRateHighWarning3"} <= found


@pytest.mark.parametrize(
    ("schedule", "limit"),
    [("every 6 hours", 43200), ("daily", 172800), ("weekly", 1209600), ("'0 8-17 * * 1-5'", 453600)],
)
def test_a_check_may_be_late_by_one_of_its_longest_pauses(schedule: str, limit: int) -> None:
    tests = "tests: [{columns: [age], method: ks, p_value: 0.01}]"
    text = TRAINED + f"drift: {{schedule: {schedule}, {tests}}}\n"
    text += "monitoring: {alerts: [{metric: drift_score, above: 0.1}], notify: {email: ml@example.com}}\n"
    assert rules(text)["DriftNotChecked"]["expr"].endswith(f"> {limit}")


@pytest.mark.parametrize(("traffic", "window"), [("20/s", "15m"), ("1/m", "20m"), ("1/h", "20h")])
def test_promised_traffic_is_missed_after_twenty_requests_that_should_have_come(
    traffic: str, window: str
) -> None:
    found = rules(served("error_rate: 1%", more=f", traffic: {traffic}"))
    assert f"[{window}]" in found["NoRequests"]["expr"]
    assert "NoRequests" not in rules(served("error_rate: 1%"))


def test_there_is_a_bucket_above_the_largest_threshold() -> None:
    def buckets(level: str) -> list[float]:
        spec = HEAD + served("", f"{{metric: latency_p99, above: {level}}}")
        return list(json.loads(files(spec)["serving/service.json"])["buckets"])

    assert buckets("30s")[-3:] == [10, 30, 60]
    assert 0.2 in buckets("200ms") and buckets("200ms")[-1] == 10


def test_templates_of_prometheus_do_not_read_what_the_owner_wrote() -> None:
    head = HEAD.replace("name: churn", "name: churn, owner: 'a {{ .Labels }} b'")
    text = files(head + served("error_rate: 1%"))["monitoring/rules.yml"]
    (group,) = yaml.safe_load(text)["groups"]
    owners = {rule["labels"]["owner"] for rule in group["rules"] if "alert" in rule}
    assert owners == {'a {{ "{{" }} .Labels }} b'}


def test_alertmanager_is_written_where_somebody_is_told_or_something_is_done() -> None:
    told = files(HEAD + served("error_rate: 1%"))
    assert "monitoring/alertmanager.yml" in told and "ops/on_alert.py" not in told
    nobody = files(
        HEAD + served("error_rate: 1%").replace(", notify: {email: ml@example.com}", ", dashboard: grafana")
    )
    assert "monitoring/alertmanager.yml" not in nobody and "ops/alertmanager.py" not in nobody
    page = "{metric: error_rate, above: 5%, severity: page, rollback: true}"
    rolls = files(HEAD + TRAINED + "deployment: {strategy: rolling}\n" + served("error_rate: 1%", page))
    assert {"ops/on_alert.py", "ops/rolling_back.py", "ops/alertmanager.py"} <= rolls.keys()
    assert "\n# a long random word" in rolls[".env.example"]
