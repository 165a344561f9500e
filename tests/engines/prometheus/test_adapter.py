"""The metrics that an autoscaler names: prometheus-adapter's rules, filled in as it fills them, on Prometheus itself."""

import re
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from tests.conftest_engines import engine
from tests.engines.prometheus.rules import promtool
from tests.unit.targets.workflows import written

GPU = {"limits": {"nvidia.com/gpu": 2, "memory": "16Gi"}, "requests": {"cpu": "1"}}
PODS = ("churn-stable-1", "churn-stable-2")
# A label of the exporter's pod and one of the pod that uses the GPU, as Prometheus keeps both, or honours the latter.
LABELS = {
    "exported_": 'namespace="gpu-operator",pod="dcgm-x",exported_namespace="ml",exported_pod="{pod}"',
    "": 'namespace="ml",pod="{pod}"',
}


def rules(metric: str, target: Any) -> list[dict[str, Any]]:
    """Return the adapter's rules of a spec that scales on a metric."""
    replicas = {"min": 2, "max": 4, "metric": metric, "target": target}
    serving = {"image": "ghcr.io/acme/churn", "replicas": replicas, "resources": GPU}
    places = {"production": {"cluster": {"context": "prd", "namespace": "ml"}}}
    texts = written(serving=serving, environments=places, deployment={"strategy": "rolling"})
    found: list[dict[str, Any]] = yaml.safe_load(texts["monitoring/prometheus-adapter.yaml"])["rules"][
        "custom"
    ]
    return found


def filled(rule: dict[str, Any], pods: tuple[str, ...] = PODS) -> str:
    """Return the query that the adapter sends for pods of a namespace (pkg/naming/metrics_query.go)."""
    labels = {kind["resource"]: label for label, kind in rule["resources"]["overrides"].items()}
    (series,) = re.findall(r'__name__="([^"]*)"', rule["seriesQuery"])
    matchers = f'{labels["namespace"]}="ml",{labels["pod"]}=~"{"|".join(pods)}"'
    query: str = rule["metricsQuery"]
    for name, value in (("Series", series), ("LabelMatchers", matchers), ("GroupBy", labels["pod"])):
        query = query.replace(f"<<.{name}>>", value)
    assert "<<" not in query
    return query


def found(
    folder: Path, rule: dict[str, Any], series: dict[str, str], wanted: dict[str, float]
) -> tuple[int, str]:
    """Ask promtool whether a rule's query gives these values after five minutes."""
    query = filled(rule)
    promql_parser.parse(query)
    label = re.findall(r"by \((\w+)\)", query)[0]
    samples = [{"labels": f'{{{label}="{pod}"}}', "value": value} for pod, value in wanted.items()]
    test = {"expr": query, "eval_time": "5m", "exp_samples": samples}
    given = [{"series": name, "values": values} for name, values in series.items()]
    whole = {
        "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "input_series": given, "promql_expr_test": [test]}],
    }
    (folder / "test.yml").write_text(yaml.safe_dump(whole))
    return promtool(folder, "test", "rules", "test.yml")


def memory(prefix: str) -> dict[str, str]:
    """Return what DCGM's exporter says of two pods with two GPUs each, of another's, and of an idle one."""
    series = {}
    for pod, sizes in {
        PODS[0]: ((60, 40), (20, 80)),
        PODS[1]: ((90, 10), (70, 30)),
        "other-1": ((1, 99),),
    }.items():
        for gpu, (used, free) in enumerate(sizes):
            labels = f'{{gpu="{gpu}",modelName="A10",{LABELS[prefix].format(pod=pod)}}}'
            series |= {
                f"DCGM_FI_DEV_FB_USED{labels}": f"{used}x9",
                f"DCGM_FI_DEV_FB_FREE{labels}": f"{free}x9",
            }
    return series | {'DCGM_FI_DEV_FB_USED{gpu="7",namespace="gpu-operator",pod="dcgm-x"}': "5x9"}


@pytest.mark.parametrize("prefix", LABELS)
def test_the_share_of_memory_of_all_gpus_of_each_pod(tmp_path: Path, prefix: str) -> None:
    engine("promtool")
    (rule,) = [
        each for each in rules("gpu_memory", "70%") if f"{prefix}pod" in each["resources"]["overrides"]
    ]
    assert found(tmp_path, rule, memory(prefix), {PODS[0]: 0.4, PODS[1]: 0.8})[0] == 0
    assert found(tmp_path, rule, memory(prefix), {PODS[0]: 0.4, PODS[1]: 0.7})[0] == 1


@pytest.mark.parametrize("prefix", LABELS)
def test_one_rule_alone_finds_the_series(tmp_path: Path, prefix: str) -> None:
    """The adapter asks for series by `seriesQuery`; two rules that find the same ones would fight."""
    engine("promtool")
    for rule in rules("gpu_memory", "70%"):
        mine = f"{prefix}pod" in rule["resources"]["overrides"]
        one = {
            name: values for name, values in memory(prefix).items() if PODS[0] in name and 'gpu="0"' in name
        }
        counted = {**rule, "metricsQuery": f"count by (<<.GroupBy>>) ({rule['seriesQuery']})"}
        assert (found(tmp_path, counted, one, {PODS[0]: 1} if mine else {})[0]) == 0


def test_it_is_called_what_the_autoscaler_calls_it() -> None:
    for metric, target in (("gpu_memory", "70%"), ("queue.length", 12.5), ("jobs_total", 3)):
        for rule in rules(metric, target):
            (series,) = re.findall(r'__name__="([^"]*)"', rule["seriesQuery"])
            assert re.sub(rule["name"]["matches"], rule["name"]["as"], series) == metric


def test_a_level_is_summed_and_a_counter_is_a_rate(tmp_path: Path) -> None:
    engine("promtool")
    labels = LABELS[""].format(pod=PODS[0])
    gauge, counter = rules("in_flight", 3)[1], rules("jobs_total", 3)[1]
    levels = {f'in_flight{{{labels},queue="{name}"}}': f"{level}x9" for name, level in (("a", 2), ("b", 5))}
    assert found(tmp_path, gauge, levels, {PODS[0]: 7})[0] == 0
    assert found(tmp_path, counter, {f"jobs_total{{{labels}}}": "0+120x9"}, {PODS[0]: 2})[0] == 0


def test_by_processor_there_is_no_rule() -> None:
    places = {"production": {"cluster": {"context": "prd", "namespace": "ml"}}}
    serving = {"image": "ghcr.io/acme/churn", "replicas": {"min": 2, "max": 4}, "resources": GPU}
    assert "monitoring/prometheus-adapter.yaml" not in written(
        serving=serving, environments=places, deployment={"strategy": "rolling"}
    )
