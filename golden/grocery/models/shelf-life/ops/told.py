"""Remembers what was told, so that nobody is told the same again and again, or too much at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from state import Document, State

WINDOW_SECONDS, MOST_IN_WINDOW = 3600.0, 20


@dataclass(frozen=True)
class Told:
    """What each channel was told, and when; `clock` gives seconds since 1970."""

    state: State
    clock: Callable[[], float]

    def claim(self, channel: str, key: str, seconds: float) -> str:
        """Take it on to tell something within so many seconds; return why not, if it must not be told."""
        now, claim, held = self.clock(), f"{channel} {key}", ""

        def change(known: Document) -> Document:
            nonlocal held
            told = {name: end for name, end in known.get("told", {}).items() if _ahead(end, now)}
            sent = [pair for pair in known.get("sent", []) if _ahead(pair[1] + WINDOW_SECONDS, now)]
            if claim in told:
                held = "the same was told less than an hour ago"
            elif sum(name == channel for name, _ in sent) >= MOST_IN_WINDOW:
                held = f"{MOST_IN_WINDOW} messages in an hour are enough"
            else:
                told[claim] = now + seconds
                sent.append([channel, now])
            return {"told": told, "sent": sent}

        self.state.update(change)
        return held

    def confirm(self, channel: str, key: str) -> None:
        """Remember that it was told."""
        end = self.clock() + WINDOW_SECONDS
        self.state.update(lambda known: known | {"told": known.get("told", {}) | {f"{channel} {key}": end}})

    def release(self, channel: str, key: str) -> None:
        """Forget a claim, so that the next call may tell it."""

        def change(known: Document) -> Document:
            told = {name: end for name, end in known.get("told", {}).items() if name != f"{channel} {key}"}
            return known | {"told": told}

        self.state.update(change)


def _ahead(end: float, now: float) -> bool:
    """Return whether an end is still to come; one too far ahead is from a clock that went wrong."""
    return now < end <= now + WINDOW_SECONDS
