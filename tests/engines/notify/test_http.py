"""Slack and webhooks."""

import subprocess
import sys
import time

import pytest

from tests.engines.notify.conftest import PATH, Desk
from tests.engines.notify.sinks import Http

TOLD = "notify: slack: told\n"


def test_slack_gets_the_message_and_nobody_is_mentioned_by_it(desk: Desk, http: Http) -> None:
    assert desk.tell("--text", "<!channel> a & b", "--severity", "page") == TOLD
    assert http.came == [(PATH, {"text": "*[page] churn: Drift*\n&lt;!channel&gt; a &amp; b"})]


def test_slack_gets_no_more_than_it_takes(desk: Desk, http: Http) -> None:
    desk.tell("--text", "x" * 50_000)
    assert len(http.came[0][1]["text"]) < 4000


def test_a_webhook_gets_the_parts(desk: Desk, http: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", f"{http.url}/hook")
    desk.configure(webhook={"secret": "HOOK"})
    desk.tell("--text", "é", "--key", "drift")
    message = {"model": "churn", "severity": "info", "title": "Drift", "text": "é", "key": "drift"}
    assert http.came == [("/hook", message)]


def test_all_channels_are_told_and_one_that_fails_keeps_no_other_from_it(
    desk: Desk, http: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", f"{http.url}/hook")
    desk.configure(slack={"secret": "UNSET"}, webhook={"secret": "HOOK"})
    printed = desk.tell()
    assert "notify: webhook: told\n" in printed
    assert "notify: slack: not told: the environment variable UNSET is not set" in printed


@pytest.mark.parametrize("code", [429, 500, 503, 408])
def test_what_may_work_later_is_tried_again_with_growing_waits(desk: Desk, http: Http, code: int) -> None:
    http.answers = [(code, {})] * 3
    assert TOLD in desk.tell()
    assert (len(http.came), desk.slept) == (4, [1, 2, 4])


def test_a_receiver_that_names_a_wait_gets_it(desk: Desk, http: Http) -> None:
    http.answers = [(429, {"Retry-After": "7"})]
    assert TOLD in desk.tell()
    assert desk.slept == [7]
    http.answers = [(429, {"Retry-After": "3600"})]
    assert desk.tell(title="Other") == "notify: slack: not told: HTTP 429\n"
    assert desk.slept == [7]


@pytest.mark.parametrize("code", [400, 403, 404, 302, 307])
def test_what_is_refused_is_not_tried_again(desk: Desk, http: Http, code: int) -> None:
    http.answers = [(code, {"Location": f"{http.url}/elsewhere"})]
    assert desk.tell() == f"notify: slack: not told: HTTP {code}\n"
    assert (len(http.came), desk.slept) == (1, [])


def test_attempts_end(desk: Desk, http: Http) -> None:
    http.answers = [(500, {})] * 9
    assert desk.tell().splitlines()[-1] == "notify: slack: not told: HTTP 500"
    assert (len(http.came), desk.slept) == (5, [1, 2, 4, 8])


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://127.0.0.1:9/hidden", "Connection refused"),
        ("file:///etc/hidden", "the address is not one of http or https"),
        ("https://", "URLError"),
        ("http://hidden:hidden port/x", "the address is not a URL"),
        ("http://127.0.0.1/hidden\nline", "the address is not a URL"),
    ],
)
def test_an_address_that_does_not_work_is_not_shown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, address: str, why: str
) -> None:
    monkeypatch.setenv("SLACK", address)
    desk.configure(slack={"secret": "SLACK"})
    assert desk.tell().splitlines()[-1] == f"notify: slack: not told: {why}"


def test_the_same_is_told_once_an_hour(desk: Desk, http: Http) -> None:
    desk.tell("--key", "drift")
    held = "notify: slack: held back: the same was told less than an hour ago\n"
    assert desk.tell("--key", "drift", title="Other words") == held
    assert desk.tell("--key", "other") == TOLD
    assert desk.tell("--text", "no key: the words are the key") == TOLD
    assert desk.tell("--text", "no key: the words are the key") == held
    desk.now += 3599
    assert desk.tell("--key", "drift") == held
    desk.now += 2
    assert desk.tell("--key", "drift") == TOLD
    assert len(http.came) == 4


def test_what_was_not_told_may_be_told_by_the_next_call(desk: Desk, http: Http) -> None:
    http.answers = [(404, {})]
    assert desk.tell("--key", "drift") == "notify: slack: not told: HTTP 404\n"
    assert desk.tell("--key", "drift") == TOLD


def test_a_channel_gets_twenty_messages_an_hour(desk: Desk, http: Http) -> None:
    for number in range(20):
        assert desk.tell("--key", str(number)) == TOLD
    assert desk.tell("--key", "20") == "notify: slack: held back: 20 messages in an hour are enough\n"
    desk.now += 3601
    assert desk.tell("--key", "20") == TOLD


def test_a_clock_that_was_wrong_silences_nobody(desk: Desk, http: Http) -> None:
    desk.now += 1e6
    desk.tell("--key", "drift")
    desk.now -= 1e6
    assert desk.tell("--key", "drift") == TOLD


def test_a_receiver_that_never_ends_its_answer_does_not_hold_up_the_job(desk: Desk, http: Http) -> None:
    http.hang = True
    desk.patience = {"limit": 0.3}
    started = time.monotonic()
    assert desk.tell() == "notify: slack: no answer within 0.3 seconds\n"
    assert time.monotonic() - started < 2


def test_a_lock_that_is_held_does_not_hold_up_the_job(desk: Desk, http: Http) -> None:
    desk.patience = {"limit": 0.2}
    with desk.ops["state"].alone("notify.json"):
        assert desk.tell() == "notify: slack: no answer within 0.2 seconds\n"


def test_the_process_ends_though_a_receiver_hangs(desk: Desk, http: Http) -> None:
    http.hang = True
    ops = desk.ops["notify"].__file__
    program = f"import sys; sys.path.insert(0, {ops.rpartition('/')[0]!r}); import notify; sys.exit(notify.main(['--title', 'x'], notify.Patience(limit=0.3)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.returncode, done.stderr) == (0, "notify: slack: no answer within 0.3 seconds\n")


@pytest.mark.parametrize("arguments", [["--titel", "x"], [], ["--title", "x", "--severity", "huge"]])
def test_a_wrong_call_is_said_and_fails_nothing(desk: Desk, arguments: list[str]) -> None:
    desk.configure()
    assert desk.ops["notify"].main(arguments) == 0
    assert "error: " in desk.capture.readouterr().err


def test_a_broken_configuration_or_state_fails_nothing(desk: Desk, http: Http) -> None:
    (desk.root / ".mlops").mkdir(exist_ok=True)
    (desk.root / ".mlops" / "notify.json").write_text("{")
    assert desk.tell().startswith("notify: slack: not told: .mlops/notify.json: Expecting property name")
    (desk.root / "config" / "default.json").unlink()
    assert desk.tell().startswith("notify: nobody was told: there is no config/default.json")


def test_without_receivers_nothing_happens(desk: Desk) -> None:
    desk.configure()
    assert desk.tell() == ""
