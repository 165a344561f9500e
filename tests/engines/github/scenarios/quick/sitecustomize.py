"""Programs that wait before they try again are not waited for; how long they would have waited is written down."""

import os
import time

_sleep = time.sleep


def _noted(seconds: float) -> None:
    if seconds < 1:
        _sleep(seconds)
    elif place := os.environ.get("SLEPT"):
        with open(place, "a") as file:
            file.write(f"{seconds}\n")


time.sleep = _noted
