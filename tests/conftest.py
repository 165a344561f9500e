"""What every run of the tests has in common: it ends with the engines that were not found."""

from typing import Any

from tests.conftest_engines import summary


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """List the engines that were not found."""
    kinds = ("skipped", "failed", "error")
    reports = [report for kind in kinds for report in terminalreporter.stats.get(kind, [])]
    terminalreporter.write_line(summary(str(report.longrepr) for report in reports))
