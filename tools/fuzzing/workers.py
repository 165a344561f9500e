"""Runs cases in processes of their own, and goes on when one of them dies."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe, Process, Value
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from fuzzing.tally import Tally

STALL = 120  # looks, a second apart, after which a worker that does not come back from a case is killed
SHARED = Path("/dev/shm")
Work = Callable[[range, Path, Connection, Any], None]
"""Runs the cases of a range in a folder, notes the current one, and sends one tally."""


def run(work: Work, count: int, workers: int) -> Tally:
    """Run all cases; a worker that dies or stalls is a failure, and another one goes on behind it."""
    total = Tally()
    shared = SHARED if SHARED.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="mlopsc-fuzz-", dir=shared) as scratch:
        places = [Path(scratch, str(first)) for first in range(workers)]
        running = [_start(work, range(first, count, workers), place) for first, place in enumerate(places)]
        while running:
            wait([worker.source for worker in running], timeout=1)
            running = [after for worker in running if (after := _look(worker, work, total))]
    return total


@dataclass
class Worker:
    """A process and what it is at: `current` is the number of its case, `seen` for how many looks."""

    process: Process
    source: Connection
    current: Any
    numbers: range
    scratch: Path
    seen: tuple[int, int] = (-1, 0)


def _start(work: Work, numbers: range, scratch: Path) -> Worker:
    scratch.mkdir(exist_ok=True)
    source, sink = Pipe(duplex=False)
    current = Value("q", -1, lock=False)
    process = Process(target=work, args=(numbers, scratch, sink, current))
    process.start()
    sink.close()
    return Worker(process, source, current, numbers, scratch)


def _look(worker: Worker, work: Work, total: Tally) -> Worker | None:
    """Return who goes on: the worker itself, one behind the case that killed it, or nobody when it is done."""
    number, (before, looks) = worker.current.value, worker.seen
    worker.seen = (number, looks + 1 if number == before else 0)
    if worker.seen[1] > STALL:
        worker.process.kill()
        worker.process.join()
    if worker.source.poll():
        with suppress(EOFError):
            total.add(worker.source.recv())
            worker.process.join()
            return None
        worker.process.join()
    if worker.process.is_alive():
        return worker
    total.add(Tally(failed=1, failures={f"exit {worker.process.exitcode}": f"case {worker.current.value}"}))
    behind = worker.numbers[worker.numbers.index(worker.current.value) + 1 :]
    return _start(work, behind, worker.scratch)
