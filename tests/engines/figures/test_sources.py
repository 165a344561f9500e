"""The exporter where its sources fail, where it cannot begin, and where the programs run on other machines."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.engines.figures.world import exporter, samples, scrape
from tests.engines.influxdb.world import World

COMMAND = (sys.executable, "-B", "ops/exporter.py")
# A registry that answers as the file says, so that it can fail while the exporter runs.
REGISTRY = """
from pathlib import Path
def champion(_config):
    if Path("down").exists():
        raise ConnectionError("the tracking store http://store does not answer")
    return {"version": 7, "promoted": 1764000000.5, "metrics": {}}
"""


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MLOPS_ENV", "GITHUB_EVENT_NAME", "CHANGE_ID"):
        monkeypatch.delenv(name, raising=False)


def until(url: str, line: str) -> str:
    """Scrape until a line is there; return the page."""
    end = time.monotonic() + 60
    while line not in (text := scrape(url)):
        assert time.monotonic() < end, text
        time.sleep(0.05)
    return text


def test_a_source_that_fails_is_missing_and_named_and_the_rest_is_served(tmp_path: Path) -> None:
    world = World(tmp_path / "churn")
    world.configure(registry={})
    world.left(champion={"version": 6})
    world.write("ops/champion.py", REGISTRY)
    world.write(
        "ops/quick.py",
        "import sources\nsources.EVERY_SECONDS = 0.1\nimport exporter\nexporter.sources = lambda config: sources.sources(config, 0.1)\nexporter.main()\n",
    )
    with exporter(world.root, (sys.executable, "-B", "ops/quick.py")) as url:
        up = 'model_exporter_source_up{model="churn",source="registry"}'
        text = until(url, f"{up} 1\n")
        assert 'model_champion_version{model="churn"} 7' in text
        world.write("down", "")
        text = until(url, f"{up} 0\n")
        assert "model_champion" not in text, "what a program left once is no answer of the registry"
        assert 'model_data_valid{model="churn"} 1' in text
        world.write(".mlops/figures.json", "{broken")
        text = until(url, 'source_up{model="churn",source="programs"} 0\n')
        assert set(samples(text).values()) == {0.0, 1.0} and "model_data_valid" not in text
        (world.root / "down").unlink()
        world.left()
        until(url, f"{up} 1\n")


def test_a_registry_that_hangs_keeps_no_scrape_waiting(tmp_path: Path) -> None:
    world = World(tmp_path / "churn")
    world.configure(registry={})
    world.left()
    world.write("ops/champion.py", "import time\ndef champion(_config):\n    time.sleep(600)\n")
    with exporter(world.root, COMMAND) as url:
        begun = time.monotonic()
        text = scrape(url)
        assert time.monotonic() - begun < 5
    assert 'source_up{model="churn",source="registry"} 0' in text and "model_data_valid" in text


@pytest.mark.parametrize("given", ["9108", "127.0.0.1:", "127.0.0.1:http", ":9108", "127.0.0.1:99999"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, given: str) -> None:
    world = World(tmp_path / "churn")
    world.configure()
    done = begun(world, given)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr == f"exporter: EXPORTER_ADDRESS is {given!r}: write host:port, such as 127.0.0.1:9108\n"
    )


def begun(world: World, address: str) -> "subprocess.CompletedProcess[str]":
    """Run an exporter that ends by itself."""
    env = os.environ | {"EXPORTER_ADDRESS": address}
    return subprocess.run(
        COMMAND, cwd=world.root, env=env, capture_output=True, text=True, check=False, timeout=60
    )


def test_it_ends_in_peace_and_a_port_is_taken_once(tmp_path: Path) -> None:
    world = World(tmp_path / "churn")
    world.configure()
    env = os.environ | {"EXPORTER_ADDRESS": "[::1]:0"}
    with subprocess.Popen(COMMAND, cwd=world.root, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().split()[1]
        host = url.removeprefix("http://").removesuffix("/metrics")
        assert host.startswith("[::1]:")
        with urllib.request.urlopen(f"http://{host}/healthz", timeout=10) as answer:
            assert answer.status == 200
        other = begun(world, host)
        assert other.returncode == 2 and "in use" in other.stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_figures_of_machines_that_forget_are_kept_in_the_tracking_store(tmp_path: Path) -> None:
    engine("mlflow")
    store = {"uri": f"sqlite:///{tmp_path}/mlflow.db", "experiment": "churn"}
    runner, elsewhere = World(tmp_path / "runner"), World(tmp_path / "elsewhere")
    for each in (runner, elsewhere):
        each.configure(data={"path": "data.csv"}, state="tracking", tracking=store)
    step = "import sys; sys.path.insert(0, 'ops'); import math, verdict; checked = type('Checked', (verdict.Outcome,), {'gauges': {'checked': 5, 'drift_score': math.inf, 'drift_scores': {'age': 0.5}}}); verdict.run('drift', lambda: checked('drift'))"
    done = subprocess.run(
        [sys.executable, "-c", step], cwd=runner.root, capture_output=True, text=True, check=True
    )
    assert "not kept" not in done.stderr, done.stderr
    assert not (runner.root / ".mlops/figures.json").exists()
    with exporter(elsewhere.root, COMMAND) as url:
        text = until(url, 'source_up{model="churn",source="programs"} 1')
    assert 'model_drift_score{model="churn"} +Inf\n' in text
    assert 'model_drift_score{model="churn",column="age"} 0.5\n' in text
    assert 'model_drift_checked_timestamp_seconds{model="churn"} 5.0\n' in text
