"""Who is told, on Alertmanager's own tool; and how often, of something that comes and goes with each scrape."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from tests.claims.compiling import files
from tests.conftest_engines import engine
from tests.engines.prometheus.rules import SPEC, loaded, promtool, written
from tests.journeys.begin import mlopsc
from tests.trees import GOLDEN

CONFIGS = sorted(GOLDEN.rglob("alertmanager.yml"))


def amtool(*arguments: str | Path) -> str:
    """Return what amtool prints."""
    engine("amtool")
    done = subprocess.run(["amtool", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def receivers(config: Path, labels: Mapping[str, str]) -> str:
    """Return who is told of an alert."""
    words = [f"{name}={value}" for name, value in labels.items()]
    return amtool("config", "routes", "test", f"--config.file={config}", *words).strip()


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.relative_to(GOLDEN).as_posix())
def test_goldens_are_read_by_alertmanager(config: Path) -> None:
    assert "SUCCESS" in amtool("check-config", config)
    text = config.read_text()
    # A secret is the name of a file, and the way to it never a value.
    assert "credentials:" not in text and "auth_password:" not in text and "api_url:" not in text


def test_each_alert_is_told_and_only_what_the_spec_allows_rolls_back(tmp_path: Path) -> None:
    folder = written(SPEC, tmp_path)
    config = folder / "alertmanager.yml"
    (group,) = loaded(folder / "rules.yml")["groups"]
    alerts = [rule for rule in group["rules"] if "alert" in rule]
    told = {rule["alert"]: receivers(config, _safe(rule["labels"])) for rule in alerts}
    (may,) = [rule["alert"] for rule in alerts if rule["labels"].get("rollback") == "once"]
    assert told.pop(may) == "churn-rollback,churn"
    assert set(told.values()) == {"churn"}
    assert receivers(config, {"model": "demand", "severity": "page"}) == "nobody"


def _safe(labels: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in labels.items() if name != "owner"}


def test_environments_have_receivers_of_their_own() -> None:
    for environment in ("staging", "production"):
        config = GOLDEN / "renewals/monitoring" / environment / "alertmanager.yml"
        labels = {"model": "renewals", "environment": environment, "severity": "page"}
        assert receivers(config, labels) == f"renewals-{environment}"
        assert receivers(config, labels | {"environment": "elsewhere"}) == "nobody"


def test_a_page_silences_its_warning_and_a_dead_service_what_follows_from_it() -> None:
    config = yaml.safe_load(files(SPEC)["monitoring/alertmanager.yml"])
    page, down = config["inhibit_rules"]
    assert page["source_matchers"] == ['model="churn"', 'severity="page"']
    assert page["target_matchers"] == ['model="churn"', 'severity="warning"']
    assert page["equal"] == ["model", "environment", "metric"]
    assert 'alertname="ServiceDown"' in down["source_matchers"]
    assert 'metric=~"error_rate|latency_p..|request_rate"' in down["target_matchers"]


def test_what_comes_and_goes_with_each_scrape_is_one_message_in_half_an_hour(tmp_path: Path) -> None:
    """It fires at every minute of thirty: nothing changes, so that Alertmanager has nothing to say again."""
    engine("promtool")
    folder = written(SPEC, tmp_path)
    flapping = {"series": 'model_drift_score{model="churn"}', "values": " ".join(["0.5 0.01"] * 20)}
    (at_first,) = [
        look["exp_alerts"]
        for test in loaded(folder / "rules_test.yml")["tests"]
        if test["name"] == "DriftScoreHigh: fires once when it comes and goes"
        for look in test["alert_rule_test"][:1]
    ]
    summary = at_first[0]["exp_annotations"]["summary"].replace("0.11,", "0.5,")
    told = [at_first[0] | {"exp_annotations": at_first[0]["exp_annotations"] | {"summary": summary}}]
    looks = [{"eval_time": f"{m}m", "alertname": "DriftScoreHigh", "exp_alerts": told} for m in range(31)]
    test = {"interval": "1m", "input_series": [flapping], "alert_rule_test": looks}
    whole = {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": [test]}
    (folder / "flapping.yml").write_text(yaml.safe_dump(whole))
    code, said = promtool(folder, "test", "rules", "flapping.yml")
    assert code == 0, said
    for route in yaml.safe_load((folder / "alertmanager.yml").read_text())["route"]["routes"]:
        assert route["repeat_interval"] in ("1h", "1d")


SMTP = """\
version: 1
model: {name: churn}
data: {path: data/customers.csv, timestamp: seen_at}
validation: {rows: {min: 1}}
monitoring:
  alerts: [{metric: data_valid, below: 1}]
  notify: {email: ml@example.com}
connections: {smtp: {host: {env: SMTP_HOST}, port: 2525, user: {secret: SMTP_USER}, password: {secret: SMTP_PASSWORD}}}
"""


def install(root: Path, **values: str) -> tuple[int, str]:
    """Run make alertmanager's program; return its exit code and what it printed."""
    env = os.environ | {"ALERTMANAGER_FOLDER": str(root / "etc")} | values
    command = [sys.executable, "-B", "ops/alertmanager.py"]
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_values_of_variables_are_put_in_and_stay_one_text(tmp_path: Path) -> None:
    root = tmp_path / "churn"
    (root / "data").mkdir(parents=True)
    (root / "data/customers.csv").touch()
    (root / "mlops.yaml").write_text(SMTP)
    assert mlopsc(root, "compile").code == 0
    hostile = "ann'\"\\ # <SMTP_HOST>: {{ x }} é"
    values = {"SMTP_HOST": "mail.example.com", "SMTP_USER": hostile, "SMTP_PASSWORD": "s e c r e t"}
    code, said = install(root, **values)
    assert code == 0, said
    assert "s e c r e t" not in said and "ann" not in said
    (mail,) = yaml.safe_load((root / "etc/churn/alertmanager.yml").read_text())["receivers"][1][
        "email_configs"
    ]
    assert mail["smarthost"] == "mail.example.com:2525"
    assert mail["auth_username"] == hostile
    assert Path(mail["auth_password_file"]) == root / "etc/churn/SMTP_PASSWORD"
    assert Path(mail["auth_password_file"]).read_text() == "s e c r e t"
    assert "SUCCESS" in amtool("check-config", root / "etc/churn/alertmanager.yml")
    code, said = install(root, **{name: value for name, value in values.items() if name != "SMTP_USER"})
    assert code == 2 and "SMTP_USER is not set" in said
    assert json.loads((root / "reports/alertmanager.json").read_text())["verdict"] == "error"
