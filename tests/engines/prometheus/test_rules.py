"""Rules on Prometheus' own tool: they can be read, their tests hold, and the tests see what is wrong."""

import re
from pathlib import Path

import pytest
import yaml
from mlopsc.diagnostics import Rejected
from mlopsc.symbols import Alert, Metric

from tests.claims.compiling import compiled, files
from tests.conftest_engines import engine
from tests.engines.grafana.promql import OF_HISTOGRAMS, selected
from tests.engines.prometheus.rules import SPEC, loaded, only, promtool, rules, the_tests, written
from tests.trees import GOLDEN

FOLDERS = sorted(path.parent for path in GOLDEN.rglob("rules.yml"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what is made of a spec with all kinds of alerts."""
    engine("promtool")
    return written(SPEC, tmp_path_factory.mktemp("all"))


def test_goldens_have_rules_for_one_host_and_for_the_operator() -> None:
    assert {path.relative_to(GOLDEN).as_posix() for path in FOLDERS} >= {
        "retention/monitoring",
        "renewals/monitoring/staging",
        "renewals/monitoring/production",
    }


@pytest.mark.parametrize("golden", FOLDERS, ids=lambda path: path.relative_to(GOLDEN).as_posix())
def test_golden_rules_are_valid_and_their_tests_hold(golden: Path) -> None:
    engine("promtool")
    code, said = promtool(golden, "check", "rules", "--lint=all", "--lint-fatal", "rules.yml")
    assert code == 0, said
    code, said = promtool(golden, "test", "rules", "rules_test.yml")
    assert code == 0, said


def test_all_kinds_of_alerts_are_valid_and_their_tests_hold(folder: Path) -> None:
    code, said = promtool(folder, "check", "rules", "--lint=all", "--lint-fatal", "rules.yml")
    assert code == 0, said
    code, said = promtool(folder, "test", "rules", "rules_test.yml")
    assert code == 0, said


def test_each_alert_is_tested_at_its_threshold_beyond_it_and_without_data(folder: Path) -> None:
    every = loaded(folder / "rules_test.yml")["tests"]
    for rule in (rule for rule in rules(folder / "rules.yml") if "alert" in rule):
        tests = [test for test in every if test["name"].startswith(f"{rule['alert']}: ")]
        looks = [look for test in tests for look in test["alert_rule_test"]]
        told = [alert for look in looks for alert in look["exp_alerts"]]
        assert told, f"{rule['alert']} is never seen to fire"
        assert any(not look["exp_alerts"] for look in looks), f"{rule['alert']} is never seen to be silent"
        for alert in told:
            assert alert["exp_labels"].keys() == rule["labels"].keys()
            assert alert["exp_annotations"].keys() == rule["annotations"].keys()
            assert "$value" not in str(alert)
        titles = " ".join(test["name"] for test in tests)
        assert "without data" in titles
        if ">" in rule["expr"] and "absent" not in rule["expr"]:
            assert "silent at exactly the threshold" in titles


# Where, what, instead, and the test that sees it.
MISTAKES = [
    ("DriftScoreHigh", "> 0.1", ">= 0.1", "at exactly the threshold"),
    ("DriftScoreHigh", "> 0.1", "> 0.2", "fires above"),
    ("DriftScoreHigh", ', column=""', "", "at exactly the threshold"),
    ("DriftScoreHigh", "keep_firing_for: 10m", "keep_firing_for: 0s", "comes and goes"),
    ("DriftScoreHigh", "severity: warning", "severity: page", "fires above"),
    ("DriftScoreHigh", "drift score {{", "score {{", "fires above"),
    ("AccuracyLow", "for: 5m", "for: 4m", "fires below"),
    ("RecallEnterpriseOutside", "> 0.9 or", "> 9 or", "fires above"),
    ("DataAgeHigh", "time() -", "time() + 60 -", "at exactly the threshold"),
    ("LatencyP50High", "> 0.04", "> 0.05", "fires above"),
    ("ErrorRateBurn1h", " and model:errors:ratio_rate5m > 0.144", "", "ends soon"),
    ("ErrorRateBurn1h", "> 34.5", "> 33.5", "too few"),
    ("ErrorRateBurn1h", "> 34.5", "> 35.5", "just enough"),
    ("LatencyP95Burn1h", "> 0.72", ">= 0.72", "at exactly the threshold"),
    ("ServiceDown", "for: 2m", "for: 3m", "without data"),
    ("NoRequests", "== 0", ">= 0", "silent with requests"),
    ("DriftNotChecked", "> 43200", ">= 43200", "at exactly the threshold"),
]


@pytest.mark.parametrize(("alert", "old", "new", "seen"), MISTAKES, ids=lambda value: str(value)[:24])
def test_a_mistake_in_a_rule_is_seen_by_its_test(
    folder: Path, tmp_path: Path, alert: str, old: str, new: str, seen: str
) -> None:
    head, begin, rest = (folder / "rules.yml").read_text().partition(f"- alert: {alert}\n")
    rule, end, tail = rest.partition("      - alert:")
    assert old in rule
    wrong = head + begin + rule.replace(old, new) + end + tail
    (tmp_path / "rules.yml").write_text(only(wrong, alert))
    tests = the_tests(folder / "rules_test.yml", alert)
    (tmp_path / "rules_test.yml").write_text(yaml.safe_dump(tests))
    code, said = promtool(tmp_path, "test", "rules", "rules_test.yml")
    assert code == 1
    assert any(seen in line for line in re.findall(r"(?s)name: (.*?),?\n", said)), said


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ("5..|422", "5..", "ErrorRateHighWarning: fires above"),
        ("5..|422", "4..|5..", "ErrorRateHighWarning: silent for other faults of callers"),
        ("histogram_quantile(0.95,", "histogram_quantile(0.9,", "LatencyP95HighPage: fires above"),
        ('le="0.2"}[1h]', 'le="0.25"}[1h]', "LatencyP95Burn1h: fires above"),
    ],
)
def test_a_mistake_in_what_is_recorded_is_seen_by_the_tests_of_alerts(
    folder: Path, tmp_path: Path, old: str, new: str, seen: str
) -> None:
    text = (folder / "rules.yml").read_text()
    assert old in text
    alert = seen.partition(":")[0]
    (tmp_path / "rules.yml").write_text(only(text.replace(old, new), alert))
    tests = the_tests(folder / "rules_test.yml", alert)
    (tmp_path / "rules_test.yml").write_text(yaml.safe_dump(tests))
    code, said = promtool(tmp_path, "test", "rules", "rules_test.yml")
    assert code == 1 and seen in said, said


@pytest.mark.parametrize("golden", FOLDERS, ids=lambda path: path.relative_to(GOLDEN).as_posix())
def test_each_expression_is_typed_and_asks_for_what_is_exported(golden: Path) -> None:
    engine("promql_parser")
    spec = next(folder for folder in golden.parents if (folder / "mlops.mk").exists())
    text = (GOLDEN.parent / "specs" / spec.relative_to(GOLDEN) / "mlops.yaml").read_text()
    table = compiled(text[text.index("version:") :]).table
    offered = {metric.name: metric for metric in table[Metric]}
    for rule in rules(golden / "rules.yml"):
        asked = {OF_HISTOGRAMS.sub("", name) for name in selected(rule["expr"])}
        assert asked <= offered.keys(), rule
        if "alert" in rule:
            (alert,) = [each for each in table[Alert] if each.name == rule["alert"]]
            assert asked <= set(alert.metrics)


def test_a_misspelt_metric_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlopsc.targets.monitoring.recordings.REQUESTS", "model_request_total")
    with pytest.raises(Rejected) as refused:
        files(SPEC)
    said = {found.message: found.hint for found in refused.value.diagnostics if found.code == "M501"}
    message = "monitoring/rules.yml needs the metric `model_request_total`, which nothing brings"
    assert said[message] == "did you mean `model_requests_total`?"


def test_links_lead_to_sections_of_the_runbook() -> None:
    texts = files(SPEC.replace("  runbook_url: https://git.example.com/churn/RUNBOOK.md\n", ""))
    headings = re.findall(r"^### (\w+)$", texts["RUNBOOK.md"], re.MULTILINE)
    links = re.findall(r"runbook_url: '?(\S+?)'?\n", texts["monitoring/rules.yml"])
    assert len(links) == len(headings) == len(set(headings)) > 20
    # GitHub and GitLab make an anchor of a heading by writing it small.
    assert set(links) == {f"RUNBOOK.md#{heading.lower()}" for heading in headings}
    assert "https://git.example.com/churn/RUNBOOK.md#servicedown" in files(SPEC)["monitoring/rules.yml"]
