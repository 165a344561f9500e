"""Whom a request is about, how the log tells it, and when the way to a canary is taken."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest_engines import engine

PROGRAMS = Path(__file__).parents[3] / "templates/serving/serving"
NAMES = (
    "arms refusal request_fields assigned given measure bounded journal forwarding experiment "
    "request_limits strict_json"
)
# The treatment of these has the ids 3 and c-1 and not 1 and c-2; see `Arms`.
TREATED = {"3", "c-1", "é"}


@pytest.fixture
def ops(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """Return the programs."""
    for name in ("prometheus_client", "uvicorn"):
        engine(name)
    monkeypatch.syspath_prepend(str(PROGRAMS))
    found = {name: importlib.import_module(name) for name in NAMES.split()}
    monkeypatch.setattr(
        found["assigned"],
        "arm",
        lambda _salt, _share, name: "" if not name else "treatment" if name in TREATED else "control",
    )
    yield SimpleNamespace(**found)
    for name in NAMES.split():
        sys.modules.pop(name, None)


def assigning(ops: SimpleNamespace, kind: str = "string") -> Any:
    """Return what finds ids in the field `id`."""
    return ops.assigned.Assigning("churn", 0.5, "id", kind)


@pytest.mark.parametrize(
    ("kind", "header", "ids", "found"),
    [
        ("string", b"", ["c-1"], ("c-1", "treatment")),
        ("string", b"", ["c-2"], ("c-2", "control")),
        ("string", b"", ["c-1", "c-1"], ("c-1", "treatment")),
        ("string", b"", ["c-1", "c-2"], (None, "")),
        ("string", b"", ["c-1", None], (None, "")),
        ("string", b"", [None], (None, "")),
        ("string", b"", [" "], (None, "")),
        ("string", b"c-1", [None], ("c-1", "treatment")),
        ("string", b"c-1", ["c-2"], ("c-1", "treatment")),
        ("string", b"c-2", ["c-1"], ("c-2", "control")),
        ("string", " é ".encode(), [None], (" é ", "treatment")),
        ("string", "é".encode("latin-1"), [None], ("é", "treatment")),
        ("integer", b"3", [None], (3, "treatment")),
        ("integer", b"", [3, 3], (3, "treatment")),
        ("integer", b"3.5", [1], (1, "control")),
        ("integer", b"three", [None], (None, "")),
        ("integer", b"9" * 30, [None], (None, "")),
        ("integer", b"9" * 5000, [None], (None, "")),
        ("number", b"3.0", [None], (3.0, "treatment")),
        ("number", b"nan", [1.0], (1.0, "control")),
        ("boolean", b"true", [None], (None, "")),
        ("string", b"x" * 20_000, [None], ("x" * 20_000, "control")),
    ],
)
def test_the_header_goes_before_the_rows(
    ops: SimpleNamespace, kind: str, header: bytes, ids: list[Any], found: tuple[Any, str]
) -> None:
    assigned = assigning(ops, kind).of(header, [{"id": each, "age": 1} for each in ids])
    assert (assigned.id, assigned.arm) == found


def test_a_service_without_ids_in_its_rows_takes_the_header(ops: SimpleNamespace) -> None:
    found = ops.assigned.Assigning("churn", 0.5, "", "string")
    assert found.of(b"c-1", [{"age": 1}]).arm == "treatment"
    assert found.of(b"", [{"age": 1}]).arm == ""


def test_a_row_is_logged_with_its_id_and_arm(ops: SimpleNamespace) -> None:
    """Rows about somebody else have none: the arm that answered is not theirs."""
    found = assigning(ops)
    rows = [{"id": each, "age": 1} for each in ("c-1", None, "c-2")]
    logged = found.logged(found.of(b"c-1", rows), rows)
    assert [(row["id"], row["arm"]) for row in logged] == [
        ("c-1", "treatment"), ("c-1", "treatment"), ("c-2", ""),
    ]  # fmt: skip
    assert [row["id"] for row in rows] == ["c-1", None, "c-2"], "what was asked stays as it is"
    mixed = found.logged(found.of(b"", rows), rows)
    assert [(row["id"], row["arm"]) for row in mixed] == [("c-1", ""), (None, ""), ("c-2", "")]
    assert [list(row) for row in logged] == [["id", "age", "arm"]] * 3, "one table takes them all"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, ops: SimpleNamespace) -> list[float]:
    """Return the time that the programs see."""
    now = [1000.0]
    monkeypatch.setattr(ops.experiment, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def test_one_request_tries_a_way_that_nobody_knows(ops: SimpleNamespace, clock: list[float]) -> None:
    way = ops.experiment.Way(10)
    assert [way.enter(), way.enter(), way.enter()] == [True, False, False]
    way.leave("canary")
    assert all(way.enter() for _ in range(100))


@pytest.mark.parametrize("answer", ["stable", ""])
def test_without_a_canary_the_way_is_left_alone_for_a_while(
    ops: SimpleNamespace, clock: list[float], answer: str
) -> None:
    way = ops.experiment.Way(10)
    assert way.enter()
    way.leave(answer)
    clock[0] += 9.9
    assert not way.enter()
    clock[0] += 0.2
    assert [way.enter(), way.enter()] == [True, False]


def test_a_known_way_stands_two_faults_in_a_row(ops: SimpleNamespace, clock: list[float]) -> None:
    """Each id that stable answers is lost to the result; each fault costs a caller the time to wait."""
    way = ops.experiment.Way(10)
    for track in ("canary", "", "", "canary", "", ""):
        assert way.enter()
        way.leave(track)
    assert way.enter()
    way.leave("")
    assert not way.enter()


def test_a_route_that_was_removed_is_known_by_one_answer(ops: SimpleNamespace, clock: list[float]) -> None:
    way = ops.experiment.Way(10)
    for track in ("canary", "stable"):
        assert way.enter()
        way.leave(track)
    assert not way.enter()


def test_what_both_versions_are_told_goes_before_their_images(
    ops: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Stable's image may be of an earlier experiment: both must deal alike."""
    file = tmp_path / "service.json"
    file.write_text(
        '{"model": "churn", "runtime": "fastapi", "task": "", "inputs": {}, "key": {}, "buckets": [1],'
        ' "value_buckets": [1], "paths": {}, "limits": {}, "log": {},'
        ' "ab_test": {"experiment": "old", "share": 0.1, "id": "id"}}'
    )
    assert ops.given.given(file).ab_test == {"experiment": "old", "share": 0.1, "id": "id"}
    monkeypatch.setenv("AB_TEST_EXPERIMENT", "new")
    monkeypatch.setenv("AB_TEST_SHARE", "0.25")
    assert ops.given.given(file).ab_test == {"experiment": "new", "share": 0.25, "id": "id"}
    for wrong in ("1.5", "0", "nan", "a tenth"):
        monkeypatch.setenv("AB_TEST_SHARE", wrong)
        with pytest.raises(ValueError):
            ops.given.given(file)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_others_still_read_the_log(
    ops: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: str
) -> None:
    """A whole number stays one though only a header named it; of columns, a reader gets those it asks for."""
    for name in ("pandas", "pyarrow", "fsspec"):
        engine(name)
    import pandas as pd

    monkeypatch.syspath_prepend(str(PROGRAMS.parents[1] / "repository/ops"))
    files, reader = (importlib.import_module(name) for name in ("prediction_files", "prediction_rows"))
    found = assigning(ops, "integer")
    rows = [{"age": 41, "id": None}]
    head = {"request_id": "r-1", "row": 0, "version": "8"}
    log = files.Files(tmp_path, {"format": form, "bytes": 1 << 20, "seconds": 300}, {"id": "integer"})
    for header in (b"3", b""):
        logged = found.logged(found.of(header, rows), rows)
        log.add([{**head, **row, "prediction": "old"} for row in logged])
    log.close()
    (path,) = tmp_path.glob(f"*.{form}")
    table = pd.read_parquet(path) if form == "parquet" else pd.read_csv(path, dtype=str).fillna("")
    assert table["arm"].tolist() == ["treatment", ""]
    assert [ops.arms.name_of(each) for each in table["id"]] == ["3", ""]
    keys = ("request_id", "row", "version")
    (shadow,) = reader.rows(str(path), reader.Wanted(form, keys, ("age",)))
    assert sorted(shadow.columns) == ["age", "prediction", *keys]
    (whole,) = reader.rows(str(path), reader.Wanted(form, ("version", "id"), ("arm",)))
    assert whole["arm"].tolist() == ["treatment", ""] and whole["prediction"].tolist() == ["old"] * 2
    for name in ("prediction_files", "prediction_rows", "tables"):
        sys.modules.pop(name, None)
