"""Runs a command of the spec: its lint, its tests, its integration tests.

command.py NAME   the command by that name in config/<environment>.json
"""

from __future__ import annotations

import re
import sys

from processes import shell
from settings import settings
from verdict import Outcome, run

ERROR = 2


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 0, or 2 when it fails or there is none by that name."""
    given = sys.argv[1:] if arguments is None else arguments
    # It names the report, which stays in its folder.
    if len(given) != 1 or not re.fullmatch(r"[a-z][a-z0-9-]*", given[0]):
        print("usage: command.py NAME, one of the commands in config/<environment>.json", file=sys.stderr)
        return ERROR
    return run(given[0], lambda: command(given[0]))


def command(name: str) -> Outcome:
    """Run it by /bin/sh; raises ChildProcessError if it fails, ValueError if there is none by that name."""
    commands: dict[str, str] = settings().get("commands", {})
    if name not in commands:
        raise ValueError(
            f"the spec has no command {name}, but {', '.join(sorted(commands)) or 'none at all'}"
        )
    shell(commands[name])
    return Outcome("done")


if __name__ == "__main__":
    sys.exit(main())
