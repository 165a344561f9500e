"""`mlopsc add`, on specs as people write them."""

import stat
from pathlib import Path

import pytest
from mlopsc.source import read_document

from tests.journeys.begin import files, mlopsc

SPEC = """\
# Our churn model.
version: 1   # of the language

model: {name: churn}
data:
  path: data/customers.csv     # nightly dump


validation: {columns: {age: {between: [0, 120]}}}
# who is told
monitoring:
  notify: {email: ml@example.com}
"""
TRACKING = """\
# Where runs and versions are kept: a file, until you have a server (`uri: {env: MLFLOW_TRACKING_URI}`).
tracking:
  uri: sqlite:///mlflow.db
"""


def spec(folder: Path, text: str | bytes = SPEC) -> Path:
    path = folder / "mlops.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_before_the_section_that_follows(tmp_path: Path) -> None:
    path = spec(tmp_path)
    ran = mlopsc(tmp_path, "add", "tracking")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "mlops.yaml: `tracking` is added\nnext: fit it to your case, then `mlopsc compile`\n"
    assert path.read_text() == SPEC.replace("# who is told", f"\n{TRACKING}\n# who is told")
    assert list(files(tmp_path)) == ["mlops.yaml"]


def test_bytes_and_permissions_stay(tmp_path: Path) -> None:
    path = spec(tmp_path, b"\xef\xbb\xbf" + SPEC.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    assert mlopsc(tmp_path, "add", "timezone").code == 0
    head, tail = SPEC.split("data:")
    new = f"{head}\n# Time zone of every schedule, such as Europe/Berlin.\ntimezone: UTC\n\ndata:{tail}"
    assert path.read_bytes() == b"\xef\xbb\xbf" + new.replace("\n", "\r\n").encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.parametrize("place", ["models/churn", "models/churn/mlops.yaml"])
def test_a_spec_elsewhere(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "models" / "churn"
    folder.mkdir(parents=True)
    path = spec(folder)
    ran = mlopsc(tmp_path, "add", "costs", place)
    assert ran.code == 0
    assert ran.out.splitlines()[-1].endswith("`mlopsc compile models/churn/mlops.yaml`")
    assert path.read_text() == (
        SPEC
        + "\n# Who pays, and what is thrown away.\n"
        + "costs:\n  center: churn\n  prune_after: 90d\n  keep_latest: 5\n"
    )


def test_many_one_after_the_other(tmp_path: Path) -> None:
    path = spec(tmp_path)
    names = ["hooks", "costs", "scoring", "python", "delivery", "pipeline", "registry", "connections"]
    assert [mlopsc(tmp_path, "add", name).code for name in names] == [0] * len(names)
    keys = list(read_document(path.read_bytes(), "").root.data())
    assert keys == [
        "version", "model", "python", "data", "validation", "pipeline", "registry", "scoring", "monitoring",
        "delivery", "costs", "hooks", "connections",
    ]  # fmt: skip
    left = path.read_text().splitlines()
    assert [line for line in SPEC.splitlines() if line not in left] == []
    assert mlopsc(tmp_path, "validate").code == 0


def test_already_there(tmp_path: Path) -> None:
    spec(tmp_path)
    before = files(tmp_path)
    ran = mlopsc(tmp_path, "add", "monitoring")
    assert (ran.code, ran.out, ran.err) == (1, "", "mlopsc: mlops.yaml:11:1: `monitoring` is already there\n")
    assert files(tmp_path) == before


def test_a_section_that_does_not_fit_is_not_written(tmp_path: Path) -> None:
    spec(tmp_path)
    before = files(tmp_path)
    ran = mlopsc(tmp_path, "add", "registry")
    assert (ran.code, ran.out) == (1, "")
    assert "error[M302] mlops.yaml:12:1: `registry` needs a `pipeline`" in ran.err
    assert "12 | registry:\n" in ran.err
    assert ran.err.endswith("nothing was written\n")
    assert files(tmp_path) == before


def test_a_rejected_spec(tmp_path: Path) -> None:
    spec(tmp_path, SPEC.replace("age:", "age: {betwen: 1}, size:"))
    before = files(tmp_path)
    ran = mlopsc(tmp_path, "add", "costs")
    assert (ran.code, ran.out) == (1, "")
    assert "did you mean `between`?" in ran.err
    assert files(tmp_path) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["drfit"], "mlopsc: there is no section `drfit`; did you mean `drift`? the sections are "),
        (["plugins"], "mlopsc: `plugins` names what only you know: write it yourself, such as `plugins: "),
        (["drift", "none.yaml"], "mlopsc: there is no none.yaml"),
        (["drift", "empty"], "mlopsc: there is no empty/mlops.yaml"),
        ([], "Missing argument"),
    ],
)
def test_wrong_usage(tmp_path: Path, arguments: list[str], said: str) -> None:
    spec(tmp_path)
    (tmp_path / "empty").mkdir()
    ran = mlopsc(tmp_path, "add", *arguments)
    assert ran.code == 2
    assert said in ran.err
    assert files(tmp_path) == {"mlops.yaml": SPEC.encode()}
