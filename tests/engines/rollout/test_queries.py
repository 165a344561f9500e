"""What Prometheus is asked, and what its answers mean."""

import json
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import promql_parser
import pytest

from tests.engines.rollout.cluster import CONFIG

LABELS = {"model": "churn", "environment": "production", "track": "canary"}


@pytest.fixture
def queries(modules: dict[str, ModuleType]) -> ModuleType:
    return modules["rollout_queries"]


def test_the_texts(queries: ModuleType) -> None:
    own = 'model="churn",environment="production",track="canary"'
    assert queries.requests(LABELS, 600) == f"sum(increase(model_requests_total{{{own}}}[600s]))"
    errors = f'sum(increase(model_requests_total{{{own},code=~"5..|422"}}[600s]))'
    assert queries.errors(LABELS, 600) == errors
    slow = (
        f"sum(increase(model_request_duration_seconds_count{{{own}}}[60s])) - "
        f'sum(increase(model_request_duration_seconds_bucket{{{own},le="0.2"}}[60s]))'
    )
    assert queries.slow(LABELS, 60, 0.2) == slow
    assert 'le="1.0"' in queries.slow(LABELS, 60, 1)


@pytest.mark.parametrize("value", ['a"b', "a\\b", "a\nb", 'a"} or vector(0) #', "ü"])
def test_no_value_of_a_label_ends_its_quotes(queries: ModuleType, value: str) -> None:
    parsed = promql_parser.parse(queries.requests({"model": value}, 60))
    matchers = parsed.expr.args[0].vector_selector.matchers.matchers
    assert [(each.name, each.value) for each in matchers] == [("model", value)]


def asked(queries: ModuleType, answer: Any, status: int = 200, **config: Any) -> tuple[Any, list[str]]:
    seen: list[str] = []

    def http(method: str, url: str, body: None, headers: Any, timeout: float) -> tuple[int, bytes]:
        assert method == "GET" and body is None
        assert url.startswith("http://prometheus.test/api/v1/query?")
        seen.append(parse_qs(urlsplit(url).query)["query"][0])
        if isinstance(answer, Exception):
            raise answer
        return status, answer if isinstance(answer, bytes) else json.dumps(answer).encode()

    prometheus = queries.Prometheus({**CONFIG, **config}, http, lambda seconds: None)
    return prometheus.figures(59.2), seen


def vector(*values: str) -> dict[str, Any]:
    result = [{"metric": {}, "value": [1.0, value]} for value in values]
    return {"status": "success", "data": {"resultType": "vector", "result": result}}


def test_a_window_is_whole_seconds(queries: ModuleType) -> None:
    figures, seen = asked(queries, vector("7"))
    assert figures.requests == 7.0
    assert figures.over == {"error_rate": 7.0, "latency_p95": 7.0}
    assert all("[60s]" in each for each in seen)
    assert len(seen) == 3


@pytest.mark.parametrize(
    "answer, status",
    [
        (vector("NaN"), 200),
        (vector("+Inf"), 200),
        (vector("-Inf"), 200),
        (vector("seven"), 200),
        (vector(), 200),
        ({"status": "error", "error": "timed out"}, 200),
        ({"status": "success", "data": {"result": [{}]}}, 200),
        (b"<html>", 200),
        (b"", 503),
        (vector("7"), 404),
        (vector("7"), 429),
        (ConnectionRefusedError("refused"), 200),
        (TimeoutError("timed out"), 200),
    ],
)
def test_what_is_no_number_is_unknown(queries: ModuleType, answer: Any, status: int) -> None:
    figures, seen = asked(queries, answer, status)
    assert figures.requests is None
    assert set(figures.over.values()) == {None}
    # What cannot be known is not asked for.
    assert len(set(seen)) == 1


@pytest.mark.parametrize(
    "answer, status, times", [(b"", 503, 3), (b"", 429, 3), (TimeoutError(), 200, 3), (b"", 400, 1)]
)
def test_it_is_asked_again_where_that_may_help(
    queries: ModuleType, answer: Any, status: int, times: int
) -> None:
    assert len(asked(queries, answer, status)[1]) == times


def test_no_series_of_errors_is_no_error_and_no_series_of_latency_is_unknown(queries: ModuleType) -> None:
    def http(method: str, url: str, body: None, headers: Any, timeout: float) -> tuple[int, bytes]:
        plain = "code" not in url and "duration" not in url
        return 200, json.dumps(vector("500") if plain else vector()).encode()

    figures = queries.Prometheus(CONFIG, http, lambda seconds: None).figures(60)
    assert figures.over == {"error_rate": 0.0, "latency_p95": None}


def test_without_environments_there_is_no_such_label(queries: ModuleType) -> None:
    _, seen = asked(queries, vector("7"), environment="")
    assert 'model="churn",track="canary"' in seen[0]


def test_kserve_is_asked_by_version(queries: ModuleType) -> None:
    config = {**CONFIG, "provider": "kserve"}
    prometheus = queries.Prometheus(config, None, lambda seconds: None, "8")
    assert prometheus.labels == {"model": "churn", "environment": "production", "version": "8"}


def test_the_labels_are_the_canarys(queries: ModuleType) -> None:
    _, seen = asked(queries, vector("7"))
    assert all('track="canary"' in each for each in seen)
    assert len(seen) == 3
