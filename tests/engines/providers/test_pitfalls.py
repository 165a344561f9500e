"""What users of Argo Rollouts, Flagger and KServe run into, row by row, and that our output does not.

The numbers are those of docs/canary.md, which names these tests.
"""

import math
import re
from typing import Any

import pytest

from tests.engines.kubernetes.overlays import OVERLAYS
from tests.engines.providers.argo import measurement, seconds
from tests.engines.providers.goldens import (
    ALL,
    ARGO,
    FLAGGER,
    KNATIVE,
    STANDARD,
    golden,
    kinds,
    of_kind,
    one,
    queries,
)
from tests.engines.providers.promql import answer
from tests.trees import GOLDEN

Object = dict[str, Any]


def argo() -> Object:
    """Return the canary strategy of the Rollout."""
    found: Object = one(golden(ARGO), "Rollout")["spec"]["strategy"]["canary"]
    return found


def metrics() -> list[Object]:
    """Return all metrics of the AnalysisTemplates."""
    return [each for found in of_kind(golden(ARGO), "AnalysisTemplate") for each in found["spec"]["metrics"]]


def test_pitfall_01_weights_are_whole_percent_and_sum_up_to_100() -> None:
    (route,) = one(golden(ARGO), "VirtualService")["spec"]["http"]
    assert [each["weight"] for each in route["route"]] == [100, 0]
    steps = [each["setWeight"] for each in argo()["steps"] if "setWeight" in each]
    weights = one(golden(FLAGGER), "Canary")["spec"]["analysis"]["stepWeights"]
    for found in (steps, weights):
        assert all(isinstance(each, int) and 0 < each < 100 for each in found) and found == sorted(set(found))


def test_pitfall_02_no_route_has_only_zeros() -> None:
    for found in golden(ARGO):
        for route in found["spec"].get("http", []) if found["kind"] == "VirtualService" else []:
            assert sum(each["weight"] for each in route["route"]) == 100


def test_pitfall_03_no_data_and_nan_never_promote() -> None:
    verdicts = [each for each in metrics() if each.get("count") == 1]
    assert verdicts and {measurement(each, result) for each in verdicts for result in ([], [math.nan])} == {
        "Failed"
    }
    for each in queries(golden(FLAGGER)):
        # Empty for Flagger is a failed check; a NaN would have passed (fluxcd/flagger#1098).
        assert answer(each.replace("{{ interval }}", "900s"), lambda *_selected: math.nan) == []


def test_pitfall_04_an_empty_result_is_no_error() -> None:
    for each in metrics():
        for condition in (each["successCondition"], each["failureCondition"]):
            assert condition.startswith(("len(result) > 0 && ", "len(result) == 0 || "))
        assert measurement(each, []) in ("Failed", "Successful")


def test_pitfall_05_a_version_without_errors_has_none_and_one_with_nothing_else_has_all() -> None:
    for each in (*queries(golden(ARGO)), *queries(golden(FLAGGER))):
        if "code=~" in each:
            assert (
                "}[1200s])) or vector(0))" in each
                or "s])) or vector(0))" in each
                or "]])" in each
                or "vector(0)" in each
            )
        text = each.replace("{{ interval }}", "900s").replace("{{args.track}}", "x")

        def grown(name: str, matchers: dict[str, tuple[str, str]], _window: float) -> float | None:
            return None if "code" in matchers else 0.0 if name.endswith("bucket") else 10000.0

        assert answer(text, grown), each


def test_pitfall_06_the_codes_that_count_are_there_from_the_start() -> None:
    measure = (GOLDEN / "returns" / "serving" / "measure.py").read_text()
    codes = re.search(r"^CODES = \((.*)\)$", measure, re.MULTILINE)
    assert codes and {"422", "500", "503"} <= set(codes[1].split(", "))


def test_pitfall_07_a_verdict_takes_as_many_requests_as_the_spec_says() -> None:
    for each in metrics():
        query = each["provider"]["prometheus"]["query"]
        assert (">= 800)" if each.get("count") else "), 800)") in query
    assert all(">= 2000)" in each for each in queries(golden(FLAGGER)))


def test_pitfall_08_nothing_is_inconclusive_and_verdicts_stand_in_steps() -> None:
    assert {each["inconclusiveLimit"] for each in metrics()} == {0}
    results: tuple[list[float], ...] = ([], [math.nan], [0.0], [1e9])
    assert {measurement(each, result) for each in metrics() for result in results} == {"Failed", "Successful"}
    steps = argo()["steps"]
    for index, each in enumerate(steps):
        if "setWeight" in each:
            assert any("analysis" in other for other in steps[index + 1 : index + 3])
    assert not [each for each in steps if "pause" in each]


