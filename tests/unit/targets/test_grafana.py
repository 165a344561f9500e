"""Dashboards: what is shown of which model, with which limits, under ids that stay."""

from typing import Any

import pytest
import yaml
from mlopsc.diagnostics import Rejected
from mlopsc.targets.grafana import panels

from tests.unit.targets.dashboards import BATCH, SERVED, dashboard, every, shown
from tests.unit.targets.workflows import SPEC, written

SIX = ["Traffic", "Errors", "Latency", "Drift", "Freshness", "Version"]


@pytest.fixture(scope="module")
def made() -> dict[str, dict[str, Any]]:
    return every()


def panel(found: dict[str, Any], title: str) -> dict[str, Any]:
    """Return the panel of a title."""
    (one,) = [each for each in found["panels"] if each["title"] == title]
    return one


def lines(found: dict[str, Any], title: str) -> list[Any]:
    """Return the first colour of a panel, then the levels that are drawn and the colour from there on."""
    fields = panel(found, title)["fieldConfig"]["defaults"]
    assert fields["custom"]["thresholdsStyle"] == {"mode": "dashed"}
    first, *steps = fields["thresholds"]["steps"]
    assert first["value"] is None
    return [first["color"], *((each["value"], each["color"]) for each in steps)]


def test_six_panels_of_what_exists(made: dict[str, dict[str, Any]]) -> None:
    assert shown(made["served"]) == shown(made["mlflow"]) == SIX
    assert shown(made["batch"]) == [
        "Drift",
        "Freshness",
        "Version",
        "Metrics",
        "Validation",
        "Age of the model",
    ]
    assert shown(made["data_alone"]) == ["Freshness", "Validation"]


def test_a_metric_that_an_alert_watches_is_always_shown(made: dict[str, dict[str, Any]]) -> None:
    assert shown(made["served_watched"]) == [*SIX, "Metrics"]
    assert shown(made["batch_watched"]) == shown(made["batch"])
    (own,) = panel(made["served_watched"], "Metrics")["fieldConfig"]["overrides"]
    assert own["matcher"] == {"id": "byName", "options": "accuracy"}
    steps = [{"color": "red", "value": None}, {"color": "green", "value": 0.7}]
    assert own["properties"][0]["value"] == {"mode": "absolute", "steps": steps}


