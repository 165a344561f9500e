"""Figures reach a real InfluxDB 1.x as they are, whatever a column is called."""

import importlib
import math
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest_engines import engine
from tests.engines.influxdb.database import PASSWORD, USER, Database, running
from tests.engines.influxdb.world import TEMPLATES, World

MODEL = ("model", "churn")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    engine("influxd")
    with running(tmp_path_factory.mktemp("influxdb") / "server") as found:
        yield found


@pytest.fixture
def protocol(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(TEMPLATES / "history/ops"))
    return importlib.import_module("line_protocol")


@pytest.fixture(scope="module")
def exposition() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(TEMPLATES / "figures/ops"))
        return importlib.import_module("exposition")


@pytest.fixture
def world(tmp_path: Path) -> World:
    found = World(tmp_path / "churn")
    found.left()
    return found


def test_each_figure_is_a_point(world: World, database: Database) -> None:
    database.ask('CREATE DATABASE "models"')
    world.left(drift_scores={"age": 0.25, "plan, of a=b": 0.125})
    before = time.time_ns()
    history = {"url": database.url, "bucket": "models", "token": {"secret": "INFLUXDB_TOKEN"}}
    code, report, said = world.keep(history, INFLUXDB_TOKEN=f"{USER}:{PASSWORD}")
    assert (code, report["verdict"], report["figures"]) == (0, "done", {"points": 6}), said
    found = database.points("models")
    values = {series: [value for _, value in points] for series, points in found.items()}
    assert values == {
        ("model_data_valid", frozenset({MODEL})): [1],
        ("model_data_validated_timestamp_seconds", frozenset({MODEL})): [1764000000.5],
        ("model_drift_checked_timestamp_seconds", frozenset({MODEL})): [1764000100],
        ("model_drift_score", frozenset({MODEL})): [0.25],
        ("model_drift_score", frozenset({MODEL, ("column", "age")})): [0.25],
        ("model_drift_score", frozenset({MODEL, ("column", "plan, of a=b")})): [0.125],
    }
    times = {at for points in found.values() for at, _ in points}
    assert len(times) == 1 and before <= times.pop() <= time.time_ns()
    assert PASSWORD not in said + str(report)


def test_infinity_is_left_out_and_counted(world: World, database: Database) -> None:
    database.ask('CREATE DATABASE "broken"')
    world.left(drift_scores={"age": "Infinity"}, drift_score="Infinity")
    history = {"url": database.url, "bucket": "broken", "token": {"secret": "INFLUXDB_TOKEN"}}
    code, report, _ = world.keep(history, INFLUXDB_TOKEN=f"{USER}:{PASSWORD}")
    assert (code, report["figures"]) == (0, {"points": 3, "left_out": 2})
    assert not [name for name, _ in database.points("broken") if name == "model_drift_score"]


@pytest.mark.parametrize(
    ("bucket", "token", "said"),
    [
        ("nowhere", f"{USER}:{PASSWORD}", "HTTP 404"),
        ("models", f"{USER}:wrong", "HTTP 401"),
        ("models", "", "the environment variable INFLUXDB_TOKEN is not set"),
    ],
)
def test_a_refusal_is_an_error_that_says_why(
    world: World, database: Database, bucket: str, token: str, said: str
) -> None:
    history = {"url": database.url, "bucket": bucket, "token": {"secret": "INFLUXDB_TOKEN"}}
    code, report, _ = world.keep(history, INFLUXDB_TOKEN=token)
    assert (code, report["verdict"]) == (2, "error")
    assert said in report["reasons"][0]
    assert PASSWORD not in str(report)


def test_any_label_comes_back(database: Database, protocol: ModuleType, exposition: ModuleType) -> None:
    """The database is the parser that knows nothing of ours: by the text format into it, and out again."""
    from tests.engines.influxdb.labels import expected, written

    names = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    numbers = st.floats(allow_nan=True, allow_infinity=True)

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(names, numbers, min_size=1, max_size=60))
    def holds(values: dict[str, float]) -> None:
        database.ask('DROP DATABASE "labels"')
        database.ask('CREATE DATABASE "labels"')
        gauge = exposition.Gauge(
            "model_metric", "A\nhelp \\ text.", [({"metric": k}, v) for k, v in values.items()]
        )
        page = exposition.exposition([gauge], {"model": "a=b, c\\"})
        points, left_out = protocol.lines(page, 1764000000000000000)
        assert left_out == sum(not math.isfinite(value) for value in values.values())
        if points:
            written(database, "labels", points)
        found = {
            dict(tags).get("metric", ""): points[0][1]
            for (_, tags), points in database.points("labels").items()
        }
        assert found == pytest.approx(expected(values))

    holds()
