"""`make demo`: one spec becomes a repository, which then works without mlopsc."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from customers import FAULTS, customers, planted, write

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "build" / "demo"


def main() -> None:
    """Play the whole story in a fresh folder; ends with what to look at. Exit 1 when it goes wrong."""
    started = time.monotonic()
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    shutil.copy(ROOT / "specs" / "churn" / "mlops.yaml", PLACE)
    write(PLACE / "data" / "customers.csv", customers(2000))

    step("1. compile specs/churn/mlops.yaml into a repository")
    mlopsc("compile", "--root", ".")
    step("2. set that repository up: its own environment, pinned (the first time takes a minute)")
    run("make", "setup")
    step("3. good data: 2,000 customers")
    verdict("passed", "make", "validate")
    step(f"4. bad data: {len(FAULTS)} planted faults, each to be named")
    for fault in FAULTS:
        print(f"   planted: {fault}")
    write(PLACE / "data" / "customers.csv", planted(2000))
    verdict("blocked", "make", "validate")
    write(PLACE / "data" / "customers.csv", customers(2000))
    step("5. files that arrive: one good, one bad, one warm process")
    write(PLACE / "incoming" / "monday.csv", customers(1500, seed=3))
    write(PLACE / "incoming" / "tuesday.csv", planted(1500, seed=4))
    run(".venv/bin/python", "ops/validate.py", "--watch", "incoming", "--once", code=3)
    expect(PLACE / "incoming" / "monday.csv", "the good file stays")
    expect(PLACE / "incoming" / "quarantine" / "tuesday.csv", "the bad file is put aside, with its report")
    step("6. a hand edit is found, and never destroyed")
    with (PLACE / "RUNBOOK.md").open("a") as file:
        file.write("\nAsk Ada before the first of the month.\n")
    mlopsc("check", "--root", ".", code=1)
    mlopsc("compile", "--root", ".", code=1)
    if "Ask Ada" not in (PLACE / "RUNBOOK.md").read_text():
        fail("the hand edit is gone")
    summary(time.monotonic() - started)


def summary(seconds: float) -> None:
    """Say what was generated, what was decided, and where to look."""
    files = [
        line.split("  ")[1] for line in (PLACE / ".mlopsc.lock").read_text().splitlines() if line[0] != "#"
    ]
    lines = sum(len((PLACE / name).read_text().splitlines()) for name in files)
    suite = json.loads((PLACE / "config" / "suite.json").read_text())
    step("summary")
    print(
        f"   generated  {len(files)} files, {lines} lines, from one spec of "
        f"{len((PLACE / 'mlops.yaml').read_text().splitlines())} lines"
    )
    print(
        f"   decided    good data passed, bad data was blocked by {len(suite['expectations'])} expectations,"
    )
    print("              one file of two was put into quarantine, one hand edit was kept")
    print(f"   look at    {where('mlops.yaml')}, {where('RUNBOOK.md')}")
    print(f"              {where('reports/validate.json')}, {where('reports/data_docs/index.html')}")
    print(f"   took       {seconds:.0f} s")


def step(title: str) -> None:
    """Print a heading."""
    print(f"\n== {title}", flush=True)


def mlopsc(*arguments: str, code: int = 0) -> None:
    """Run the compiler."""
    run(sys.executable, "-m", "mlopsc", *arguments, code=code, shown=f"mlopsc {arguments[0]}")


def verdict(wanted: str, *command: str) -> None:
    """Run an automation and compare its verdict."""
    run(*command)
    said = json.loads((PLACE / "reports" / "validate.json").read_text())["verdict"]
    if said != wanted:
        fail(f"the verdict is {said}, not {wanted}")


def expect(path: Path, what: str) -> None:
    """Say that something is there."""
    if not path.exists():
        fail(f"{path} is not there: {what}")
    print(f"   {path.relative_to(PLACE)}: {what}")


def run(*command: str, code: int = 0, shown: str = "") -> None:
    """Run a command in the demo's folder; its output is indented."""
    print(f"   $ {shown or ' '.join(command)}", flush=True)
    env = {**os.environ, "MAKEFLAGS": "", "MAKELEVEL": "", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, cwd=PLACE, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            print(f"   {line}", end="", flush=True)
    if process.returncode != code:
        fail(f"{shown or command[0]} ended with {process.returncode}, not {code}")


def where(name: str) -> str:
    """Return a path of the demo as it is typed from here."""
    return (PLACE / name).relative_to(ROOT).as_posix()


def fail(why: str) -> None:
    """End the demo with an error."""
    print(f"\nThe demo went wrong: {why}", file=sys.stderr)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