def test_pitfall_09_all_metrics_of_a_run_begin_and_end_together() -> None:
    for found in of_kind(golden(ARGO), "AnalysisTemplate"):
        keys = ("initialDelay", "interval", "count", "consecutiveSuccessLimit")
        assert len({tuple(each.get(key) for key in keys) for each in found["spec"]["metrics"]}) == 1


def test_pitfall_10_each_figure_is_the_canarys_own() -> None:
    for each in queries(golden(ARGO)):
        selectors = re.findall(r"\{([^{}]*(?:\{\{[^}]*\}\}[^{}]*)*)\}\[", each)
        assert selectors and all('track="{{args.track}}"' in found for found in selectors)
    for each in queries(golden(FLAGGER)):
        selectors = re.findall(r"\{([^{}]*(?:\{\{[^}]*\}\}[^{}]*)*)\}\[", each)
        assert selectors and all('track="{{ target }}"' in found for found in selectors)
    fields = {
        ARGO: "metadata.labels['rollouts-pod-template-hash']",
        FLAGGER: "metadata.labels['app.kubernetes.io/name']",
    }
    for name, kind in ((ARGO, "Rollout"), (FLAGGER, "Deployment")):
        (container,) = one(golden(name), kind)["spec"]["template"]["spec"]["containers"]
        (track,) = [each for each in container["env"] if each["name"] == "TRACK"]
        assert track["valueFrom"]["fieldRef"]["fieldPath"] == fields[name]


def test_pitfall_11_a_proxy_repeats_only_what_no_pod_has_seen() -> None:
    (route,) = one(golden(ARGO), "VirtualService")["spec"]["http"]
    service = one(golden(FLAGGER), "Canary")["spec"]["service"]
    for found in (route, service):
        assert found["retries"]["retryOn"] == "connect-failure,refused-stream,unavailable"
        assert found["retries"]["attempts"] <= 2
    assert all("istio_requests" not in each for name in (ARGO, FLAGGER) for each in queries(golden(name)))


def test_pitfall_12_both_subsets_are_there_and_before_the_route() -> None:
    found = golden(ARGO)
    subsets = {each["name"] for each in one(found, "DestinationRule")["spec"]["subsets"]}
    (route,) = one(found, "VirtualService")["spec"]["http"]
    assert {each["destination"]["subset"] for each in route["route"]} == subsets == {"stable", "canary"}
    listed = (OVERLAYS[ARGO] / "kustomization.yaml").read_text()
    assert listed.index("destinationrule.yaml") < listed.index("virtualservice.yaml")


def test_pitfall_13_pods_outlive_the_news_that_they_go() -> None:
    assert argo()["scaleDownDelaySeconds"] >= 60 and argo()["abortScaleDownDelaySeconds"] >= 60
    assert one(golden(ARGO), "Service", "returns")["spec"]["selector"] == {
        "app.kubernetes.io/name": "returns"
    }


def test_pitfall_14_stable_pods_stay_until_the_end() -> None:
    assert argo()["dynamicStableScale"] is False


def test_pitfall_16_subsets_have_no_label_that_a_version_lacks() -> None:
    for each in one(golden(ARGO), "DestinationRule")["spec"]["subsets"]:
        assert each["labels"] == {"app.kubernetes.io/name": "returns"}


def test_pitfall_17_nobody_fights_over_the_number_of_pods() -> None:
    scaler = one(golden(ARGO), "HorizontalPodAutoscaler")["spec"]
    assert scaler["scaleTargetRef"] == {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "name": "returns",
    }
    assert "replicas" not in one(golden(ARGO), "Rollout")["spec"]
    scaler = one(golden(FLAGGER), "HorizontalPodAutoscaler")["spec"]
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (6, 6)
    assert "replicas" not in one(golden(FLAGGER), "Deployment")["spec"]


def test_pitfall_18_an_autoscaler_is_of_the_stable_pods() -> None:
    # The Rollout's own selector is the stable version's since Argo Rollouts 1.8; Flagger copies the autoscaler.
    for name in (ARGO, FLAGGER):
        assert len(of_kind(golden(name), "HorizontalPodAutoscaler")) == 1
    reference = one(golden(FLAGGER), "Canary")["spec"]["autoscalerRef"]
    assert (reference["kind"], reference["name"]) == ("HorizontalPodAutoscaler", "search-ranking")
    assert not of_kind(golden(STANDARD), "HorizontalPodAutoscaler")


def test_pitfall_19_no_two_workloads_select_the_same_pods() -> None:
    for name in ALL:
        workloads = [each for kind in ("Deployment", "Rollout") for each in of_kind(golden(name), kind)]
        assert len(workloads) <= 1


