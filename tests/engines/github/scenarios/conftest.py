"""A shop that has trained once, set aside; every test begins with it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.engines.deployment.world import Service
from tests.engines.github.actions_runner import Event
from tests.engines.github.scenarios.shop import Shop
from tests.engines.github_api.standin import hub_server
from tests.engines.notify.sinks import http_sink

INPUTS = {"churn-train.yml": {"trigger", "event"}, "churn-deploy.yml": {"version"}}


@pytest.fixture(scope="session")
def lake() -> Iterator[dict[str, str]]:
    """Return what leads to an object store on this machine."""
    for name in ("moto", "dvc_s3", "s3fs", "node", "npm", "make"):
        engine(name)
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_DEFAULT_REGION": "us-east-1",
        "TEST_PYTHON": sys.executable,
    }
    server.stop()


@pytest.fixture(scope="session")
def trained(lake: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shop, Path]]:
    """Return a shop whose first training went well, and where it was set aside."""
    place = tmp_path_factory.mktemp("shop")
    with hub_server() as hub, http_sink() as slack:
        service = Service()
        shop = Shop(place, hub, slack, service, lake)
        hub.workflows = {name: set(inputs) for name, inputs in INPUTS.items()}
        shop.begin()
        run = shop.run("train", Event.dispatch(trigger="manual", event=""))
        assert run.conclusion == "success", run.log
        yield shop, shop.kept()
        service.close()
        assert hub.faults == []


@pytest.fixture
def shop(trained: tuple[Shop, Path]) -> Iterator[Shop]:
    """Return the shop as it was after its first training."""
    shop, aside = trained
    shop.back(aside)
    yield shop
