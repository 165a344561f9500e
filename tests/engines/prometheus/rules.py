"""Rules of compiled specs, and promtool, which judges and tests them."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.claims.compiling import files

# All kinds of figures, all promises, all that may be missing.
SPEC = """\
version: 1
model: {name: churn, owner: 'growth "{{ml}}"', artifact: models/model}
data: {path: data/customers.csv, incoming: incoming/, timestamp: seen_at, target: churned}
validation: {columns: {age: {type: integer}, seen_at: {type: timestamp}}, schedule: daily}
pipeline:
  stages:
    train: {cmd: python src/train.py, deps: [src/train.py, data/customers.csv], outs: [models/model]}
    evaluate: {cmd: python src/evaluate.py, deps: [src/evaluate.py, models/model], metrics: [metrics.json]}
registry: {gate: [{metric: accuracy, min: 0.7}]}
drift: {schedule: every 6 hours, tests: [{columns: [age], method: ks, p_value: 0.01}]}
serving: {image: ghcr.io/acme/churn, traffic: 20/s, slo: {error_rate: 1%, latency_p50: 1s, latency_p95: 200ms}}
deployment: {strategy: rolling}
monitoring:
  alerts:
    - {metric: drift_score, above: 0.1}
    - {metric: accuracy, below: 0.8, for: 5m}
    - {metric: recall.enterprise, above: 0.9, below: 0.5}
    - {metric: latency_p95, above: 200ms, for: 5m, severity: page, rollback: true}
    - {metric: latency_p95, above: 150ms, for: 30s}
    - {metric: latency_p50, above: 40ms}
    - {metric: latency_p99, above: 20s, for: 10m}
    - {metric: error_rate, above: 1%}
    - {metric: error_rate, above: 30%, severity: page}
    - {metric: request_rate, below: 0.5, for: 10m}
    - {metric: request_rate, above: 333.3}
    - {metric: data_age, above: 7d}
    - {metric: model_age, above: 90d, for: 10m}
    - {metric: data_valid, below: 1}
  dashboard: grafana
  notify: {slack: {secret: SLACK_WEBHOOK_URL}}
  runbook_url: https://git.example.com/churn/RUNBOOK.md
"""


def promtool(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run promtool; return its exit code and what it printed."""
    done = subprocess.run(["promtool", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def written(text: str, folder: Path) -> Path:
    """Compile a spec, and write what it becomes below monitoring/; return that folder."""
    for name, content in files(text).items():
        if name.startswith("monitoring/"):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
    return folder / "monitoring"


def loaded(path: Path) -> dict[str, Any]:
    """Return a file of rules, or of tests."""
    found: dict[str, Any] = yaml.load(path.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return found


def rules(path: Path) -> list[dict[str, Any]]:
    """Return the rules of a file, in their order."""
    return [rule for group in loaded(path)["groups"] for rule in group["rules"]]


def the_tests(path: Path, alert: str) -> Mapping[str, Any]:
    """Return the tests of one alert."""
    whole = loaded(path)
    kept = [test for test in whole["tests"] if test["name"].startswith(f"{alert}: ")]
    assert kept, alert
    return whole | {"tests": kept}


def only(text: str, alert: str) -> str:
    """Return rules without other alerts, and without recordings that this one does not ask: they take time."""
    whole: dict[str, Any] = yaml.safe_load(text)
    (group,) = whole["groups"]
    (kept,) = [rule for rule in group["rules"] if rule.get("alert") == alert]
    recorded = [rule for rule in group["rules"] if "record" in rule] if "model:" in kept["expr"] else []
    return str(yaml.safe_dump({"groups": [group | {"rules": [*recorded, kept]}]}))
