"""How a message reaches people: Slack's incoming webhook, a webhook of your own, mail.

Addresses and passwords are secrets: nothing that is raised here repeats them.
"""

from __future__ import annotations

import http.client
import json
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from functools import partial
from typing import Any

from settings import resolve

# Slack cuts a message after 4000 signs; escaping may make a sign five.
LONGEST_SLACK, LONGEST_SUBJECT = 3000, 150
MESSAGES_OVER_TLS, SUBMISSION = 465, 587
# Mail servers say no for good from here on.
PERMANENT = 500


@dataclass(frozen=True)
class Message:
    """What people are told; messages with the same key are about the same thing."""

    model: str
    severity: str
    title: str
    text: str
    key: str


class RefusedError(Exception):
    """The receiver or the settings say no: trying again would not help."""


class TransientError(Exception):
    """It may work later: after `wait` seconds, if the receiver said so."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        """Take a reason without secrets."""
        super().__init__(reason)
        self.wait = wait


Channel = Callable[[Message, float], None]
"""Sends a message within so many seconds; raises RefusedError or TransientError."""


def channels(notify: Mapping[str, Any]) -> dict[str, Channel]:
    """Return the channels that the spec has, by name."""
    every: dict[str, Channel] = {
        "slack": partial(_slack, notify.get("slack")),
        "email": partial(_mail, notify.get("smtp", {}), notify.get("email", "")),
        "webhook": partial(_webhook, notify.get("webhook")),
    }
    return {name: channel for name, channel in every.items() if notify.get(name)}


def _slack(address: Any, message: Message, seconds: float) -> None:
    text = f"*[{message.severity}] {message.model}: {message.title}*\n{message.text}"
    # Without < and > nobody is mentioned and nothing is a link.
    for sign, escaped in {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.items():
        text = text.replace(sign, escaped)
    cut = text if len(text) <= LONGEST_SLACK else f"{text[:LONGEST_SLACK]} …"
    _post(_resolved(address), {"text": cut}, seconds)


def _webhook(address: Any, message: Message, seconds: float) -> None:
    _post(_resolved(address), asdict(message), seconds)


def _post(address: str, document: dict[str, str], seconds: float) -> None:
    """Post JSON; anything but success is an error, and a redirect is not followed."""
    if not address.startswith(("https://", "http://")):
        raise RefusedError("the address is not one of http or https")
    try:
        request = urllib.request.Request(  # noqa: S310
            address, json.dumps(document).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.build_opener(_Stay).open(request, timeout=seconds):
            return
    except urllib.error.HTTPError as fault:
        again = fault.code in (408, 429) or fault.code >= http.client.INTERNAL_SERVER_ERROR
        if not again:
            raise RefusedError(f"HTTP {fault.code}") from None
        wait = fault.headers.get("Retry-After", "")
        raise TransientError(f"HTTP {fault.code}", float(wait) if wait.isdigit() else 0.0) from None
    except OSError as fault:
        raise TransientError(_why(fault)) from None
    except (ValueError, http.client.InvalidURL):
        raise RefusedError("the address is not a URL") from None
    except http.client.HTTPException as fault:
        raise TransientError(type(fault).__name__) from None


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the message is for the address that was given."""

    def redirect_request(self, *_arguments: Any, **_named: Any) -> None:
        """Return no request to follow."""


def _mail(settings: Mapping[str, Any], receiver: str, message: Message, seconds: float) -> None:
    """Send a mail, encrypted where the server can; a password never goes out in the clear."""
    smtp = {name: _resolved(value) for name, value in settings.items()}
    host, port = smtp.get("host", "localhost"), int(smtp.get("port", SUBMISSION))
    user, password = smtp.get("user", ""), smtp.get("password", "")
    try:
        with _server(host, port, seconds) as server:
            if port != MESSAGES_OVER_TLS and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
            elif port != MESSAGES_OVER_TLS and password:
                raise RefusedError("the mail server offers no STARTTLS: the password stays here")
            if password:
                server.login(user, password)
            server.send_message(_letter(message, user if "@" in user else receiver, receiver))
    except (smtplib.SMTPException, ssl.SSLError) as fault:
        raise _judged(fault) from None
    except OSError as fault:
        raise TransientError(_why(fault)) from None


def _server(host: str, port: int, seconds: float) -> smtplib.SMTP:
    if port == MESSAGES_OVER_TLS:
        return smtplib.SMTP_SSL(host, port, timeout=seconds, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port, timeout=seconds)
    server.ehlo()
    return server


def _letter(message: Message, sender: str, receiver: str) -> EmailMessage:
    letter = EmailMessage()
    subject = " ".join(f"[{message.severity}] {message.model}: {message.title}".split())
    letter["Subject"] = subject[:LONGEST_SUBJECT]
    letter["From"], letter["To"] = sender, receiver
    letter["Date"], letter["Message-ID"] = formatdate(), make_msgid()
    letter.set_content(message.text)
    return letter


def _judged(fault: smtplib.SMTPException | ssl.SSLError) -> RefusedError | TransientError:
    """Return whether a mail server, or what it showed of itself, leaves any hope."""
    if isinstance(fault, ssl.SSLError):
        return RefusedError(f"the mail server's certificate: {_why(fault)}")
    refused = getattr(fault, "recipients", {})
    codes = [code for code, _ in refused.values()] or [getattr(fault, "smtp_code", 0)]
    reason = f"{type(fault).__name__} {codes[0] or ''}".strip()
    final = isinstance(fault, smtplib.SMTPNotSupportedError) or max(codes) >= PERMANENT
    return RefusedError(reason) if final else TransientError(reason)


def _resolved(value: Any) -> str:
    try:
        return str(resolve(value))
    except ValueError as fault:
        raise RefusedError(str(fault)) from None


def _why(fault: OSError) -> str:
    """Return what the system says, else the kind of the fault; its text may repeat an address."""
    said = [getattr(each, "strerror", None) for each in (fault, getattr(fault, "reason", None))]
    return next((text for text in said if text), type(fault).__name__)
