"""What a caller sees: predictions, refusals in few words, and never the inside of the service."""

import json
import socket
import threading
import time

import pytest

from tests.engines.serving.world import JSON, ROW, Running, total

WORDS = {"age": "a whole number", "spend": "a number or null", "active": "true or false"}
KNOWN = "only age, spend, plan, active, since, customer_id"


def test_one_row_or_many(service: Running) -> None:
    code, headers, said = service.predict(ROW, {"X-Request-ID": "order-17.b"})
    assert (code, headers["x-request-id"]) == (200, "order-17.b")
    assert "x-mlops-track" not in headers, "where versions do not serve side by side"
    answer = {"predictions": ["old"], "model": "churn", "version": "7", "request_id": "order-17.b"}
    assert said == answer
    code, _, said = service.predict({"rows": [ROW, {**ROW, "age": 20.0, "spend": None, "plan": None}]})
    assert (code, said["predictions"]) == (200, ["old", "young"])


@pytest.mark.parametrize("name", ["", "a" * 65, "-rf", "a b", "a\tb", "é"])
def test_a_name_that_is_not_well_formed_is_replaced(service: Running, name: str) -> None:
    given = {"X-Request-ID": name.encode("utf-8").decode("latin-1")}
    one, other = (service.predict(ROW, given)[2]["request_id"] for _ in range(2))
    assert len(one) == len(other) == 32 and one != name
    # A version that is sent a copy must call it the same; what has no name is never the same.
    assert (one == other) is bool(name)


@pytest.mark.parametrize(
    ("field", "value", "found", "wanted"),
    [
        ("age", "41", '"41"', WORDS["age"]),
        ("age", True, "true", WORDS["age"]),
        ("age", 41.5, "41.5", WORDS["age"]),
        ("age", None, "null", WORDS["age"]),
        ("age", 2**63, "9223372036854775808", WORDS["age"]),
        ("age", [1], "a list", WORDS["age"]),
        ("spend", "NaN", '"NaN"', WORDS["spend"]),
        ("spend", False, "false", WORDS["spend"]),
        ("spend", 10**400, "1" + 39 * "0" + "...", WORDS["spend"]),
        ("active", 1, "1", WORDS["active"]),
        ("active", None, "null", WORDS["active"]),
        ("since", "yesterday", '"yesterday"', None),
        ("since", "9999-12-31T23:59:59", '"9999-12-31T23:59:59"', None),
        ("since", "0001-01-01T00:00:00+14:00", '"0001-01-01T00:00:00+14:00"', None),
        ("plan", "\ud800", '"\\ud800"', "text or null"),
        ("plan", 7, "7", "text or null"),
        ("colour", "red", "an unknown field", KNOWN),
    ],
)
def test_a_field_that_does_not_fit_is_named(
    service: Running, field: str, value: object, found: str, wanted: str | None
) -> None:
    code, _, said = service.predict({"rows": [ROW, {**ROW, field: value}]})
    assert (code, said["error"]) == (422, "1 field does not hold what the model needs")
    (fault,) = said["faults"]
    assert (fault["row"], fault["field"], fault["found"]) == (1, field, found)
    assert fault["wanted"] == wanted or (wanted is None and "ISO 8601" in fault["wanted"])


def test_what_is_missing_is_named(service: Running) -> None:
    code, _, said = service.predict({"age": 41})
    assert code == 422
    assert [fault["field"] for fault in said["faults"]] == ["spend", "plan", "active", "since"]
    assert {fault["found"] for fault in said["faults"]} == {"nothing"}


def test_of_many_faults_the_first_are_told(service: Running) -> None:
    code, _, said = service.predict({"rows": [{}] * 1000})
    assert (code, len(said["faults"])) == (422, 20)
    assert said["error"] == "5000 fields do not hold what the model needs"


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (b"", 400, "not JSON"),
        (b"{", 400, "not JSON"),
        (b'{"age": NaN}', 400, "NaN is no number"),
        (b'{"age": Infinity}', 400, "Infinity is no number"),
        (b'{"age": 1e400}', 400, "too large: 1e400"),
        (b'{"age": 1, "age": 2}', 400, 'the key "age" twice'),
        (b'{"age": ' + b"9" * 5000 + b"}", 400, "too many digits"),
        (b'{"a":' * 100_000, 400, "nested too deep"),
        (b"[" * 500_000, 400, "nested too deep"),
        (b'{"age": "\xff"}', 400, "not UTF-8"),
        (b"\xef\xbb\xbf{}", 400, "not JSON"),
        (b'"age"', 422, "must be one row"),
        (b"[]", 422, "must be one row"),
        (b"null", 422, "must be one row"),
        (b'{"rows": {}}', 422, "must be one row"),
        (b'{"rows": []}', 422, "there are 0 rows"),
        (b'{"rows": [], "age": 1}', 422, "nothing else"),
        (b'{"rows": [1]}', 422, "1 field does"),
        (b'{"rows": [' + b"{}," * 1000 + b"{}]}", 422, "there are 1001 rows"),
    ],
)
def test_a_body_that_is_no_request(service: Running, body: bytes, code: int, words: str) -> None:
    found, headers, said = service.predict(body)
    assert (found, words in said["error"]) == (code, True), said
    assert said["request_id"] == headers["x-request-id"]


def test_another_type_method_or_path(service: Running) -> None:
    body = json.dumps(ROW).encode()
    kinds: list[dict[str, str]] = [{}, {"Content-Type": "text/csv"}, JSON | {"Content-Encoding": "gzip"}]
    assert [service.ask("POST", "/predict", body, kind)[0] for kind in kinds] == [415] * 3
    assert service.predict(body, {"Content-Type": "application/json; charset=utf-8"})[0] == 200
    code, headers, said = service.ask("PUT", "/predict", body, JSON)
    assert (code, headers["allow"], said["error"]) == (405, "POST", "method not allowed")
    for path in ("/", "/docs", "/redoc", "/predict/", "/../service.json", "/invocations"):
        assert service.ask("GET", path)[0] == 404, path
    assert service.ask("POST", "/metrics", b"", JSON)[0] == 405


