"""Mail, with and without STARTTLS."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.engines.notify.conftest import Desk
from tests.engines.notify.sinks import Mail, mail_sink

TOLD = "notify: email: told\n"


def configure(desk: Desk, port: int, **smtp: object) -> None:
    desk.configure(email="ml@example.com", smtp={"host": "127.0.0.1", "port": port, **smtp})


LOGIN = {"user": {"secret": "SMTP_USER"}, "password": {"secret": "SMTP_PASSWORD"}}


@pytest.fixture
def secure(certificate: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mail]:
    """Return a mail server with a certificate that is trusted, and a user with a password."""
    engine("aiosmtpd")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("SMTP_USER", "robot@example.com")
    monkeypatch.setenv("SMTP_PASSWORD", "hidden-password")
    with mail_sink(certificate, b"hidden-password") as sink:
        configure(desk, sink.port, **LOGIN)
        yield sink


@pytest.fixture
def plain(desk: Desk) -> Iterator[Mail]:
    """Return a mail server without encryption."""
    engine("aiosmtpd")
    with mail_sink(None) as sink:
        configure(desk, sink.port)
        yield sink


def test_a_mail_goes_out_encrypted_after_a_login(desk: Desk, secure: Mail) -> None:
    assert desk.tell("--text", "é: KS 0.31\n.\nend", "--severity", "warning") == TOLD
    (mail,) = secure.came
    assert (mail["Subject"], mail["From"], mail["To"]) == (
        "[warning] churn: Drift",
        "robot@example.com",
        "ml@example.com",
    )
    assert mail.get_content().replace("\r\n", "\n") == "é: KS 0.31\n.\nend\n"
    assert mail["Message-ID"] and mail["Date"]
    assert secure.encrypted == [True]
    assert secure.logins == [(b"robot@example.com", b"hidden-password")]


def test_a_title_is_one_line_and_no_other_header(desk: Desk, secure: Mail) -> None:
    desk.tell(title="Drift\r\nBcc: all@example.com\n" + "x" * 500)
    assert secure.came[0]["Bcc"] is None
    assert secure.came[0]["Subject"].startswith("[info] churn: Drift Bcc: all@example.com xxx")


def test_a_server_with_a_certificate_that_nobody_trusts_gets_nothing(
    desk: Desk, secure: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "notify: email: not told: the mail server's certificate: " in desk.tell()
    assert (secure.came, secure.logins) == ([], [])


def test_a_password_never_goes_out_in_the_clear(
    desk: Desk, plain: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_USER", "robot")
    monkeypatch.setenv("SMTP_PASSWORD", "hidden-password")
    configure(desk, plain.port, **LOGIN)
    said = "notify: email: not told: the mail server offers no STARTTLS: the password stays here\n"
    assert desk.tell() == said
    assert plain.logins == plain.came == []


def test_a_relay_without_a_login_may_be_plain(desk: Desk, plain: Mail) -> None:
    assert desk.tell() == TOLD
    assert plain.encrypted == [False]
    assert plain.came[0]["From"] == "ml@example.com"


def test_a_wrong_password_is_refused_once(desk: Desk, secure: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "hidden-wrong")
    assert desk.tell() == "notify: email: not told: SMTPAuthenticationError 535\n"
    assert desk.slept == []


def test_a_server_that_is_busy_is_tried_again(desk: Desk, plain: Mail) -> None:
    plain.answers = ["451 hidden: later", "451 hidden: later"]
    printed = desk.tell()
    assert printed.count("notify: email: SMTPDataError 451; again in ") == 2
    assert (len(plain.came), desk.slept) == (1, [1, 2])
    plain.answers = ["554 hidden: never"]
    assert desk.tell(title="Other") == "notify: email: not told: SMTPDataError 554\n"
    assert desk.slept == [1, 2]


def test_a_server_that_is_down(desk: Desk) -> None:
    configure(desk, 9)
    assert desk.tell().splitlines()[-1] == "notify: email: not told: Connection refused"
