"""Real processes for the containers of a cluster, started in a few milliseconds each."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

_ZYGOTE = Path(__file__).parents[1] / "host/zygote.py"


class Machine:
    """Starts processes, and tells when they end."""

    def __init__(self) -> None:
        self._zygote = subprocess.Popen(
            [sys.executable, _ZYGOTE], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._lock, self._heard = threading.Lock(), threading.Condition()
        self._pids: list[int] = []
        self._told: dict[int, Callable[[int], None]] = {}
        self._codes: dict[int, int] = {}
        self._reader = threading.Thread(target=self._hear, daemon=True)
        self._reader.start()

    def start(
        self, program: Path, environment: dict[str, str], output: Path, ended: Callable[[int], None]
    ) -> int:
        """Start a program; returns its number. `ended` is told the exit code by a thread that must not be held up."""
        wanted = {
            "program": str(program),
            "arguments": [],
            "environment": environment,
            "cwd": str(output.parent),
            "input": "",
            "output": str(output),
        }
        assert self._zygote.stdin
        with self._lock:
            self._zygote.stdin.write(json.dumps(wanted).encode() + b"\n")
            self._zygote.stdin.flush()
            with self._heard:
                assert self._heard.wait_for(lambda: self._pids, 20)
                pid = self._pids.pop()
                self._told[pid] = ended
                early = self._codes.pop(pid, None)
        if early is not None:
            ended(early)
        return pid

    def _hear(self) -> None:
        assert self._zygote.stdout
        for line in self._zygote.stdout:
            kind, pid, *code = line.split()
            with self._heard:
                if kind == b"pid":
                    self._pids.append(int(pid))
                    told = None
                elif not (told := self._told.pop(int(pid), None)):
                    self._codes[int(pid)] = int(code[0])
                self._heard.notify_all()
            if told:
                told(int(code[0]))

    def close(self) -> None:
        """End everything that still runs."""
        with self._heard:
            left = list(self._told)
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert self._zygote.stdin
        self._zygote.stdin.close()
        self._zygote.wait(20)
        self._reader.join(20)


@contextlib.contextmanager
def machine() -> Iterator[Machine]:
    """Return a machine until the block ends."""
    found = Machine()
    try:
        yield found
    finally:
        found.close()
