"""A page rolls back once: over HTTP, through kills, and for nobody else."""

import fcntl
import http.client
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.engines.notify.sinks import http_sink
from tests.engines.prometheus.on_alert import CONFIG, TOKEN, Alerted, alert, message, repository

WHOLE = ["rollback", "reference", "deploy 6"]


@pytest.fixture
def alerted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Alerted]:
    """Return a repository whose program listens."""
    engine("make")
    monkeypatch.delenv("MLOPS_ENV", raising=False)
    with repository(tmp_path / "churn").listening() as found:
        yield found


def test_an_alert_rolls_back_deploys_that_version_and_tells_people(alerted: Alerted) -> None:
    assert alerted.post(message(alert())) == (202, "rolling back")
    alerted.until(alerted.is_over)
    alerted.until(lambda: alerted.lines("told"))
    assert alerted.lines("calls") == WHOLE
    told = alerted.lines("told")
    assert told[:2] == ["--title", "ErrorRateHigh has asked for a rollback"]
    assert "deploy of version 6: done" in told and "page" in told


def test_the_same_again_does_nothing_until_the_cooldown_is_over(alerted: Alerted) -> None:
    alerted.post(message(alert()))
    alerted.until(alerted.is_over)
    status, said = alerted.post(message(alert()))
    assert (status, said) == (200, "nothing to do: the last rollback is less than 3600 seconds ago")
    _set_back(alerted, 3601)
    # It fires since before the rollback, which was no help: another one would be none either.
    before = (datetime.now(UTC) - timedelta(hours=2)).isoformat().replace("+00:00", "Z")
    status, said = alerted.post(message(alert(began=before)))
    assert (status, said) == (
        200,
        "nothing to do: it fires since before the last rollback, which did not help",
    )
    assert alerted.lines("calls") == WHOLE
    assert alerted.post(message(alert()))[0] == 202
    alerted.until(lambda: alerted.is_over() and len(alerted.lines("calls")) > len(WHOLE))


def _set_back(alerted: Alerted, seconds: float) -> None:
    path = alerted.root / ".mlops/on_alert.json"
    known = json.loads(path.read_text())
    path.write_text(json.dumps(known | {"started": known["started"] - seconds}))


@pytest.mark.parametrize(
    "other",
    [
        alert("DriftScoreHigh"),
        alert(status="resolved"),
        alert(model="demand"),
        alert(environment="staging"),
        {"status": "firing"},
        {"status": "firing", "labels": "ErrorRateHigh"},
        7,
    ],
)
def test_no_other_alert_rolls_back(alerted: Alerted, other: object) -> None:
    status, said = alerted.post({"alerts": [other]})
    assert (status, said) == (200, "nothing to do: no alert fires that may roll back")
    assert not alerted.state()


def test_who_does_not_know_the_token_is_not_heard(alerted: Alerted) -> None:
    for given in ("", "Bearer ", "Bearer wrong", TOKEN, f"Basic {TOKEN}"):
        assert alerted.post(message(alert()), Authorization=given)[0] == 401
    assert alerted.post(message(alert()), path="/elsewhere")[0] == 404
    assert not alerted.state()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'{"alerts": {}}', 400),
        (b"\xff", 400),
        (b"[" * 200_000, 400),
    ],
    ids=lambda value: str(value)[:12],
)
def test_what_is_no_message_is_refused(alerted: Alerted, body: bytes, status: int) -> None:
    assert alerted.post(body)[0] == status
    assert alerted.post(message(alert()))[0] == 202


@pytest.mark.parametrize(("length", "status"), [("", 411), ("-1", 411), (str((1 << 20) + 1), 413)])
def test_a_body_of_unknown_length_or_a_large_one_is_not_read(
    alerted: Alerted, length: str, status: int
) -> None:
    connection = http.client.HTTPConnection(alerted.url.removeprefix("http://"), timeout=20)
    connection.putrequest("POST", "/rollback")
    connection.putheader("Authorization", f"Bearer {TOKEN}")
    if length:
        connection.putheader("Content-Length", length)
    connection.endheaders()
    assert connection.getresponse().status == status


