"""Objects of the Prometheus operator: they have its form, and hold the same rules."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.trees import GOLDEN, ROOT

SCHEMAS = ROOT / "tests/data/crd-schemas/monitoring.coreos.com"
FOLDERS = sorted(path.parent for path in GOLDEN.rglob("prometheusrule.yaml"))


def judged(path: Path, kind: str) -> dict[str, Any]:
    """Return an object that its schema accepts."""
    found: dict[str, Any] = yaml.safe_load(path.read_text())
    schema = json.loads((SCHEMAS / f"{kind}_v1.json").read_text().replace("^(?i)(abort|warn)?$", ".*"))
    jsonschema.validate(found, schema)
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.relative_to(GOLDEN).as_posix())
def test_objects_have_the_operators_form_and_the_same_rules(folder: Path) -> None:
    rule = judged(folder / "prometheusrule.yaml", "prometheusrule")
    assert rule["spec"]["groups"] == yaml.safe_load((folder / "rules.yml").read_text())["groups"]
    stepwise = folder == GOLDEN / "returns/monitoring/production"
    kind = "podmonitor" if stepwise else "servicemonitor"
    monitor = judged(folder / f"{kind}.yaml", kind)
    (endpoint,) = monitor["spec"]["podMetricsEndpoints" if stepwise else "endpoints"]
    assert (endpoint["port"], endpoint["path"]) == ("http", "/metrics")
    assert {each.name for each in folder.glob("*monitor.yaml")} == {f"{kind}.yaml"}
    assert not (folder / "prometheus.yml").exists()


@pytest.mark.parametrize(
    ("old", "new"), [("alert:", "alrt:"), ("for: 5m", "for: 5 minutes"), ("expr:", "exp:")]
)
def test_the_schema_sees_a_mistake(tmp_path: Path, old: str, new: str) -> None:
    text = (FOLDERS[0] / "prometheusrule.yaml").read_text()
    assert old in text
    (tmp_path / "rule.yaml").write_text(text.replace(old, new, 1))
    with pytest.raises(jsonschema.ValidationError):
        judged(tmp_path / "rule.yaml", "prometheusrule")


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_the_monitor_selects_the_service_that_is_generated(environment: str) -> None:
    monitor = yaml.safe_load((GOLDEN / f"renewals/monitoring/{environment}/servicemonitor.yaml").read_text())
    wanted = monitor["spec"]["selector"]["matchLabels"]
    kubernetes = GOLDEN / "renewals/kubernetes"
    overlay = yaml.safe_load((kubernetes / "overlays" / environment / "kustomization.yaml").read_text())
    (service,) = (kubernetes / "base").glob("service.yaml")
    found = yaml.safe_load(service.read_text())
    given = {name: value for labels in overlay["labels"] for name, value in labels["pairs"].items()}
    assert wanted.items() <= given.items()
    assert monitor["spec"]["endpoints"][0]["port"] in [port["name"] for port in found["spec"]["ports"]]


def pod_monitor(tmp_path: Path, name: str, folder: str) -> dict[str, Any]:
    """Return the PodMonitor of a spec of ours, compiled with `format: operator`."""
    text = (ROOT / f"specs/{name}/mlops.yaml").read_text()
    at = text.index("\nmonitoring:") if "\nmonitoring:" in text else text.index("\nenvironments:")
    rest = text[text.index("\nenvironments:") :] if "\nmonitoring:" in text else text[at:]
    spec = tmp_path / "mlops.yaml"
    spec.write_text(f"{text[:at]}\nmonitoring: {{format: operator}}{rest}")
    subprocess.run([sys.executable, "-m", "mlopsc", "compile", spec], check=True, capture_output=True)
    found: dict[str, Any] = judged(tmp_path / f"monitoring/{folder}/podmonitor.yaml", "podmonitor")["spec"]
    return found


@pytest.mark.parametrize(
    ("spec", "pods", "ports"),
    [
        ("search-ranking", ["", "-primary"], ["http"]),
        ("speech", ["", "-rollout"], ["http1", "http-metrics"]),
        ("vision", ["", "-rollout"], ["http", "http-metrics"]),
        ("fraud", ["", "-rollout"], ["http", "http-metrics"]),
    ],
)
def test_every_pod_of_a_rollout_is_read_once(
    tmp_path: Path, spec: str, pods: list[str], ports: list[str]
) -> None:
    found = pod_monitor(tmp_path, spec, "production")
    (chosen,) = found["selector"]["matchExpressions"]
    assert chosen == {
        "key": "app.kubernetes.io/name",
        "operator": "In",
        "values": [f"{spec}{each}" for each in pods],
    }
    assert [each["port"] for each in found["podMetricsEndpoints"]] == ports
