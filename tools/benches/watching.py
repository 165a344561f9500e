"""The generated watcher, warm: what one more file costs, its reading included.

Run as a program in a compiled repository, it prints the CPU milliseconds of each round.
"""

import contextlib
import io
import json
import shutil
import sys
import time
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benches.table import Row

SIZE, EXPECTATIONS, LIMIT = 10_000, 14, 100


def rows(place: Path, rounds: int) -> list["Row"]:
    """Measure a file of 10,000 rows against 14 expectations, with a cold process beside it."""
    from customers import customers, write

    from benches.measure import Run, interleaved
    from benches.table import Row

    root = _repository(place)
    write(root / "data" / "customers.csv", customers(SIZE))
    warm = [sys.executable, __file__, str(rounds)]
    cold = Run([sys.executable, "ops/validate.py", "--no-docs"], root)
    cpu = interleaved({"cold": cold}, min(rounds, 3))["cold"].cpu
    each = median(json.loads(_output(warm, root)))
    what = f"`--watch`: one more file, {SIZE:,} rows, {EXPECTATIONS} expectations"
    ratio = f"{each / cpu:.2f}"
    return [Row(what, f"{each:.0f} ms", f"a cold run: {cpu:.0f} ms", ratio, f"<= {LIMIT} ms", each <= LIMIT)]


def _repository(place: Path) -> Path:
    from benches.environment import BIN, ROOT
    from benches.measure import Run, once

    root = place / "watched"
    shutil.copytree(ROOT / "specs" / "churn", root)
    once(Run([BIN / "mlopsc", "compile", "--root", "."], root))
    suite = json.loads((root / "config" / "suite.json").read_text())
    suite["expectations"] = suite["expectations"][:EXPECTATIONS]
    (root / "config" / "suite.json").write_text(json.dumps(suite))
    return root


def _output(command: list[str], root: Path) -> str:
    import subprocess

    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.splitlines()[
        -1
    ]


def main() -> None:
    """Settle the same rows again and again, as new files, in one process."""
    sys.path.insert(0, "ops")
    from validate import Validator
    from watch import Inbox

    folder = Path("incoming")
    folder.mkdir(exist_ok=True)
    validator = Validator(json.loads(Path("config/suite.json").read_text()))
    inbox = Inbox(folder, "csv", partial(validator.judge, check=validator.quick))
    spent = []
    for number in range(int(sys.argv[1]) + 2):
        # A comment of its own would be data: another order of the rows makes another file.
        head, *rest = Path("data/customers.csv").read_text().splitlines()
        name = f"{number}.csv"
        (folder / name).write_text("\n".join([head, *rest[number:], *rest[:number]]) + "\n")
        stamp = inbox.look()[name]
        before = time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            verdict = inbox.settle(name, stamp)
        spent.append((time.process_time() - before) * 1000)
        if verdict != "passed":
            raise RuntimeError(f"the made-up customers did not pass: {verdict}")
    print(json.dumps(spent[2:]))


if __name__ == "__main__":
    main()
