"""A Jenkins for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.jenkins.world import Engine, Jenkins

NAMES = "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY MLFLOW_TRACKING_URI SLACK_WEBHOOK_URL INFLUXDB_TOKEN JENKINS_TOKEN GIT_PUSH KUBECONFIG_DATA"


@pytest.fixture(scope="session")
def java() -> Iterator[Engine]:
    """Yield the engine; without Java or Groovy its tests are missed."""
    engine = Engine()
    yield engine
    engine.close()


@pytest.fixture
def jenkins(java: Engine, tmp_path: Path) -> Jenkins:
    """Return a Jenkins that has all credentials of the spec."""
    return Jenkins(tmp_path / "jenkins", java, {name: f"{name.lower()}-is-secret" for name in NAMES.split()})
