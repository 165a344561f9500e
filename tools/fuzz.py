"""`make fuzz`: mutated specs end in diagnostics or in a compile; anything else is a failure.

Even cases change a spec's structure, odd ones its text. A case depends only on the seed and its
number: `--only NUMBER` shows it and runs it again.
"""

import argparse
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import Pipe, Process, Value
from multiprocessing.connection import Connection, wait
from pathlib import Path
from random import Random
from typing import Any

from fuzzing import case, seeds, structure, text
from fuzzing.minimise import minimise

LIMIT, STALL = 20, 90  # seconds for one case: an exception inside, the end of the worker from outside
LEAST = 0.20
SHARED = Path("/dev/shm")


@dataclass
class Tally:
    """What came out so far: cases and compiles by kind, codes seen, and one failure of each sort."""

    cases: Counter[str] = field(default_factory=Counter)
    compiled: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)
    failed: int = 0


def make(seed: int, number: int) -> tuple[str, Mapping[str, bytes], str]:
    """Return a case: its kind, its files, and which of them is the spec."""
    kind = "text" if number % 2 else "structure"
    rng = Random(f"{seed}:{number}")  # noqa: S311
    files, spec = (text if number % 2 else structure).mutate(rng, _seeds())
    return kind, files, spec


@cache
def _seeds() -> seeds.Seeds:
    return seeds.load()


def signature(files: Mapping[str, bytes], spec: str, scratch: Path, number: int) -> tuple[str, Any]:
    """Run a case; return in a few words how it fails (empty if it does not), and its outcome or traceback."""
    try:
        signal.alarm(LIMIT)
        return "", case.run(files, spec, scratch, number)
    except Exception as error:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if "mlopsc" in f.filename] or [None]
        where = f"{Path(frames[-1].filename).name}:{frames[-1].name}" if frames[-1] else "the fuzzer"
        kind = " ".join(str(error).split()[:2]) if isinstance(error, case.Broken) else type(error).__name__
        return f"{kind} in {where}", traceback.format_exc(limit=-6)
    finally:
        signal.alarm(0)


def work(seed: int, numbers: range, sink: Connection, current: Any) -> None:
    """Run cases in a process of their own; sends tallies."""
    scratch = Path(tempfile.mkdtemp(prefix="mlopsc-fuzz-", dir=SHARED if SHARED.is_dir() else None))
    case.guard(scratch)
    signal.signal(signal.SIGALRM, _too_long)
    tally = Tally()
    for number in numbers:
        current.value = number
        kind, files, spec = make(seed, number)
        failure, outcome = signature(files, spec, scratch, number)
        tally.cases[kind] += 1
        if failure:
            tally.failed += 1
            if failure not in tally.failures:
                tally.failures[failure] = _story(failure, number, files, spec, scratch, outcome)
        else:
            tally.compiled[kind] += outcome.compiled
            tally.codes.update(outcome.codes)
    sink.send(tally)
    shutil.rmtree(scratch, ignore_errors=True)


def _too_long(*_: Any) -> None:
    raise TimeoutError


def _story(
    failure: str, number: int, files: Mapping[str, bytes], spec: str, scratch: Path, trace: str
) -> str:
    def fails(content: bytes) -> bool:
        return signature({**files, spec: content}, spec, scratch, number)[0] == failure

    short = minimise(files[spec], fails)
    return f"case {number}, {spec}:\n{short.decode('utf-8', 'backslashreplace')}\n{trace}"


def run(seed: int, count: int, workers: int) -> Tally:
    """Run all cases; a worker that dies or stalls is a failure, and another one goes on behind it."""
    total = Tally()
    running = [_start(seed, range(first, count, workers)) for first in range(workers)]
    while running:
        wait([worker[1] for worker in running], timeout=1)
        running = [after for worker in running if (after := _look(worker, seed, total))]
    return total


Worker = tuple[Process, Connection, Any, range, list[float]]


def _start(seed: int, numbers: range) -> Worker:
    source, sink = Pipe(duplex=False)
    current = Value("q", -1, lock=False)
    process = Process(target=work, args=(seed, numbers, sink, current))
    process.start()
    sink.close()
    return process, source, current, numbers, [-1, time.monotonic()]


def _look(worker: Worker, seed: int, total: Tally) -> Worker | None:
    process, source, current, numbers, seen = worker
    if current.value != seen[0]:
        seen[:] = [current.value, time.monotonic()]
    elif time.monotonic() - seen[1] > STALL:
        process.kill()
        process.join()
    if source.poll():
        try:
            _add(total, source.recv())
            process.join()
            return None
        except EOFError:
            process.join()
    if process.is_alive():
        return worker
    _add(total, Tally(failed=1, failures={f"exit {process.exitcode}": f"case {current.value}"}))
    return _start(seed, numbers[numbers.index(current.value) + 1 :])


def _add(total: Tally, more: Tally) -> None:
    for name in ("cases", "compiled", "codes"):
        getattr(total, name).update(getattr(more, name))
    total.failures |= more.failures
    total.failed += more.failed


def report(total: Tally, seconds: float) -> bool:
    """Print what came out; return whether all is well."""
    for failure, story in sorted(total.failures.items()):
        print(f"FAILURE {failure}\n{story}\n")
    done = sum(total.cases.values())
    share = sum(total.compiled.values()) / max(done, 1)
    kinds = ", ".join(f"{kind} {total.compiled[kind] / n:.0%}" for kind, n in sorted(total.cases.items()))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{done:,} cases in {seconds:.0f} s; {share:.1%} compiled ({kinds}); {len(total.codes)} codes seen")
    print(f"{total.failed} failures of {len(total.failures)} sorts; largest worker {peak:.0f} MiB")
    return not total.failed and (share >= LEAST or done < 1000)


def main() -> int:
    """Return 0 when every case ended as it should and enough of them compiled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", type=int, metavar="NUMBER")
    wanted = parser.parse_args()
    if wanted.only is not None:
        _, files, spec = make(wanted.seed, wanted.only)
        print(files[spec].decode("utf-8", "backslashreplace"))
        with tempfile.TemporaryDirectory() as scratch:
            print(case.run(files, spec, Path(scratch), wanted.only))
        return 0
    started = time.monotonic()
    total = run(wanted.seed, wanted.count, wanted.workers)
    return 0 if report(total, time.monotonic() - started) else 1


if __name__ == "__main__":
    sys.exit(main())