def test_a_rollback_that_was_killed_is_completed_once(alerted: Alerted) -> None:
    (alerted.root / "hold").touch()
    alerted.post(message(alert()))
    alerted.until(lambda: alerted.lines("calls") == ["rollback"])
    assert alerted.post(message(alert())) == (200, "nothing to do: a rollback is under way")
    alerted.kill()
    # The command goes on without the program that has started it, and holds its lock.
    with (alerted.root / ".mlops/rolling_back.lock").open() as lock, pytest.raises(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with alerted.listening():
        # The next one waits for it, and then finds nothing left to do.
        assert alerted.post(message(alert()))[1] == "nothing to do: a rollback is under way"
        assert alerted.lines("calls") == ["rollback"]
        (alerted.root / "hold").unlink()
        alerted.until(alerted.is_over)
        alerted.until(lambda: alerted.lines("told"))
    assert alerted.lines("calls") == ["rollback", "rollback", "reference", "deploy 6"]
    with alerted.listening():
        assert alerted.post(message(alert()))[0] == 200
    assert alerted.lines("calls") == ["rollback", "rollback", "reference", "deploy 6"]


def test_killed_before_the_deployment_it_deploys_once_more(alerted: Alerted) -> None:
    alerted.kill()
    known = {"step": "deploy", "started": 1.0, "alert": "ErrorRateHigh", "tries": 1}
    (alerted.root / ".mlops").mkdir(exist_ok=True)
    (alerted.root / "reports").mkdir()
    (alerted.root / ".mlops/on_alert.json").write_text(json.dumps(known))
    with alerted.listening():
        alerted.until(alerted.is_over)
    assert alerted.lines("calls") == ["reference", "deploy 6"]


def test_where_there_is_nothing_to_go_back_to_nothing_is_deployed(alerted: Alerted) -> None:
    (alerted.root / "gone-back").touch()
    alerted.post(message(alert()))
    alerted.until(lambda: alerted.lines("told"))
    assert alerted.lines("calls") == ["rollback"]
    assert "rollback: refused" in alerted.lines("told")


def test_without_a_deployment_only_the_champion_moves(alerted: Alerted) -> None:
    (alerted.root / "ops/deploy.py").unlink()
    alerted.post(message(alert()))
    alerted.until(lambda: alerted.lines("told"))
    assert alerted.lines("calls") == ["rollback"]
    assert "rollback: rolled back" in alerted.lines("told")


def test_without_a_token_it_does_not_listen(tmp_path: Path) -> None:
    found = repository(tmp_path / "churn")
    found.environment = {"ON_ALERT_TOKEN": ""}
    with pytest.raises(AssertionError), found.listening():
        pass
    assert found.process and found.process.wait(20) == 2


def test_a_message_is_passed_on_to_a_webhook_whose_address_is_secret(tmp_path: Path) -> None:
    config = CONFIG | {"notify": {"webhook": {"secret": "NOTIFY_URL"}}}
    found = repository(tmp_path / "churn", config)
    with http_sink() as sink:
        found.environment = {"NOTIFY_URL": f"{sink.url}/hidden"}
        with found.listening():
            assert found.post(message(alert(), alert("LatencyP95High")), "/tell") == (200, "told")
            sink.answers = [(503, {}), (404, {})]
            assert found.post(message(alert()), "/tell") == (503, "HTTP 503")
            assert found.post(message(alert()), "/tell") == (400, "HTTP 404")
    path, told = sink.came[0]
    assert path == "/hidden"
    assert told == {
        "model": "churn",
        "severity": "page",
        "title": "[FIRING] ErrorRateHigh, LatencyP95High",
        "text": "[firing] ErrorRateHigh is high RUNBOOK.md#x\n[firing] LatencyP95High is high RUNBOOK.md#x",
        "key": "{}",
    }
    assert not found.state()
