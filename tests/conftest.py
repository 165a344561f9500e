"""What every run of the tests has in common: it ends with the engines that were not found."""

import os
from typing import Any

from hypothesis import settings

from tests.conftest_engines import summary

# What is green is green again: chance has its own commands, `make fuzz` and `make soak`.
settings.register_profile("same", derandomize=True, database=None)
settings.load_profile("same")

# Called from `make test`, the tests' own make processes must not think that they are part of it.
for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
    os.environ.pop(name, None)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """List the engines that were not found."""
    kinds = ("skipped", "failed", "error")
    reports = [report for kind in kinds for report in terminalreporter.stats.get(kind, [])]
    terminalreporter.write_line(summary(str(report.longrepr) for report in reports))
