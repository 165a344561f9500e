"""`make fuzz`: mutated specs end in diagnostics or in a compile; anything else is a failure.

Even cases change a spec's structure, odd ones its text. A case depends only on the seed and its
number: `--only NUMBER` shows it and runs it again.
"""

import argparse
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from functools import cache, partial
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

from fuzzing import case, seeds, structure, text
from fuzzing.minimise import minimise
from fuzzing.tally import Tally
from fuzzing.workers import run

LIMIT = 20  # seconds of CPU time for one case, so that a busy or paused machine fails none


def make(seed: int, number: int) -> tuple[str, Mapping[str, bytes], str]:
    """Return a case: its kind, its files, and which of them is the spec."""
    kind = "text" if number % 2 else "structure"
    rng = Random(f"{seed}:{number}")
    files, spec = (text if number % 2 else structure).mutate(rng, _seeds())
    return kind, files, spec


@cache
def _seeds() -> seeds.Seeds:
    return seeds.load()


def signature(files: Mapping[str, bytes], spec: str, scratch: Path, number: int) -> tuple[str, Any]:
    """Run a case; return in a few words how it fails (empty if it does not), and its outcome or traceback."""
    try:
        signal.setitimer(signal.ITIMER_PROF, LIMIT)
        return "", case.run(files, spec, scratch, number)
    except Exception as error:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if "mlopsc" in f.filename] or [None]
        where = f"{Path(frames[-1].filename).name}:{frames[-1].name}" if frames[-1] else "the fuzzer"
        kind = " ".join(str(error).split()[:2]) if isinstance(error, case.Broken) else type(error).__name__
        return f"{kind} in {where}", traceback.format_exc(limit=-6)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def work(seed: int, numbers: range, scratch: Path, sink: Connection, current: Any) -> None:
    """Run cases of a seed in this process; sends one tally."""
    case.guard(scratch)
    signal.signal(signal.SIGPROF, _too_long)
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


def _too_long(*_: Any) -> None:
    raise TimeoutError


def _story(
    failure: str, number: int, files: Mapping[str, bytes], spec: str, scratch: Path, trace: str
) -> str:
    def fails(content: bytes) -> bool:
        return signature({**files, spec: content}, spec, scratch, number)[0] == failure

    short = minimise(files[spec], fails)
    return f"case {number}, {spec}:\n{short.decode('utf-8', 'backslashreplace')}\n{trace}"


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
    total = run(partial(work, wanted.seed), wanted.count, wanted.workers)
    return 0 if total.report(time.monotonic() - started) else 1


if __name__ == "__main__":
    sys.exit(main())
