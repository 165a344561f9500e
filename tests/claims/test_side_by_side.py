"""Several data files are read at the same time."""

import importlib
import threading
from pathlib import Path

import pytest

from tests.conftest_engines import engine

PROGRAMS = Path(__file__).parents[2] / "templates" / "repository" / "ops"


def test_several_files_load_in_parallel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine("pandas")
    monkeypatch.syspath_prepend(str(PROGRAMS))
    tables = importlib.import_module("tables")
    files = [tmp_path / f"{number}.csv" for number in range(3)]
    for file in files:
        file.write_text(f"id\n{file.stem}\n")
    everybody, read = threading.Barrier(len(files)), tables._read

    def meeting(*given: object) -> object:
        everybody.wait(timeout=20)  # broken, if one file waits for another
        return read(*given)

    monkeypatch.setattr(tables, "_read", meeting)
    frame = tables.load([str(file) for file in files], "csv", {}).frame
    assert list(frame["id"]) == ["0", "1", "2"] or list(frame["id"]) == [0, 1, 2]
