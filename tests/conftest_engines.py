"""Engines that tests run against: Python packages or programs that may be missing.

A missing engine skips its tests and is listed at the end of the run; with MLOPSC_REQUIRE_ENGINES=1
it fails them.
"""

import functools
import importlib.util
import os
import re
import shutil
from collections.abc import Iterable
from typing import NoReturn

import pytest

MISSING = "the engine {} was not found"


def engine(name: str) -> None:
    """Go on if the package or program `name` is there; else skip, or fail where all are required."""
    if not _found(name):
        missed(name)


def missed(name: str) -> NoReturn:
    """Skip, or fail where all engines are required."""
    if os.environ.get("MLOPSC_REQUIRE_ENGINES") == "1":
        pytest.fail(MISSING.format(name), pytrace=False)
    pytest.skip(MISSING.format(name))


def summary(outcomes: Iterable[str]) -> str:
    """Return the line that ends a run, from what its skipped and failed tests said."""
    missing = {name for said in outcomes for name in re.findall(MISSING.format(r"(\S+)"), said)}
    return f"engines not found: {', '.join(sorted(missing))}" if missing else "no engine was missed"


@functools.cache
def _found(name: str) -> bool:
    return shutil.which(name) is not None or ("." not in name and importlib.util.find_spec(name) is not None)
