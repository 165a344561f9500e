"""New records: counted by name and content, none twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.engines.retraining.world import World


def counting(world: World, above: int = 100) -> None:
    world.configure(triggers={"new_records": {"above": above}})


def test_records_add_up_until_there_are_more_than_the_spec_says(world: World) -> None:
    counting(world)
    (world.root / "incoming" / "first.csv").unlink()
    assert world.retrain()["reasons"] == ["new records: 0, not above 100"]
    world.arrive("a.csv", 100)
    assert world.retrain()["reasons"] == ["new records: 100, not above 100"]
    world.arrive("b.csv", 1, 1000)
    assert world.retrain()["reasons"] == ["new records: 101, above 100"]
    assert world.retrain()["reasons"] == ["new records: 0, not above 100"]
    assert len(world.trained) == 1


def test_no_record_is_counted_twice(world: World) -> None:
    counting(world, 9)
    assert world.verdict() == "trained"
    first = world.root / "incoming" / "first.csv"
    # Written again with the same content, as by a sync.
    content = first.read_text()
    first.unlink()
    first.write_text(content)
    assert world.retrain()["reasons"] == ["new records: 0, not above 9"]
    world.arrive("first.csv", 8, 500)
    assert world.retrain()["reasons"] == ["new records: 8, not above 9"]
    # Its upload goes on: the parts that were counted are part of the whole.
    world.arrive("first.csv", 9, 500)
    assert world.retrain()["reasons"] == ["new records: 9, not above 9"]


def test_records_that_another_trigger_trained_on_are_not_new(world: World) -> None:
    world.configure(triggers={"new_records": {"above": 9}, "schedule": True}, cooldown_seconds=1)
    assert world.verdict("schedule") == "trained"
    world.now += 60
    assert world.retrain()["reasons"] == ["new records: 0, not above 9"]


def test_objects_that_are_still_there_are_never_forgotten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.ops["retraining"], "MAX_GONE", 1)
    counting(world, 9)
    for number in range(5):
        world.arrive(f"{number}.csv", 10, 1000 * number)
    assert world.verdict() == "trained"
    for number in range(3):
        (world.root / "incoming" / f"{number}.csv").unlink()
    world.arrive("last.csv", 10, 9000)
    assert world.verdict() == "trained"
    assert len(world.state()["seen"]) == 5
    assert world.retrain()["reasons"] == ["new records: 0, not above 9"]


def test_only_what_is_a_record_counts(world: World) -> None:
    counting(world)
    world.write("incoming/first.csv", '\ufeffid,text\n\n1,"two\nlines"\n2,x')
    world.write("incoming/empty.csv", "")
    world.write("incoming/header.csv", "id,text\n")
    world.write("incoming/notes.txt", "1\n2\n3\n")
    world.write("incoming/.hidden.csv", "id\n1\n")
    world.write("incoming/quarantine/bad.csv", "id\n1\n2\n")
    world.write("incoming/2026/11/deep.csv", "id\n1\n")
    assert world.retrain()["reasons"] == ["new records: 3, not above 100"]


def test_a_folder_that_does_not_exist_yet_is_empty(world: World) -> None:
    counting(world)
    for file in (world.root / "incoming").iterdir():
        file.unlink()
    (world.root / "incoming").rmdir()
    assert world.retrain()["reasons"] == ["new records: 0, not above 100"]


def parquet(path: Path | str, rows: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"id": list(range(rows))}), path)


def test_a_damaged_file_is_named_and_hides_no_other(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    engine("pyarrow")
    records = world.ops["records"]
    parquet(world.root / "incoming" / "good.parquet", 7)
    (world.root / "incoming" / "half.parquet").write_bytes(b"PAR1 and no more")
    found = records.count({"incoming": "incoming", "format": "parquet"}, [], {})
    assert found.total == 7
    assert len(found.unreadable) == 1
    assert found.unreadable[0].startswith("incoming/half.parquet cannot be counted: ")


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """Return the address of an S3 server on this machine."""
    engine("s3fs")
    engine("moto")
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(store: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Return an empty place in a bucket."""
    import s3fs

    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL")
    for name, value in zip(names, ("testing", "testing", "us-east-1", store), strict=True):
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    s3fs.S3FileSystem().makedirs("landing", exist_ok=True)
    return f"s3://landing/{request.node.name}"


def test_objects_are_counted_by_key_and_etag(world: World, bucket: str) -> None:
    import s3fs

    records, store = world.ops["records"], s3fs.S3FileSystem()
    data = {"incoming": bucket, "format": "csv"}
    assert records.count(data, [], {}).total == 0
    for name in ("a", "b", "c"):
        store.pipe(f"{bucket}/{name}.csv", b"id\n1\n2\n")
    store.pipe(f"{bucket}/quarantine/d.csv", b"id\n1\n")
    store.pipe(f"{bucket}/notes.txt", b"1\n2\n3\n")
    first = records.count(data, [], {})
    assert first.total == 6
    # The same content under the same key is no new record, whenever it was written.
    store.pipe(f"{bucket}/a.csv", b"id\n1\n2\n")
    again = records.count(data, first.marks, {})
    assert (again.total, again.marks) == (0, first.marks)
    # Other content is, and so is the same content under another key.
    store.pipe(f"{bucket}/b.csv", b"id\n7\n8\n9\n")
    store.pipe(f"{bucket}/e.csv", b"id\n1\n2\n")
    assert records.count(data, first.marks, {}).total == 5


def test_objects_that_were_counted_are_not_read_again(
    world: World, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import s3fs

    records = world.ops["records"]
    s3fs.S3FileSystem().pipe(f"{bucket}/a.csv", b"id\n1\n2\n")
    data = {"incoming": bucket, "format": "csv"}
    first = records.count(data, [], {})
    monkeypatch.setattr(records, "rows_of", pytest.fail)
    assert records.count(data, [], first.rows).total == 2


def test_parquet_tells_its_rows_in_the_footer(world: World, bucket: str, tmp_path: Path) -> None:
    import s3fs

    parquet(tmp_path / "x.parquet", 100_000)
    store, records = s3fs.S3FileSystem(), world.ops["records"]
    store.put(str(tmp_path / "x.parquet"), f"{bucket}/x.parquet")
    assert records.count({"incoming": bucket, "format": "parquet"}, [], {}).total == 100_000
    assert records.count({"incoming": f"{bucket}/*.parquet", "format": "parquet"}, [], {}).total == 100_000


def test_a_store_that_does_not_answer_is_an_error(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    records = world.ops["records"]

    def refuse(_place: str) -> None:
        raise PermissionError(13, "Access Denied")

    monkeypatch.setattr("fsspec.core.url_to_fs", refuse)
    with pytest.raises(PermissionError, match="Access Denied"):
        records.count({"incoming": "s3://closed", "format": "csv"}, [], {})
