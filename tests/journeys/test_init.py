"""`mlopsc init`, from an empty folder to a compiled repository."""

import subprocess
import sys
from pathlib import Path

import pytest
from mlopsc.begin import sample

from tests.conftest_engines import engine
from tests.journeys.begin import files, mlopsc

CSV = b"id,on,a b\n1,yes,2.5\n2,no,\n"


def test_in_an_empty_folder(tmp_path: Path) -> None:
    folder = tmp_path / "Shop"
    folder.mkdir()
    ran = mlopsc(folder, "init")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "  created  data/customers.csv\n  created  mlops.yaml\nnext: `mlopsc compile`\n"
    assert list(files(tmp_path)) == ["Shop/data/customers.csv", "Shop/mlops.yaml"]
    assert b"name: shop " in files(folder)["mlops.yaml"]  # type: ignore[operator]


@pytest.mark.parametrize("level", ["1", "2", "3"])
@pytest.mark.parametrize("data", [[], ["--from", "mine.csv"]])
def test_what_it_writes_is_valid_and_compiles(tmp_path: Path, level: str, data: list[str]) -> None:
    (tmp_path / "mine.csv").write_bytes(CSV)
    assert mlopsc(tmp_path, "init", "--level", level, *data).code == 0
    found = mlopsc(tmp_path, "validate")
    assert found.code == 0
    assert "error" not in found.err
    assert mlopsc(tmp_path, "compile").code == 0
    assert mlopsc(tmp_path, "check").code == 0
    if level == "1":
        assert found.err == ""


def test_a_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    ran = mlopsc(tmp_path, "init", "models/it's new")
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == """next: `mlopsc compile 'models/it'"'"'s new/mlops.yaml'`"""
    assert (tmp_path / "models" / "it's new" / "mlops.yaml").is_file()


def test_in_a_repository_the_spec_goes_to_its_folder(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    assert mlopsc(tmp_path, "init", "models/churn").code == 0
    assert [name for name in files(tmp_path) if not name.startswith(".git/")] == [
        "models/churn/data/customers.csv",
        "models/churn/mlops.yaml",
    ]


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    assert mlopsc(tmp_path, "init").code == 0
    (tmp_path / "mlops.yaml").write_text((tmp_path / "mlops.yaml").read_text() + "# mine\n")
    before = files(tmp_path)
    ran = mlopsc(tmp_path, "init", "--level", "3")
    assert (ran.code, ran.out) == (0, "mlops.yaml: already there\nnext: `mlopsc compile`\n")
    assert files(tmp_path) == before


def test_in_a_folder_with_a_rejected_spec_its_faults_are_said(tmp_path: Path) -> None:
    (tmp_path / "mlops.yaml").write_text("version: 2\n")
    ran = mlopsc(tmp_path, "init")
    assert (ran.code, ran.out) == (1, "")
    assert "error[M210] mlops.yaml:1:10" in ran.err
    assert list(files(tmp_path)) == ["mlops.yaml"]


def test_a_run_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / sample.PATH).write_bytes(sample.sample())
    ran = mlopsc(tmp_path, "init")
    assert (ran.code, ran.out) == (0, "  created  mlops.yaml\nnext: `mlopsc compile`\n")


def test_data_of_the_user_is_not_taken_for_the_sample(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / sample.PATH).write_bytes(CSV)
    ran = mlopsc(tmp_path, "init")
    assert ran.code == 2
    assert ran.err == (
        "mlopsc: data/customers.csv is already there: "
        "`mlopsc init --from data/customers.csv` makes a spec for it\n"
    )
    assert files(tmp_path) == {sample.PATH: CSV}
    assert mlopsc(tmp_path, "init", "--from", sample.PATH).code == 0


