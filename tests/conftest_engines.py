"""Engines that tests run against: Python packages or programs that may be missing.

A missing engine skips its tests and is listed at the end of the run; with MLOPSC_REQUIRE_ENGINES=1
it fails them.
"""

import functools
import importlib.util
import os
import shutil

import pytest

MISSING: set[str] = set()


def engine(name: str) -> None:
    """Go on if the package or program `name` is there; else skip, or fail where all are required."""
    if _found(name):
        return
    MISSING.add(name)
    if os.environ.get("MLOPSC_REQUIRE_ENGINES") == "1":
        pytest.fail(f"the engine {name} is required and was not found")
    pytest.skip(f"the engine {name} was not found")


def summary() -> str:
    """Return the line that ends a run."""
    return f"engines not found: {', '.join(sorted(MISSING))}" if MISSING else "all engines found"


@functools.cache
def _found(name: str) -> bool:
    return importlib.util.find_spec(name) is not None or shutil.which(name) is not None
