"""InfluxDB 2.x by a strict stand-in: what it is sent, when it is asked again, and what is never said."""

import importlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from tests.engines.influxdb.world import TEMPLATES, World

TOKEN = "t0ken-of-acme"


class Stand:
    """Answers as InfluxDB 2.x does (its API's `PostWrite`), with `answers` first; `/metrics` is a service."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.asked: list[str] = []
        self.taken: list[str] = []
        self.page = ""
        stand = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                stand.post(self)

            def do_GET(self) -> None:
                stand.asked.append(self.path)
                stand.reply(self, 200 if stand.page else 503, {}, stand.page)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"

    def post(self, request: BaseHTTPRequestHandler) -> None:
        """Take points as they must come, or answer what was asked for."""
        body = request.rfile.read(int(request.headers["Content-Length"])).decode()
        place = urlsplit(request.path)
        self.asked.append(request.path)
        if self.answers:
            code, headers = self.answers.pop(0)
            return self.reply(request, code, headers, '{"code":"busy","message":"later"}')
        query = {name: values[0] for name, values in parse_qs(place.query, strict_parsing=True).items()}
        if request.headers["Authorization"] != f"Token {TOKEN}":
            return self.reply(request, 401, {}, '{"code":"unauthorized","message":"unauthorized access"}')
        right = (place.path, query) == (
            "/api/v2/write",
            {"org": "acme & co", "bucket": "models", "precision": "ns"},
        )
        if not right or not request.headers["Content-Type"].startswith("text/plain"):
            return self.reply(request, 400, {}, '{"code":"invalid","message":"bad request"}')
        self.taken += body.split("\n")
        return self.reply(request, 204, {}, "")

    def reply(self, request: BaseHTTPRequestHandler, code: int, headers: dict[str, str], body: str) -> None:
        """Answer."""
        request.send_response(code)
        for name, value in {**headers, "Content-Length": str(len(body.encode()))}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body.encode())


@pytest.fixture
def stand() -> Iterator[Stand]:
    found = Stand()
    yield found
    found.http.shutdown()
    found.http.server_close()


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> dict[str, ModuleType]:
    for of in ("repository", "history"):
        monkeypatch.syspath_prepend(str(TEMPLATES / of / "ops"))
    return {name: importlib.import_module(name) for name in ("influxdb", "line_protocol")}


def history(stand: Stand) -> dict[str, Any]:
    """Return the settings of a database of 2.x."""
    return {"url": stand.url, "org": "acme & co", "bucket": "models", "token": {"secret": "INFLUXDB_TOKEN"}}


def test_an_organisation_is_asked_by_the_second_api(tmp_path: Path, stand: Stand) -> None:
    world = World(tmp_path / "churn")
    world.left()
    code, report, said = world.keep(history(stand), INFLUXDB_TOKEN=TOKEN)
    assert (code, report["figures"]["points"]) == (0, 4), said
    assert len(stand.taken) == 4 and stand.taken[0].startswith("model_drift_score,model=churn value=0.25 1")
    code, report, said = world.keep(history(stand), INFLUXDB_TOKEN="wrong")
    assert (code, "HTTP 401" in report["reasons"][0], "wrong" in said + str(report)) == (2, True, False)


def test_figures_of_the_service_go_there_too(tmp_path: Path, stand: Stand) -> None:
    world = World(tmp_path / "churn")
    world.left()
    stand.page = page()
    code, report, _ = world.keep(
        history(stand), INFLUXDB_TOKEN=TOKEN, SERVICE_METRICS_URL=f"{stand.url}/metrics"
    )
    assert (code, report["verdict"]) == (0, "done")
    assert [line for line in stand.taken if line.startswith('model_requests_total,code=200,odd=a\\,\\ "b"')]
    stand.page = ""
    code, report, _ = world.keep(
        history(stand), INFLUXDB_TOKEN=TOKEN, SERVICE_METRICS_URL=f"{stand.url}/metrics"
    )
    assert (code, report["verdict"], report["figures"]["points"]) == (0, "warned", 4)
    assert report["reasons"] == ["the service did not answer: HTTP Error 503: Service Unavailable"]


def page() -> str:
    """Return what the client library of Prometheus writes of one metric of each kind."""
    registry = CollectorRegistry()
    Counter("model_requests_total", "Requests.", ["code", "odd"], registry=registry).labels(
        "200", 'a, "b"'
    ).inc(7)
    Gauge("model_info", "a\\b\nc", ["version"], registry=registry).labels("\\n\n}{").set(float("nan"))
    latency = Histogram("model_request_duration_seconds", "Latency.", buckets=[0.1, 1], registry=registry)
    for seconds in (0.05, 0.5, 5):
        latency.observe(seconds)
    return generate_latest(registry).decode()


def test_the_text_format_is_read_as_the_library_of_prometheus_reads_it(
    programs: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A test of the service may have switched these series off, for the whole process.
    monkeypatch.setattr("prometheus_client.metrics._use_created", True)
    text = page()
    wanted = [
        (each.name, each.labels, each.value)
        for family in text_string_to_metric_families(text)
        for each in family.samples
    ]
    found = list(programs["line_protocol"].samples(text))
    assert [repr(each) for each in found] == [repr(each) for each in wanted]
    assert len(found) > 8
    for broken in ("a{b} 1", "a{b=c} 1", "a", "{} 1", 'a{b="c} 1'):
        with pytest.raises(ValueError, match="text format"):
            list(programs["line_protocol"].samples(broken))


@pytest.mark.parametrize(
    ("answers", "waits"),
    [
        ([(503, {}), (500, {})], [1.0, 2.0]),
        ([(429, {"Retry-After": "7"})], [7.0]),
        ([(429, {"Retry-After": "900"})], [30.0]),
        ([], []),
    ],
)
def test_a_busy_database_is_asked_again(
    programs: dict[str, ModuleType],
    stand: Stand,
    monkeypatch: pytest.MonkeyPatch,
    answers: list[tuple[int, dict[str, str]]],
    waits: list[float],
) -> None:
    monkeypatch.setenv("INFLUXDB_TOKEN", TOKEN)
    stand.answers = list(answers)
    database, waited = writer(programs, history(stand))
    database.write(["a value=1 1"])
    assert (stand.taken, waited) == (["a value=1 1"], waits)


def writer(programs: dict[str, ModuleType], settings: dict[str, Any]) -> tuple[Any, list[float]]:
    """Return a database that does not wait, and how long it would have waited."""
    from dataclasses import replace

    waited: list[float] = []
    return replace(programs["influxdb"].Influxdb.of(settings), wait=waited.append), waited


def test_in_the_end_it_is_said_that_it_is_busy(
    programs: dict[str, ModuleType], stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INFLUXDB_TOKEN", TOKEN)
    stand.answers = [(503, {})] * 9
    database, waited = writer(programs, history(stand))
    with pytest.raises(ConnectionError, match="asked 4 times: HTTP 503"):
        database.write(["a value=1 1"])
    assert (waited, len(stand.asked)) == ([1.0, 2.0, 4.0], 4)
    stand.answers = [(302, {"Location": f"{stand.url}/elsewhere"})]
    with pytest.raises(ConnectionError, match="HTTP 302"):
        database.write(["a value=1 1"])
    assert not [path for path in stand.asked if "elsewhere" in path], "the token is for one address"
    stand.http.shutdown()
    stand.http.server_close()
    with pytest.raises(ConnectionError, match="asked 4 times"):
        database.write(["a value=1 1"])