def test_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_bytes(CSV)
    ran = mlopsc(tmp_path, "init", "--from", "mine.csv")
    assert ran.code == 0
    assert ran.out == (
        "  created  mlops.yaml\nnext: look at the lines marked `# check me`, then `mlopsc compile`\n"
    )
    text = (tmp_path / "mlops.yaml").read_text("utf-8")
    assert "  path: mine.csv " in text
    lines = [line.split("  # check me")[0].strip() for line in text.splitlines() if "# check me" in line]
    assert lines == [
        "rows: {min: 2}",
        "id: {type: integer, nulls: forbidden, unique: true}",
        "'on': {type: string, nulls: forbidden}",
        "a b: {type: number, nulls: 51%, between: [2, 3]}",
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\0\1", "is binary"),
        (b"id\n", "has a header and no rows"),
        (b"1,2\n3,4\n", "has no header"),
        (b"a,a\n1,2\n", "has two columns named 'a'"),
        (b"a;b\n1;2\n", "separates its columns by semicolons"),
        (b"a,b\n1,2,3\n", "the row has 3 values, and the header has 2"),
        (b'" ",""\n1,2\n', "no column with a name that a spec can hold"),
    ],
)
def test_from_an_unusable_file(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "mine.csv").write_bytes(data)
    ran = mlopsc(tmp_path, "init", "--from", "mine.csv")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("mlopsc: ") and said in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]
    assert files(tmp_path) == {"mine.csv": data}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "none.csv"], "there is no none.csv"),
        (["file"], "file is not a folder"),
        (["--level", "4"], "Invalid value for '--level'"),
        (["there", "--from", "mine.csv"], "there/mlops.yaml is already there, and --from writes a new one: "),
        (["taken"], "taken/mlops.yaml is there and is no file"),
    ],
)
def test_wrong_usage(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "mine.csv").write_bytes(CSV)
    (tmp_path / "taken" / "mlops.yaml").mkdir(parents=True)
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mlops.yaml").touch()
    before = files(tmp_path)
    ran = mlopsc(tmp_path, "init", *arguments)
    assert ran.code == 2
    assert said in ran.err
    assert files(tmp_path) == before


def test_data_outside_of_the_folder_is_refused_and_within_the_repository_taken(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_bytes(CSV)
    ran = mlopsc(tmp_path, "init", "churn", "--from", "mine.csv")
    assert (ran.code, files(tmp_path)) == (1, {"mine.csv": CSV})
    assert (
        ran.err
        == f"mlopsc: mine.csv lies outside of {tmp_path}/churn: copy it in there, where a spec can name it\n"
    )
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    assert mlopsc(tmp_path, "init", "churn", "--from", "mine.csv").code == 0
    assert "path: ../mine.csv " in (tmp_path / "churn" / "mlops.yaml").read_text()


@pytest.mark.parametrize("where", ["mlops.yaml", "data", sample.PATH])
def test_nothing_is_written_through_a_link(tmp_path: Path, where: str) -> None:
    folder, outside = tmp_path / "here", tmp_path / "outside"
    (folder / where).parent.mkdir(parents=True)
    (folder / where).symlink_to(outside)
    if where == "data":
        outside.mkdir()
    assert mlopsc(folder, "init").code in (1, 2)
    assert list(files(folder)) == [where]
    assert files(tmp_path) == files(tmp_path) | {f"here/{where}": str(outside)}
    assert not outside.exists() or not list(outside.iterdir())


def test_a_folder_in_which_nothing_can_be_written(tmp_path: Path) -> None:
    ran = mlopsc(tmp_path, "init", "/proc/nothing")
    assert (ran.code, ran.out) == (1, "")
    assert "M602" in ran.err


ODD = "id,on,a b,zip,when,rate,mail,empty\n" + "".join(
    f'{n},{"yes" if n % 2 else "NO"},"x, {n % 3}",0{n},2024-01-{n:02}T10:00Z,{n / 7},'
    f"{'' if n % 5 == 0 else f'é{n}@example.com'},NA\n"
    for n in range(1, 29)
)


@pytest.mark.parametrize(
    "data", ["", ODD, "\ufeff" + ODD.replace("\n", "\r\n")], ids=["sample", "odd", "crlf"]
)
def test_the_data_passes_what_is_proposed_for_it(tmp_path: Path, data: str) -> None:
    engine("great_expectations")
    if data:
        (tmp_path / "mine.csv").write_bytes(data.encode())
    assert mlopsc(tmp_path, "init", *(["--from", "mine.csv"] if data else [])).code == 0
    assert mlopsc(tmp_path, "compile").code == 0
    command = [sys.executable, "ops/validate.py", "--no-docs"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("validate: passed (rows ")
