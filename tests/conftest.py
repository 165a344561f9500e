"""What every test run has in common: its last lines list the engines that were not found."""

from typing import Any

from tests.conftest_engines import summary


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say which engines were not found."""
    terminalreporter.write_line(summary())
