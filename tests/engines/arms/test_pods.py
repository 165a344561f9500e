"""An A/B test between real pods: each id is answered by its arm, and whatever goes wrong no caller sees it."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.conftest_engines import engine
from tests.engines.arms.mesh import FAULTS, HEADER, until
from tests.engines.arms.world import BACK_OFF, CONTROLLED, TREATED, Pair, arm
from tests.engines.arms.world import pair as started
from tests.engines.serving.odd_model import RAISES
from tests.engines.serving.world import JSON, ROW

IDS = [f"id {number} é" for number in range(12)] + [
    "x" * 5000,
    "🦊",
    "a\0b",
    "'; DROP TABLE",
    "=1+1",
    "../..",
]


def test_an_id_is_answered_by_its_arm_and_logged_once(pair: Pair) -> None:
    asked = {name: pair.ask(name) for name in IDS}
    for name, (code, track, request) in asked.items():
        assert (code, track) == (200, "canary" if arm(name) == "treatment" else "stable")
        row = pair.logged(request)
        assert (row["customer_id"], row["arm"], row["log"]) == (name, arm(name), track)
        assert row["version"] == {"stable": "7", "canary": "8"}[track]
    assert {arm(name) for name in IDS} == {"treatment", "control"}


@pytest.mark.parametrize("name", [TREATED, CONTROLLED])
def test_the_header_names_an_id_that_no_row_has(pair: Pair, name: str) -> None:
    """The log has it in the column of the row's id, so that its outcome finds it."""
    code, track, request = pair.ask(None, header=name)
    row = pair.logged(request)
    assert (code, row["customer_id"], row["arm"]) == (200, name, arm(name))
    assert track == row["log"] == ("canary" if name == TREATED else "stable")


def test_without_an_id_stable_answers_and_counts(pair: Pair) -> None:
    before, sent = pair.count(pair.stable, "model_ab_requests_total", arm="none"), len(pair.mesh.heads)
    code, track, request = pair.ask(None)
    assert (code, track, pair.logged(request)["arm"]) == (200, "stable", "")
    rows = {"rows": [{**ROW, "customer_id": each} for each in (TREATED, CONTROLLED)]}
    assert pair.stable.predict(rows)[1]["x-mlops-track"] == "stable"
    assert pair.count(pair.stable, "model_ab_requests_total", arm="none") == before + 2
    assert len(pair.mesh.heads) == sent


def test_a_request_counts_once_where_it_is_answered(pair: Pair) -> None:
    pods = (pair.stable, pair.canary)

    def counted() -> list[tuple[float, ...]]:
        names = ("model_requests_total", "model_request_duration_seconds_count", "model_predictions_total")
        arms = [pair.count(pod, "model_ab_requests_total", arm="treatment") for pod in pods]
        return [tuple(pair.count(pod, name) for pod in pods) for name in names] + [tuple(arms)]

    before, spent = counted(), pair.count(pair.stable, "model_ab_forward_duration_seconds_count")
    for _ in range(3):
        pair.ask(TREATED)
    assert [(a - b, c - d) for (a, c), (b, d) in zip(counted(), before, strict=True)] == [(0, 3)] * 4
    assert pair.count(pair.stable, "model_ab_forward_duration_seconds_count") == spent + 3


def test_what_the_canary_says_is_passed_on(pair: Pair) -> None:
    """An error is its own, as in a canary; what stable refuses itself was never sent."""
    asked = {**ROW, "customer_id": TREATED}
    code, headers, said = pair.stable.predict(asked, {"x-request-id": "passed-1"})
    assert (code, said["version"], said["request_id"]) == (200, "8", "passed-1")
    assert (headers["content-type"], headers["x-request-id"]) == ("application/json", "passed-1")
    code, headers, said = pair.stable.predict(asked | {"age": RAISES}, {"x-request-id": "passed-2"})
    assert (code, headers["x-mlops-track"], said["request_id"]) == (500, "canary", "passed-2")
    assert "failed" in said["error"]
    sent = len(pair.mesh.heads)
    code, headers, _ = pair.stable.predict(asked | {"age": "old"})
    assert (code, headers["x-mlops-track"], len(pair.mesh.heads)) == (422, "stable", sent)


def test_the_same_request_is_sent_on(pair: Pair) -> None:
    trace = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "tracestate": "a=b"}
    more = trace | {"authorization": "Bearer t", "cookie": "a=b", "x-envoy-max-retries": "9"}
    _, _, request = pair.ask(None, header=TREATED, more=more)
    head = pair.mesh.heads[-1].decode().lower()
    for name, value in {**trace, "authorization": "bearer t", "x-request-id": request,
                        "x-entity-id": TREATED, "content-type": "application/json"}.items():  # fmt: skip
        assert f"\r\n{name}: {value}\r\n" in head
    assert HEADER.decode() in head and "cookie" not in head and "envoy" not in head


@pytest.mark.parametrize("said", ["treatment", "control", "x" * 100])
@pytest.mark.parametrize("name", [TREATED, CONTROLLED])
def test_a_header_that_a_caller_forged_changes_no_arm_and_sends_nothing_on(
    pair: Pair, said: str, name: str
) -> None:
    sent = len(pair.mesh.heads)
    code, track, request = pair.ask(name, more={"x-mlops-arm": said})
    assert (code, track, pair.logged(request)["arm"]) == (200, "stable", arm(name))
    assert len(pair.mesh.heads) == sent


