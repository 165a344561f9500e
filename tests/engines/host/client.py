"""Callers of a service that never try twice: each request is answered with 200, or it is a failure."""

import http.client
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Callers:
    """Threads that ask all the time: some keep their connection, some open one for each request."""

    port: int
    keeping: int = 2
    opening: int = 2
    pause: float = 0
    answers: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    closed: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def count(self) -> int:
        """How many were answered."""
        return sum(self.answers.values())

    def until(self, count: int) -> None:
        """Go on until so many were answered, or one was not."""
        while self.count < count and not self.failures:
            self.over.wait(0.05)

    @contextmanager
    def asking(self) -> Iterator["Callers"]:
        """Ask until the end of the block."""
        kinds = [True] * self.keeping + [False] * self.opening
        threads = [threading.Thread(target=self._ask, args=(kept,), daemon=True) for kept in kinds]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self.over.set()
            for thread in threads:
                thread.join(30)

    def _ask(self, kept: bool) -> None:
        connection = self._connection()
        while not self.over.is_set():
            try:
                headers = {"Content-Type": "application/json"} | ({} if kept else {"Connection": "close"})
                connection.request("POST", "/predict", b"{}", headers)
                answer = connection.getresponse()
                said = answer.read().decode()
                if answer.status == 200:
                    self.answers[said] += 1
                else:
                    self.failures.append(f"{answer.status} {said}")
                closing = answer.getheader("Connection") == "close"
                self.closed += kept and closing
            except (OSError, http.client.HTTPException) as fault:
                self.failures.append(f"{'kept' if kept else 'new'}: {fault!r}")
                closing = True
            if closing:
                connection.close()
                connection = self._connection()
            if self.pause:
                self.over.wait(self.pause)
        connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
