"""Each Airflow, once per session, and what stands in its folder of DAGs."""

import pytest

from tests.engines.airflow.environments import Installed, installed


@pytest.fixture(scope="session")
def three() -> Installed:
    """Return Airflow 3."""
    return installed(3)


@pytest.fixture(scope="session")
def two() -> Installed:
    """Return the oldest Airflow 2 that is supported."""
    return installed(2)
