"""Installed as sitecustomize: sends a signal to its own process before its n-th file is put in place."""

import os
import signal
import time
from typing import Any

_replace = os.replace
_left = int(os.environ["DIES_AT"])


def _counted(source: Any, target: Any) -> None:
    global _left  # noqa: PLW0603 - the whole program is this one process
    if str(source).endswith(".mlopsc.tmp"):
        if _left == 0:
            os.kill(os.getpid(), signal.Signals[os.environ["DIES_BY"]])
            time.sleep(1)
        _left -= 1
    _replace(source, target)


os.replace = _counted
# Tests that run in the background of a shell inherit that Ctrl-C means nothing.
signal.signal(signal.SIGINT, signal.default_int_handler)