def test_a_body_that_is_too_large(service: Running) -> None:
    large = b" " * (1 << 20) + b"{}"
    before = service.memory()
    for chunks in (large, iter([large[:4096]] * 300)):
        code, _, said = service.ask("POST", "/predict", chunks, JSON)  # type: ignore[arg-type]
        assert (code, said["error"]) == (413, "the body is larger than 1048576 bytes")
    assert service.memory() - before < 32 << 20


def test_a_huge_body_is_refused_by_its_announcement(service: Running) -> None:
    with socket.create_connection(("127.0.0.1", service.port), 30) as line:
        head = b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        line.sendall(head + b"Content-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n")
        assert line.recv(1000).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("age", [13, 14, 15])
def test_what_the_model_does_wrong_is_told_to_the_log(service: Running, age: int) -> None:
    """It raises, answers with NaN, or with too few answers."""
    code, _, said = service.predict({**ROW, "age": age}, {"X-Request-ID": f"bad-{age}"})
    assert (code, said["error"]) == (500, "the model failed; the log says why")
    assert "secret" not in json.dumps(said)
    end = time.monotonic() + 10
    while not (told := [line for line in service.lines() if line.get("request_id") == f"bad-{age}"]):
        assert time.monotonic() < end
    assert "Traceback" in told[0]["traceback"]


def test_lines_of_the_log_name_the_request_and_never_the_inputs(service: Running) -> None:
    service.predict({**ROW, "plan": "only-in-the-request"}, {"X-Request-ID": "seen-once"})
    end = time.monotonic() + 10
    while not (found := [line for line in service.lines() if line.get("request_id") == "seen-once"]):
        assert time.monotonic() < end
    (line,) = found
    assert (line["status"], line["model"], line["version"], line["message"]) == (200, "churn", "7", "request")
    assert 0 < line["milliseconds"] < 10_000
    assert "only-in-the-request" not in service.said.read_text()


def test_metrics_count_what_was_answered(service: Running) -> None:
    before = service.metrics()
    codes = ("200", "400", "404", "405", "413", "422", "500", "503")
    assert {f'model_requests_total{{code="{code}",model="churn",version="7"}}' for code in codes} <= set(
        before
    )
    bodies: list[object] = [ROW, {"rows": [ROW, ROW]}, {"age": 1}, b"{", {**ROW, "age": 13}]
    for body in bodies:
        service.predict(body)
    for path in ("/healthz", "/readyz", "/nowhere"):
        service.probe(path)
    after = service.metrics()
    rise = {code: total(after, code) - total(before, code) for code in (200, 400, 404, 422, 500)}
    assert rise == {200: 2, 400: 1, 404: 0, 422: 1, 500: 1}
    label = '{model="churn",version="7"}'
    count = f"model_request_duration_seconds_count{label}"
    assert after[count] - before[count] == 5
    old = 'model_predictions_total{answer="old",model="churn",version="7"}'
    assert after[old] - before.get(old, 0) == 3
    assert after['model_info{model="churn",runtime="fastapi",version="7"}'] == 1


def test_buckets_are_those_of_the_spec(service: Running) -> None:
    names = [name for name in service.metrics() if name.startswith("model_request_duration_seconds_bucket")]
    found = [name.split('le="')[1].split('"')[0] for name in names]
    limits = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.23", "0.25", "0.5", "1.0", "2.5", "5.0", "10.0"]
    assert found == [*limits, "+Inf"]


def test_slow_callers_hold_up_nobody(service: Running) -> None:
    """Three hundred that do not finish their head or their body; the others are answered meanwhile."""
    head = b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    before = service.memory()
    lines = [socket.create_connection(("127.0.0.1", service.port), 30) for _ in range(300)]
    try:
        for index, line in enumerate(lines):
            line.sendall(head if index % 2 else head + b"Content-Length: 1000\r\n\r\n{")
        start = time.monotonic()
        assert [service.predict(ROW)[0] for _ in range(20)] == [200] * 20
        assert time.monotonic() - start < 8
        answers = [line.recv(200) for line in lines]
    finally:
        for line in lines:
            line.close()
    assert {answer.split(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 408 Request Timeout"}
    assert service.memory() - before < 64 << 20


def test_ten_thousand_requests_leave_no_memory_behind(service: Running) -> None:
    """Sound and hostile ones, thirty-two at a time."""
    body = {"good": json.dumps(ROW).encode(), "bad": b'{"rows": [' + b'{"age": "x"},' * 900 + b"{}]}"}
    head = "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
    before_count, codes = total(service.metrics(), 200), set[bytes]()
    service.predict({"rows": [ROW] * 1000})
    before = service.memory()

    def caller(number: int) -> None:
        with (
            socket.create_connection(("127.0.0.1", service.port), 60) as line,
            line.makefile("rb") as answers,
        ):
            for index in range(313):
                sent = body["bad" if number % 16 == 0 and index % 8 == 0 else "good"]
                line.sendall(head.format(len(sent)).encode() + sent)
                codes.add(answers.readline().split()[1])
                size = 0
                while (header := answers.readline()) != b"\r\n":
                    if header.lower().startswith(b"content-length"):
                        size = int(header.split(b":")[1])
                answers.read(size)

    threads = [threading.Thread(target=caller, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == {b"200", b"422"}
    assert total(service.metrics(), 200) - before_count > 9_900
    assert service.memory() - before < 64 << 20