def test_a_canary_takes_no_arm_from_a_header_either(pair: Pair) -> None:
    given = JSON | {"x-mlops-arm": "treatment", "x-request-id": "forged-1"}
    pair.canary.ask("POST", "/predict", json.dumps({**ROW, "customer_id": CONTROLLED}).encode(), given)
    row = pair.logged("forged-1")
    assert (row["arm"], row["version"]) == ("control", "8")


@pytest.mark.parametrize("header", ["\xff\xfe", "a,b", '"', "x" * 16_000, "%00", "${jndi:ldap://x}", "  "])
def test_a_hostile_id_is_an_id_or_none(pair: Pair, header: str) -> None:
    code, track, request = pair.ask(None, header=header)
    row = pair.logged(request)
    assert code == 200 and row["customer_id"] == header.strip()
    assert row["arm"] == (arm(header) if header.strip() else "")
    assert track == ("canary" if row["arm"] == "treatment" else "stable")


@pytest.mark.parametrize("fault", [*FAULTS, "nobody_there"])
def test_stable_answers_whatever_is_wrong_with_the_way(pair: Pair, fault: str) -> None:
    failures = pair.count(pair.stable, "model_ab_forward_failures_total")
    if fault == "nobody_there":
        pair.mesh.pods["canary"] = 1
    else:
        pair.mesh.fault = fault
    code, track, request = pair.ask(TREATED)
    row = pair.logged(request)
    assert (code, track, row["log"], row["arm"]) == (200, "stable", "stable", "treatment")
    assert pair.count(pair.stable, "model_ab_forward_failures_total") == failures + 1
    pair.mended()


def test_without_a_route_stable_does_not_go_on_asking(pair: Pair) -> None:
    """Nor is anything asked for ever in a circle: what has the header is answered where it arrives."""
    pair.mesh.routed = False
    start = len(pair.mesh.heads)
    found = [pair.ask(TREATED) for _ in range(8)]
    assert {each[:2] for each in found} == {(200, "stable")}
    # One that finds out, and one more for each time that the pause may have ended in between.
    assert len(pair.mesh.heads) - start <= 3
    assert [pair.logged(request)["arm"] for _, _, request in found] == ["treatment"] * 8
    until(lambda: pair.ask(TREATED)[1] == "stable" and len(pair.mesh.heads) > start + 1, 20 * BACK_OFF + 10)


def test_a_probe_is_nobodys_request(pair: Pair) -> None:
    sent, counted = len(pair.mesh.heads), pair.count(pair.stable, "model_ab_requests_total")
    code, track, _ = pair.ask(TREATED, more={"x-request-id": "probe-1"})
    assert (code, track, len(pair.mesh.heads)) == (200, "stable", sent)
    assert pair.count(pair.stable, "model_ab_requests_total") == counted


COUNT, CALLERS = 10_000, 8


def test_ten_thousand_requests_without_an_error(tmp_path: Path) -> None:
    """The canary is killed at their half, and the route goes on to lead to it."""
    engine("fastapi")
    with started(tmp_path, seconds=30) as pair:
        pair.mended()
        found: list[tuple[int, str, str]] = []
        killed = threading.Event()

        def call(caller: int) -> None:
            connection = HTTPConnection("127.0.0.1", pair.stable.port, timeout=60)
            for number in range(caller, COUNT, CALLERS):
                name = f"c-{number}"
                body = json.dumps({**ROW, "customer_id": name})
                connection.request("POST", "/predict", body, JSON | {"x-request-id": f"ten-{number}"})
                answer = connection.getresponse()
                answer.read()
                found.append((answer.status, name, answer.headers["x-mlops-track"]))
                if len(found) > COUNT / 2 and not killed.is_set():
                    killed.set()
                    pair.canary.process.kill()
            connection.close()

        with ThreadPoolExecutor(CALLERS) as pool:
            list(pool.map(call, range(CALLERS)))
        assert [each for each in found if each[0] != 200] == [] and len(found) == COUNT
        before, after = found[: COUNT // 2 - 100], found[COUNT // 2 + 1000 :]
        assert all((track == "canary") == (arm(name) == "treatment") for _, name, track in before)
        assert {track for _, _, track in after} == {"stable"}
        assert pair.stable.stop() == 0
        rows = [row for row in pair.rows() if row["request_id"].startswith("ten-")]
    answered: dict[str, set[Any]] = {}
    for row in rows:
        answered.setdefault(row["request_id"], set()).add(row["version"])
        assert row["arm"] == arm(row["customer_id"])
    # Of what the canary was at when it was killed, it may have logged some that stable answered then. The log is
    # written behind the answers: of the last of them it may have lost some, of those before it none.
    lost = [name for _, name, _ in found if f"ten-{name.removeprefix('c-')}" not in answered]
    by_canary = [name for _, name, track in found if track == "canary"]
    assert len(lost) <= COUNT / 100 and set(lost) <= set(by_canary[len(by_canary) - len(lost) - CALLERS :])
    assert sum(len(each) > 1 for each in answered.values()) <= CALLERS
    assert len(rows) == sum(len(each) for each in answered.values())
