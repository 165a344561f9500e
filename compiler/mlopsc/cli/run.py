"""Runs a command line; what is the same for every command: streams, wrong usage, a reader that left."""

import gc
import os
import sys
from typing import NoReturn


def run(arguments: list[str]) -> NoReturn:
    """End with the command's exit code; what is no diagnostic is a bug and keeps its traceback."""
    # Reference counts free what a compile makes; looking for cycles would cost a tenth of a short run.
    gc.disable()
    try:
        _run(arguments)
    finally:
        gc.freeze()  # nor has the interpreter to look through everything once more before it ends


def _run(arguments: list[str]) -> NoReturn:
    from mlopsc.workspace import UsageError

    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets an escape, not a traceback.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        sys.exit(_exit_code(arguments))
    except UsageError as error:
        from mlopsc.cli.console import complain

        complain(f"mlopsc: {error}")
        sys.exit(2)
    except BrokenPipeError:
        # The reader left early, as `head` does; the interpreter must not complain at the end either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _exit_code(arguments: list[str]) -> int:
    from mlopsc.cli.everyday import work_of

    work = work_of(arguments)
    if work is None:
        from mlopsc.cli.app import app

        app(arguments)
        return 0
    code = work()
    sys.stdout.flush()
    return code
