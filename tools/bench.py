"""`make bench`: ratios measured in one run, as a Markdown table; `--write` puts it into the README.

Absolute times depend on the machine, so nothing fails on them: the table says what is met.
"""

import argparse
import re
import shutil
import sys
import tempfile
from pathlib import Path

from benches import airflow, commands, loop, scale, serving, watching
from benches.environment import ROOT, prepare
from benches.table import Row, markdown

ROOM = 2 * 1024**3
README = ROOT / "README.md"
BETWEEN = re.compile(r"(?<=<!-- bench:begin -->\n).*?(?=<!-- bench:end -->)", re.DOTALL)


def measure(quick: bool) -> list[Row]:
    """Measure everything in a scratch folder outside of any repository."""
    rounds, sizes = (3, (20, 100)) if quick else (15, (100, 1000, 5000))
    with tempfile.TemporaryDirectory(prefix="mlopsc-bench-", dir=_room()) as scratch:
        place = Path(scratch)
        found = commands.rows(place, rounds)
        say("commands measured")
        found += scale.rows(place, sizes)
        say("many specs measured")
        found += watching.rows(place, rounds)
        say("watcher measured")
        found += loop.rows(place, rounds)
        say("loop measured")
        found += airflow.rows(place, rounds)
        say("reading of DAGs measured")
        return found + serving.rows(place)


def _room() -> Path | None:
    """Return shared memory where it has room for 5,000 repositories: the disk is not what is measured."""
    shared = Path("/dev/shm")
    return shared if shared.is_dir() and shutil.disk_usage(shared).free > ROOM else None


def say(what: str) -> None:
    """Report progress."""
    print(what, file=sys.stderr, flush=True)


def main() -> None:
    """Measure, print, and write where that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and fewer specs")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    wanted = parser.parse_args()
    prepare()
    say("environment ready")
    table = markdown(measure(wanted.quick))
    print(table, end="")
    if wanted.write:
        text = README.read_text("utf-8")
        README.write_text(BETWEEN.sub(lambda _: table, text), "utf-8")


if __name__ == "__main__":
    main()
