"""What a task of Airflow does in its pod: it runs a program, where what was said before lets it.

    task.py ops/promote.py --needs verify=done --version-of register
    task.py ops/retrain.py --quiet -- --begin

A pod can hand on nothing but files, so that verdicts and versions are read from reports/. Exit 3 is a skip.
"""

from __future__ import annotations

import argparse
import json
import os
import runpy
import sys
from importlib import import_module, util
from pathlib import Path
from typing import Any

ASKS = 3


def main(arguments: list[str] | None = None) -> int:
    """Run a program as the command line says; return its exit code, 3 where it is not to be run."""
    given = _parser().parse_args(arguments)
    if given.needs:
        name, _, verdicts = given.needs.partition("=")
        verdict = report(name).get("verdict", "")
        if verdict not in verdicts.split(","):
            print(f"{name}: {verdict or 'no verdict'}, not {verdicts}: skipped")
            return ASKS
    if given.version_of:
        os.environ["VERSION"] = str(report(given.version_of)["figures"]["version"])
    # What an earlier run has left would speak for a program that cannot even start.
    Path("reports", f"{given.says}.json").unlink(missing_ok=True)
    code = 0 if given.program == "-" else execute(given.program, given.arguments)
    # While it is tried again, there is nothing to tell.
    if (code == ASKS and not given.quiet) or (code not in (0, ASKS) and last_try()):
        tell(given.says, code)
    return 0 if code == ASKS and given.judged else code


def report(name: str) -> dict[str, Any]:
    """Return what a program has left in reports/."""
    path = Path("reports", f"{name}.json")
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def execute(program: str, arguments: list[str]) -> int:
    """Run a program in this process, which is the one that the cluster stops; return its exit code."""
    sys.argv = [program, *arguments]
    try:
        runpy.run_path(program, run_name="__main__")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def last_try() -> bool:
    """Say whether Airflow will not try again (TRY=2/2)."""
    done, _, most = os.environ.get("TRY", "1/1").partition("/")
    return int(done) >= int(most)


def tell(step: str, code: int) -> None:
    """Tell whom the spec names; there only where it names somebody."""
    if util.find_spec("notify"):
        found = report(step)
        title = f"{step}: {found.get('verdict', f'exit code {code}')}"
        text = "\n".join(found.get("reasons", [])[:10])
        import_module("notify").main([f"--title={title}", f"--text={text}", "--severity=warning"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("program", help="a program of the repository; - for none")
    parser.add_argument("arguments", nargs="*", help="after --: what the program is given")
    parser.add_argument("--says", default="", help="the name of its report")
    parser.add_argument("--needs", metavar="STEP=VERDICTS", default="", help="else it is skipped")
    parser.add_argument("--version-of", metavar="STEP", default="", help="becomes VERSION")
    parser.add_argument("--judged", action="store_true", help="a verdict that asks for something is a result")
    parser.add_argument("--quiet", action="store_true", help="nobody is told of a verdict")
    return parser


if __name__ == "__main__":
    sys.exit(main())
