"""Telling people: one program for Slack, mail and webhooks, which never fails the job that calls it."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict

from mlopsc.files import File, Verbatim
from mlopsc.model import Model, Notify
from mlopsc.symbols import Command, Note, Setting, Symbol, Table
from mlopsc.targets.offered import needed, notify, own, shared

SECTIONS = ("monitoring: notify", "connections")
SUMMARY = "ops/notify.py: messages by Slack, mail and webhook"

_AT = ("monitoring", "notify")
_OWN = "channels notify told worth"
_SHARED = "local settings state verdict"
_TEST = (
    "ops/notify.py",
    "--title",
    "A test message",
    "--text",
    "It was sent by make notify-test.",
    "--again",
)


def offers(model: Model) -> Iterator[Symbol]:
    """Bring the program, a test message, and the secrets of the receivers."""
    receivers = {each.name: each.notify for each in model.environments if each.notify}
    if not receivers or not model.name:
        return
    yield Command("notify-test", _TEST, "Send a test message to everybody who is told", at=_AT)
    yield from own(_OWN, _AT)
    yield from shared(_SHARED, _AT)
    yield Setting("notify", instead={name: asdict(told) for name, told in receivers.items()}, at=_AT)
    yield from notify(receivers.values())
    yield Note("Who is told", tuple(dict.fromkeys(_words(receivers.values()))), at=_AT)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the programs."""
    if model.name and any(each.notify for each in model.environments):
        for program in own(_OWN, _AT):
            yield File(program.name, Verbatim(program.name), needs=needed(_SHARED, _AT), at=_AT)


def _words(receivers: Iterable[Notify]) -> Iterator[str]:
    for told in receivers:
        ways = {"Slack": told.slack, told.email: told.email, "a webhook": told.webhook}
        said = ", ".join(name for name, value in ways.items() if value)
        yield f"{said}: once an hour about the same thing."
