"""Reading a csv: what is read, and what is refused with which words."""

import gzip
from pathlib import Path

import pytest
from mlopsc.begin import table
from mlopsc.begin.table import UnusableData, read_table


def written(folder: Path, data: bytes, name: str = "data.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "data",
    [
        b"id,plan\n1,pro\n2,\n",
        b"\xef\xbb\xbfid,plan\n1,pro\n2,\n",
        b"id,plan\r\n1,pro\r\n2,\r\n",
        b"id,plan\r1,pro\r2,\r",
        b'\n"id","plan"\n\n1,"pro"\n2,""',
        b"id,plan\n1,pro\n2\n",
    ],
)
def test_the_same_table_in_other_clothes(tmp_path: Path, data: bytes) -> None:
    found = read_table(written(tmp_path, data))
    assert (found.names, found.columns) == (("id", "plan"), (("1", "2"), ("pro", "")))
    assert (found.rows, found.whole) == (2, True)


def test_quoted_commas_quotes_and_line_ends(tmp_path: Path) -> None:
    found = read_table(written(tmp_path, b'id,note\n1,"a, ""b""\nc"\n'))
    assert found.columns == (("1",), ('a, "b"\nc',))


def test_compressed(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(b"id\n7\n"), "data.csv.gz")
    assert read_table(path).columns == (("7",),)


def test_a_row_of_one_empty_quoted_value_is_a_row_and_a_blank_line_is_none(tmp_path: Path) -> None:
    assert read_table(written(tmp_path, b'id\n1\n""\n\n  \n2\n')).columns == (("1", "", "2"),)


def test_reads_no_more_rows_than_it_must(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    with path.open("w") as file:
        file.write("id\n")
        file.writelines(f"{number}\n" for number in range(table.MOST_ROWS + 5))
        file.write('"never closed, and never reached\n')
    found = read_table(path)
    assert (found.rows, found.whole) == (table.MOST_ROWS, False)


def test_a_wide_file_is_read_less_far(tmp_path: Path) -> None:
    row = ",".join("1" * 1000) + "\n"
    header = ",".join(f"c{number}" for number in range(1000)) + "\n"
    assert read_table(written(tmp_path, (header + row * 2100).encode())).rows == 2001


REFUSED = {
    "empty": (b"", " is empty: a csv has a header and rows"),
    "blank": (b"\n\n", " is empty: a csv has a header and rows"),
    "image": (b"\x89PNG\r\n\x1a\n\0\0", " is binary, not csv text"),
    "nul": (b"id\n1\n\0\n", " is binary, not csv text"),
    "latin_1": ("id\nOrléans\n".encode("latin-1"), " is not UTF-8 text (byte 0xe9): save it as UTF-8"),
    "utf_16": ("id\nx\n".encode("utf-16"), " is binary, not csv text"),
    "only_header": (b"id,plan\n", " has a header and no rows: there is nothing to propose checks from"),
    "no_header": (
        b"1,2.5,2024-01-31\n2,3,\n",
        " has no header: its first line holds values (1, 2.5, 2024-01-31)",
    ),
    "doubles": (b"id,plan,id\n1,a,2\n", " has two columns named 'id': give each its own name"),
    "semicolons": (b"id;plan\n1;a\n", " separates its columns by semicolons: save it with commas"),
    "tabs": (b"id\tplan\n1\ta\n", " separates its columns by tabs: save it with commas"),
    "bars": (b"id|plan\n1|a\n", " separates its columns by bars: save it with commas"),
    "long_row": (
        b"id,plan\n1,a\n2,b,c\n",
        ":3: the row has 3 values, and the header has 2; quote values that hold a comma",
    ),
    "open_quote": (b'id,plan\n1,"a\n2,b\n', ":3: a quoted value is never closed"),
    "long_line": (b"id\n" + b"x" * 1_000_001, ":2: the line is longer than 1,000,000 characters"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(tmp_path: Path, name: str) -> None:
    data, reason = REFUSED[name]
    path = written(tmp_path, data)
    with pytest.raises(UnusableData) as error:
        read_table(path)
    assert str(error.value) == f"{path}{reason}"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableData, match="is not a file"):
        read_table(tmp_path)


@pytest.mark.parametrize("data", [b"no gzip at all", gzip.compress(b"id\n1\n", mtime=0)[:20]])
def test_a_broken_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UnusableData, match=r"cannot be read: .+"):
        read_table(written(tmp_path, data, "data.csv.gz"))
