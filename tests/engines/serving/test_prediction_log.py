"""The log of predictions: every row once, whole files alone, and never in anybody's way."""

import csv
import importlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest_engines import engine
from tests.engines.serving.world import ROW, Running

PROGRAMS = Path(__file__).parents[3] / "templates/serving/serving"
NAMES = "given measure refusal prediction_files prediction_uploads prediction_log"
LOG = {"format": "csv", "bytes": 1 << 20, "seconds": 300, "queue_bytes": 1 << 20, "time": "timestamp"}
AT = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def ops(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """Return the programs of the log."""
    engine("prometheus_client")
    monkeypatch.syspath_prepend(str(PROGRAMS))
    yield SimpleNamespace(**{name: importlib.import_module(name) for name in NAMES.split()})
    for name in NAMES.split():
        del sys.modules[name]


def begun(ops: SimpleNamespace, place: str, **log: Any) -> Any:
    """Return a log that writes to a place."""
    from prometheus_client import CollectorRegistry

    given = ops.given.Given(
        model="churn", runtime="fastapi", task="classification", inputs={"age": "integer", "plan": "string"},
        key={"id": "string"}, buckets=(1.0,), value_buckets=(1.0,), paths={"predict": "/predict"}, limits={},
        log=LOG | log, version="7", environment="", log_place=place, folder=Path(),
    )  # fmt: skip
    return ops.prediction_log.PredictionLog(given, CollectorRegistry())


def answered(ops: SimpleNamespace, number: int, weight: int = 10, answer: Any = "old") -> Any:
    """Return an answer to a request of one row."""
    row = {"age": number, "plan": 'a "quoted"\nline, and é', "id": None}
    return ops.prediction_log.Answered(f"r-{number}", AT, [row], [answer], weight)


def rows(folder: Path) -> list[dict[str, str]]:
    """Return all rows of the whole files."""
    found: list[dict[str, str]] = []
    for path in sorted(folder.glob("[!.]*.csv")):
        with path.open(newline="", encoding="utf-8") as stream:
            found += csv.DictReader(stream)
    return found


def until(true: Any) -> None:
    """Wait for something that another thread does."""
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def counted(log: Any) -> tuple[float, float]:
    """Return how many predictions were written, and dropped."""
    return log.written._value.get(), log.dropped._value.get()


@pytest.mark.parametrize(("limits", "files"), [({}, 1), ({"bytes": 300}, 20), ({"seconds": 0}, 50)])
def test_every_row_stands_there_once(
    ops: SimpleNamespace, tmp_path: Path, limits: dict[str, int], files: int
) -> None:
    """A file ends by its size, its age, or with the service."""
    log = begun(ops, str(tmp_path / "logs"), **limits)
    for number in range(50):
        log.put(answered(ops, number))
    log.finish()
    found = rows(tmp_path / "logs")
    assert sorted(int(row["age"]) for row in found) == list(range(50))
    assert counted(log) == (50, 0)
    assert list(found[0]) == ["request_id", "timestamp", "row", "version", "age", "plan", "id", "prediction"]
    assert (found[0]["plan"], found[0]["timestamp"]) == ('a "quoted"\nline, and é', str(AT))
    names = os.listdir(tmp_path / "logs")
    assert not [name for name in names if name.startswith(".")]
    assert 1 <= len(names) <= files and (len(names) > 1) == bool(limits)


def test_parquet_keeps_the_types(ops: SimpleNamespace, tmp_path: Path) -> None:
    import pandas as pd

    log = begun(ops, str(tmp_path), format="parquet")
    for answer in ([0.25, 0.75], [1, 0]):
        log.put(answered(ops, 41, answer=answer))
    log.finish()
    (path,) = tmp_path.glob("[!.]*.parquet")
    found = pd.read_parquet(path)
    kinds = {str(name): str(kind) for name, kind in found.dtypes.items()}
    assert (kinds["age"], kinds["row"], kinds["prediction_0"]) == ("int64", "int64", "float64")
    assert kinds["timestamp"] == "datetime64[us, UTC]"
    assert found["prediction_1"].tolist() == [0.75, 0.0]


def test_what_does_not_fit_into_the_queue_is_counted(ops: SimpleNamespace, tmp_path: Path) -> None:
    log = begun(ops, str(tmp_path), queue_bytes=100)
    log.put(answered(ops, 1, weight=101))
    log.put(answered(ops, 2, weight=100))
    log.finish()
    assert counted(log) == (1, 1)
    assert [row["age"] for row in rows(tmp_path)] == ["2"]


def test_a_place_that_fails_ends_nothing(ops: SimpleNamespace, tmp_path: Path) -> None:
    """As a disk that is full, or a folder that somebody moved; it works again when the place does."""
    folder = tmp_path / "logs"
    log = begun(ops, str(folder))
    folder.rmdir()
    log.put(answered(ops, 1))
    until(lambda: counted(log) == (0, 1))
    folder.mkdir()
    log.put(answered(ops, 2))
    log.finish()
    assert counted(log) == (1, 1)
    assert [row["age"] for row in rows(folder)] == ["2"]


def test_a_file_of_a_killed_process_is_completed(ops: SimpleNamespace, tmp_path: Path) -> None:
    first = ops.prediction_files.Files(tmp_path, LOG, {})
    first.add([{"age": 1, "plan": "a\nb"}, {"age": 2, "plan": "c"}])
    with first.path.open("a", newline="") as stream:
        stream.write('3,"torn\nin the middle')
    other = ops.prediction_files.Files(tmp_path, LOG, {})
    assert rows(tmp_path) == [], "it is still being written"
    first.open.stream.close()
    ops.prediction_files.Files(tmp_path, LOG, {})
    assert [(row["age"], row["plan"]) for row in rows(tmp_path)] == [("1", "a\nb"), ("2", "c")]
    assert other.left() is None


def test_a_killed_service_loses_no_more_than_its_last_row(tmp_path: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(PROGRAMS)!r}); from pathlib import Path\n"
        "from prediction_files import Files\n"
        f"files, n = Files(Path({str(tmp_path)!r}), {LOG!r}, {{}}), 0\n"
        "while True:\n    files.add([{'age': n}]); n += 1; print(n, flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    for _ in range(500):
        seen = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.wait()
    sys.path.insert(0, str(PROGRAMS))
    try:
        importlib.import_module("prediction_files").Files(tmp_path, LOG, {})
    finally:
        sys.path.remove(str(PROGRAMS))
        del sys.modules["prediction_files"]
    ages = [int(row["age"]) for row in rows(tmp_path)]
    assert ages == list(range(len(ages))) and len(ages) >= seen


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a local S3, which can be stopped and started."""
    engine("s3fs")
    import s3fs
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    for name, value in {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x", "ENDPOINT_URL": address}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    s3fs.S3FileSystem.clear_instance_cache()
    system = s3fs.S3FileSystem(skip_instance_cache=True, endpoint_url=address, use_listings_cache=False)
    system.mkdir("lake")
    yield system
    server.stop()


def test_an_object_store_takes_whole_files(ops: SimpleNamespace, bucket: Any) -> None:
    log = begun(ops, "s3://lake/predictions/", bytes=300)
    for number in range(6):
        log.put(answered(ops, number))
    log.finish()
    objects = bucket.find("lake/predictions")
    text = "".join(bucket.cat(name).decode() for name in objects)
    assert len(objects) >= 2 and all(name.endswith(".csv") for name in objects)
    assert [text.count(f"r-{number},") for number in range(6)] == [1] * 6
    assert os.listdir(log.files.folder) == []


def test_a_store_that_does_not_answer_holds_up_nothing(
    ops: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Files wait up to a number of them; then the oldest is lost, and its rows are counted."""

    def down(_self: object, _path: Path) -> None:
        raise OSError("no route to the store")

    monkeypatch.setattr(ops.prediction_uploads.Uploads, "_take", down)
    log = begun(ops, "memory://lake", seconds=0)
    for number in range(12):
        log.put(answered(ops, number))
    until(lambda: counted(log)[1] == 4)
    assert (counted(log), len(os.listdir(log.files.folder))) == ((12, 4), ops.prediction_uploads.WAITING)
    log.finish()


def test_the_service_writes_what_it_answered(service: Running) -> None:
    folder = Path(service.more["PREDICTION_LOG"])
    service.predict({"rows": [ROW | {"customer_id": "c-9"}, ROW]}, {"X-Request-ID": "logged-1"})
    service.predict({"age": 1}, {"X-Request-ID": "refused-1"})
    service.predict(ROW, {"X-Request-ID": "probe-1"})
    written = 'model_prediction_log_written_total{model="churn",version="7"}'
    until(lambda: service.metrics()[written] == 2)
    assert service.stop() == 0
    found = rows(folder)
    assert [(row["request_id"], row["row"], row["version"]) for row in found] == [
        ("logged-1", "0", "7"),
        ("logged-1", "1", "7"),
    ]
    first = {name: found[0][name] for name in ("age", "spend", "plan", "customer_id", "prediction")}
    assert first == {"age": "41", "spend": "10.5", "plan": "pro", "customer_id": "c-9", "prediction": "old"}
    assert found[0]["since"] == "2026-01-31 11:00:00+00:00"
