"""What the programs left is what Prometheus gets: by the exporter, and by the text file."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mlopsc.symbols import Metric

from tests.claims import compiling
from tests.conftest_engines import engine
from tests.engines.figures import world
from tests.engines.loop import compiled
from tests.engines.loop.project import rows

MODEL = 'model="churn"'
NEWEST = datetime.fromisoformat(world.NEWEST).replace(tzinfo=UTC).timestamp()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a repository whose data was validated, whose model was promoted, and whose drift was checked."""
    for name in ("dvc", "mlflow", "great_expectations", "scipy", "make", "promtool"):
        engine(name)
    top = tmp_path_factory.mktemp("figures")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DVC_SITE_CACHE_DIR", "DVC_GLOBAL_CONFIG_DIR", "DVC_SYSTEM_CONFIG_DIR"):
            patch.setenv(name, str(top / name))
        for name in ("GITHUB_EVENT_NAME", "MLOPS_ENV", "CHANGE_ID"):
            patch.delenv(name, raising=False)
        root = world.repository(top / "churn")
        world.run(root, "pipeline")
        compiled.commit(root)
        world.run(root, "register", "promote")
        (root / "incoming").mkdir()
        (root / "incoming/may.csv").write_text(world.dated(rows(300, seed=1, shift=30)))
        world.run(root, "drift")
        yield root


@pytest.fixture(scope="module")
def text(made: Path) -> str:
    """Return a scrape of the exporter, once the registry has answered."""
    with world.exporter(made) as url:
        end = time.monotonic() + 60
        while (
            'source_up{model="churn",source="registry"} 1' not in (found := world.scrape(url))
            and time.monotonic() < end
        ):
            time.sleep(0.1)
        with urllib.request.urlopen(url.replace("/metrics", "/healthz"), timeout=10) as answer:
            assert answer.read() == b"ok\n"
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(url.replace("/metrics", "/"), timeout=10)
        return found


def test_each_figure_is_what_its_program_found(made: Path, text: str) -> None:
    found = world.samples(text)
    report = json.loads((made / "reports/drift.json").read_text())
    assert report["verdict"] == "drift"
    effects = {each["column"]: each["effect"] for each in report["results"]}
    assert found[f"model_drift_score{{{MODEL}}}"] == pytest.approx(report["figures"]["score"], abs=1e-6)
    for name in ("age", "spend"):
        assert found[f'model_drift_score{{{MODEL},column="{name}"}}'] == effects[name]
    assert found[f"model_data_valid{{{MODEL}}}"] == 1
    assert found[f"model_data_newest_timestamp_seconds{{{MODEL}}}"] == NEWEST
    assert found[f"model_champion_version{{{MODEL}}}"] == 1
    metrics = json.loads((made / "metrics.json").read_text())
    assert found[f'model_metric{{{MODEL},metric="accuracy"}}'] == metrics["accuracy"]
    now = time.time()
    for name in ("drift_checked", "data_validated", "champion_promoted"):
        assert now - 600 < found[f"model_{name}_timestamp_seconds{{{MODEL}}}"] <= now
    assert found[f"model_exporter_up{{{MODEL}}}"] == 1
    assert found[f'model_exporter_source_up{{{MODEL},source="programs"}}'] == 1


def test_promtool_takes_it(made: Path, text: str) -> None:
    assert world.checked(text) == ""
    assert world.checked((made / "reports/metrics.prom").read_text()) == ""


def test_the_text_file_holds_the_same(made: Path, text: str) -> None:
    kept = (made / "reports/metrics.prom").read_text()
    assert text.startswith(kept)
    assert "model_exporter_up" not in kept, "a file says nothing of a server"


def test_what_is_exported_is_what_the_targets_say(text: str) -> None:
    told = {line.split()[2]: line.split(" ", 3)[3] for line in text.splitlines() if line[:6] == "# HELP"}
    assert told == {metric.name: metric.help for metric in compiling.compiled(world.SPEC).table[Metric]}
