"""Where the exporter's figures come from; what lies behind a network is asked in the background."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from state import state

# How often a server is asked, and after how long its answer is none any more.
EVERY_SECONDS, STALE_SECONDS = 30.0, 150.0
Figures = dict[str, Any]


class Source:
    """Figures that are read at once, or asked for again and again where that may take its time."""

    def __init__(self, name: str, read: Callable[[], Figures], every: float = 0) -> None:
        """Take a name, what reads the figures, and how often it is asked in the background: 0 for never."""
        self.name, self.read, self.every = name, read, every
        self._answer: tuple[float, Figures | None] = (-STALE_SECONDS, None)
        self._said = ""
        if every:
            threading.Thread(target=self._ask_for_ever, daemon=True).start()

    def figures(self) -> Figures | None:
        """Return the figures, None when the source does not answer."""
        if not self.every:
            return self._ask()
        at, found = self._answer
        return found if time.monotonic() - at < STALE_SECONDS else None

    def _ask_for_ever(self) -> None:
        while True:
            self._answer = (time.monotonic(), self._ask())
            time.sleep(self.every)

    def _ask(self) -> Figures | None:
        try:
            found, said = self.read(), ""
        except Exception as fault:
            found, said = None, f"{type(fault).__name__}: {fault}"
        # Once, and not at every scrape.
        if said and said != self._said:
            print(f"exporter: {self.name}: {said}", file=sys.stderr, flush=True)
        self._said = said
        return found


def _left(config: dict[str, Any]) -> Figures:
    """Return what the programs left, but for the champion: that is asked of the registry alone."""
    return {name: value for name, value in state(config, "figures").get().items() if name != "champion"}


def sources(config: dict[str, Any], every: float = EVERY_SECONDS) -> list[Source]:
    """Return what is to be asked, as the repository has it; a server every so many seconds, or when asked."""
    # MLflow would wait two minutes for a server that hangs.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
    remote = every if config.get("state") == "tracking" else 0
    found = [Source("programs", lambda: _left(config), remote)]
    if "registry" in config:
        # There only where versions are registered.
        look = import_module("champion").champion
        found.append(Source("registry", lambda: {"champion": look(config)}, every))
    return found


def figures(found: list[Source]) -> tuple[Figures, list[str]]:
    """Return all that is known now, and the names of the sources that do not answer."""
    answers = {source.name: source.figures() for source in found}
    known = {key: value for answer in answers.values() for key, value in (answer or {}).items()}
    return known, [name for name, answer in answers.items() if answer is None]