def test_pitfall_20_a_canary_is_two_pods_and_drains_go_one_by_one() -> None:
    assert argo()["minPodsPerReplicaSet"] == 2
    assert one(golden(FLAGGER), "HorizontalPodAutoscaler")["spec"]["minReplicas"] >= 2
    for name in (STANDARD, KNATIVE):
        assert one(golden(name), "InferenceService")["spec"]["predictor"]["minReplicas"] >= 2
    for name in ALL:
        assert one(golden(name), "PodDisruptionBudget")["spec"]["maxUnavailable"] == 1
    both = {
        "key": "app.kubernetes.io/name",
        "operator": "In",
        "values": ["search-ranking", "search-ranking-primary"],
    }
    for kind, path in (("PodDisruptionBudget", "selector"), ("NetworkPolicy", "podSelector")):
        for each in of_kind(golden(FLAGGER), kind):
            assert each["spec"][path] == {"matchExpressions": [both]}


@pytest.mark.parametrize("name", ["returns", "search-ranking", "vision", "speech"])
def test_pitfall_24_sessions_are_spoken_of(name: str) -> None:
    assert re.search(
        r"Shares are of requests, not of callers|shares know no sessions",
        (GOLDEN / name / "RUNBOOK.md").read_text(),
    )


def test_pitfall_22_gitops_is_told_to_leave_the_weights() -> None:
    said = (GOLDEN / "returns" / "RUNBOOK.md").read_text()
    assert (
        "ignoreDifferences: [" in said and "kind: VirtualService" in said and "kind: DestinationRule" in said
    )


def test_pitfall_23_one_named_route_and_it_is_listed() -> None:
    (route,) = one(golden(ARGO), "VirtualService")["spec"]["http"]
    routing = argo()["trafficRouting"]
    assert routing["istio"]["virtualService"] == {"name": "returns", "routes": [route["name"]]}
    steps = {each["setMirrorRoute"]["name"] for each in argo()["steps"] if "setMirrorRoute" in each}
    assert steps == {each["name"] for each in routing["managedRoutes"]}


def test_pitfall_25_ports_are_http() -> None:
    for each in of_kind(golden(ARGO), "Service"):
        (port,) = each["spec"]["ports"]
        assert (port["name"], port["appProtocol"]) == ("http", "http")
    service = one(golden(FLAGGER), "Canary")["spec"]["service"]
    assert (service["portName"], service["appProtocol"]) == ("http", "http")


def test_pitfall_26_a_pod_answers_until_everybody_knows() -> None:
    for name, kind in ((ARGO, "Rollout"), (FLAGGER, "Deployment")):
        pod = one(golden(name), kind)["spec"]["template"]["spec"]
        pause = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert 10 <= pause <= 15 and pod["terminationGracePeriodSeconds"] > pause + 20
    predictor = one(golden(STANDARD), "InferenceService")["spec"]["predictor"]
    assert predictor["containers"][0]["lifecycle"]["preStop"] == {"sleep": {"seconds": 10}}
    assert predictor["deploymentStrategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_pitfall_27_a_canary_that_hangs_is_taken_back() -> None:
    spec = one(golden(ARGO), "Rollout")["spec"]
    assert spec["progressDeadlineAbort"] is True and spec["progressDeadlineSeconds"] <= 600
    # Without them a canary that is never ready holds up its own abort (argoproj/argo-rollouts#4626).
    there = {each["metadata"]["name"] for each in of_kind(golden(ARGO), "Service")}
    assert {argo()["stableService"], argo()["canaryService"]} <= there
    assert one(golden(FLAGGER), "Canary")["spec"]["progressDeadlineSeconds"] <= 600


@pytest.mark.parametrize("name", ALL)
def test_pitfall_28_a_changed_setting_is_another_configmap(name: str) -> None:
    (settings,) = of_kind(golden(name), "ConfigMap")
    assert re.fullmatch(r"[a-z-]+-[a-z0-9]{10}", settings["metadata"]["name"])
    text = str([each for each in golden(name) if each["kind"] != "ConfigMap"])
    assert f"{{'configMapRef': {{'name': '{settings['metadata']['name']}'}}}}" in text


def test_pitfall_29_flagger_finds_its_label_and_nothing_that_it_makes() -> None:
    deployment = one(golden(FLAGGER), "Deployment")["spec"]
    assert deployment["selector"] == {"matchLabels": {"app.kubernetes.io/name": "search-ranking"}}
    assert not {"Service", "VirtualService", "DestinationRule"} & {
        each.partition("/")[0] for each in kinds(golden(FLAGGER))
    }


def test_pitfall_30_pods_come_back_when_the_canary_is_deleted() -> None:
    assert one(golden(FLAGGER), "Canary")["spec"]["revertOnDeletion"] is True


def test_the_window_is_the_hold_in_whole_seconds() -> None:
    for each in metrics():
        windows = set(re.findall(r"\[(\d+)s\]", each["provider"]["prometheus"]["query"]))
        if each.get("count"):
            assert windows == {f"{seconds(each['initialDelay']) - 30:.0f}"}
        else:
            assert windows == {"600"}
