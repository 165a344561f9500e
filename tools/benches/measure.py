"""CPU time and peak memory of whole processes: wall time says more about the machine's neighbours."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Cost:
    """CPU time (user and system) in milliseconds, and peak memory in MiB."""

    cpu: float
    memory: float


@dataclass(frozen=True)
class Run:
    """A command; `before` is done, unmeasured, ahead of each run."""

    command: Sequence[str | Path]
    folder: Path
    before: Callable[[], object] = lambda: None


def once(run: Run) -> Cost:
    """Return what one run costs; raises RuntimeError with its output when it fails."""
    run.before()
    # Variables such as PYTHONDONTWRITEBYTECODE double the cost of any Python program.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(run.command, cwd=run.folder, env=clean, stdout=output, stderr=output)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise RuntimeError(
                f"{run.command} ended with {process.returncode}: {output.read().decode()[-2000:]}"
            )
    return Cost((used.ru_utime + used.ru_stime) * 1000, used.ru_maxrss / 1024)


def interleaved(runs: Mapping[str, Run], rounds: int) -> dict[str, Cost]:
    """Return the median cost of each run; they take turns, so that all see the same machine."""
    costs: dict[str, list[Cost]] = {name: [] for name in runs}
    for turn in range(rounds + 1):
        for name, run in runs.items():
            cost = once(run)
            if turn:  # the first turn warms the caches of the disk and writes bytecode
                costs[name].append(cost)
    return {
        name: Cost(median(c.cpu for c in got), median(c.memory for c in got)) for name, got in costs.items()
    }