def test_alerts_on_data_and_model_are_drawn() -> None:
    alerts = [{"metric": "data_age", "above": "2d"}, {"metric": "model_age", "above": "30d"}]
    found = dashboard(monitoring={"alerts": alerts}, **SERVED)
    assert shown(found) == [*SIX, "Age of the model"]
    assert lines(found, "Freshness") == ["green", (172800, "orange")]
    steps = panel(found, "Age of the model")["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert steps[1] == {"color": "orange", "value": 2592000}


def test_rows_for_canary_and_ab_test_only_where_the_spec_has_them(made: dict[str, dict[str, Any]]) -> None:
    compared = ["Requests by version", "Errors by version", "Latency by version"]
    assert shown(made["canary"]) == [*SIX, "Canary", *compared, "A/B test", *compared, "Requests by arm"]
    asked = [
        each["expr"] for each in panel(made["canary"], "Canary") and made["canary"]["panels"][7]["targets"]
    ]
    assert asked == [
        'sum by (version) (rate(model_requests_total{model="$model",environment=~"$environment"}[$__rate_interval]))'
    ]
    assert not [
        each
        for name, each in made.items()
        if name != "canary"
        for each in each["panels"]
        if each["type"] == "row"
    ]


def test_limits_are_drawn_where_they_belong(made: dict[str, dict[str, Any]]) -> None:
    assert lines(made["served"], "Drift") == ["green", (0.3, "orange")]
    assert lines(made["served"], "Errors") == ["green", (0.01, "red")]
    assert lines(made["served"], "Latency") == ["green", (0.2, "red")]
    assert lines(made["served"], "Traffic") == ["green"]


def test_an_alert_says_more_than_the_promise() -> None:
    alerts = [
        {"metric": "latency_p95", "above": "150ms"},
        {"metric": "latency_p95", "above": "300ms", "severity": "page"},
        {"metric": "request_rate", "below": 1},
        {"metric": "request_rate", "above": 50, "below": 0.5, "severity": "page"},
    ]
    found = dashboard(monitoring={"alerts": alerts}, **SERVED)
    assert lines(found, "Latency") == ["green", (0.15, "orange"), (0.3, "red")]
    assert lines(found, "Traffic") == ["red", (0.5, "orange"), (1, "green"), (50, "red")]


def test_nothing_overlaps_and_rows_are_full(made: dict[str, dict[str, Any]]) -> None:
    for found in made.values():
        cells: set[tuple[int, int]] = set()
        places = [each["gridPos"] for each in found["panels"]]
        for place in places:
            own = {
                (x, y)
                for x in range(place["x"], place["x"] + place["w"])
                for y in range(place["y"], place["y"] + place["h"])
            }
            assert not own & cells
            cells |= own
        bottom = max(place["y"] + place["h"] for place in places)
        assert cells == {(x, y) for x in range(24) for y in range(bottom)}


def test_forty_models_have_forty_dashboards_whose_ids_stay() -> None:
    names = [f"model-{number}" for number in range(39)] + ["m" * 40]
    made = {name: dashboard(name, **SERVED) for name in names}
    assert len({found["uid"] for found in made.values()}) == 40
    assert all(len(found["uid"]) <= 40 for found in made.values())
    again = {name: dashboard(name, **SERVED) for name in reversed(names)}
    assert again == made
    for found in made.values():
        ids = [each["id"] for each in found["panels"]]
        assert len(set(ids)) == len(ids)
    # But for what is chosen first and how it is called, they are one dashboard.
    plain = [_anonymous(found, name) for name, found in made.items()]
    assert all(each == plain[0] for each in plain)


def _anonymous(found: dict[str, Any], name: str) -> dict[str, Any]:
    assert f'model="{name}"' not in str(found["panels"]), "the variable chooses the model"
    variables = [each | {"current": None} for each in found["templating"]["list"]]
    return found | {"uid": "", "title": "", "description": "", "templating": variables}


def test_the_id_of_a_panel_is_the_same_in_each_dashboard(made: dict[str, dict[str, Any]]) -> None:
    titles: dict[int, set[str]] = {}
    for found in made.values():
        for each in found["panels"]:
            titles.setdefault(each["id"], set()).add(each["title"])
    assert all(len(named) == 1 for named in titles.values())
    assert {number: next(iter(titles[number])) for number in range(1, 7)} == dict(enumerate(SIX, 1))


def test_a_dashboard_that_asks_what_nobody_exports_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    right = panels.gauge
    monkeypatch.setattr(panels, "gauge", lambda name, *more: right(name.replace("drift", "dirft"), *more))
    with pytest.raises(Rejected) as caught:
        dashboard(**BATCH)
    (found,) = caught.value.diagnostics
    assert (found.code, found.hint) == ("M501", "did you mean `model_drift_score`?")
    assert found.message == (
        "monitoring/grafana/dashboards/churn.json needs the metric `model_dirft_score`, which nothing brings"
    )


def test_models_that_ask_one_prometheus_share_a_data_source() -> None:
    def provisioned(name: str, url: Any) -> list[dict[str, Any]]:
        texts = written(
            model=SPEC["model"] | {"name": name},
            monitoring={"dashboard": "grafana"},
            **({"connections": {"prometheus": {"url": url}}} if url else {}),
        )
        text = texts[f"monitoring/grafana/provisioning/datasources/{name}.yml"]
        found: list[dict[str, Any]] = yaml.safe_load(text)["datasources"]
        return found

    assert provisioned("a", None) == provisioned("b", None)
    assert provisioned("a", None)[0]["url"] == "http://127.0.0.1:9090"
    assert provisioned("a", "http://one:9090")[0]["uid"] != provisioned("a", "http://two:9090")[0]["uid"]
    # A `$` would be a variable of Grafana's environment.
    assert provisioned("a", "http://one:9090/$x")[0]["url"] == "http://one:9090/$$x"
    for kind in ("env", "secret"):
        (source,) = provisioned("a", {kind: "PROMETHEUS_URL"})
        assert (source["url"], source["name"]) == ("$PROMETHEUS_URL", "Prometheus PROMETHEUS_URL")


def test_two_environments_choose_the_last_one_first() -> None:
    places = {"staging": {"monitoring": {"dashboard": "grafana"}}, "production": {}}
    found = dashboard(environments=places, **SERVED)
    chosen = {each["name"]: each["current"]["value"] for each in found["templating"]["list"]}
    assert chosen["environment"] == "production"
    bare = dashboard(**BATCH)
    (environment,) = [each for each in bare["templating"]["list"] if each["name"] == "environment"]
    assert (environment["current"]["value"], environment["allValue"]) == ("$__all", ".*")
