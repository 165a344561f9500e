"""Bad input, through the real command: the exact text, exit 1, and nothing written or lost."""

import os
from pathlib import Path

import pytest

from tests.journeys.begin import COMPILER, files, mlopsc
from tests.journeys.terminal import LOCK, SPEC, ended, repository, started
from tests.rejected_cases import cases

# What mlopsc made before the spec went bad; a bad spec must not cost any of it.
BEFORE = {"mlops.mk": "as it was\n", LOCK: "as it was\n"}
HOSTILE = [
    "M101-image",
    "M101-latin_1",
    "M102-20_megabytes",
    "M103-100_000_brackets",
    "M103-alias_bomb",
    "M104-crlf_and_bom",
    "M106-two",
    "M107-python",
    "M108-merge_key",
    "M109-no_bytes",
    "M113-tab",
    "M114-escape_sequence",
    "M120-above",
    "M121-two",
]
CASES = {f"{case.code}-{case.name}": case for case in cases()}


@pytest.fixture
def top(tmp_path: Path) -> Path:
    top = repository(tmp_path / "churn")
    for name, text in BEFORE.items():
        (top / name).write_text(text)
    return top


@pytest.mark.parametrize("name", HOSTILE)
def test_refused_by_the_real_command(top: Path, name: str) -> None:
    case = CASES[name]
    (top / "mlops.yaml").unlink()
    spec = case.place(top)
    before = files(top)
    ran = mlopsc(top, "compile", spec)
    assert (ran.code, ran.err) == (1, case.expected.read_text("utf-8"))
    assert files(top) == before


def test_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    tops = [repository(tmp_path / name) for name in ("lf", "crlf")]
    (tops[1] / "mlops.yaml").write_bytes(b"\xef\xbb\xbf" + SPEC.replace("\n", "\r\n").encode())
    for top in tops:
        assert mlopsc(top, "compile").code == 0
        for name in (LOCK, "mlops.yaml"):
            (top / name).unlink()
    assert files(tops[0]) == files(tops[1])


@pytest.mark.parametrize("name", ["M203-word", "M217-retries", "M507-broken", "M401-aws", "M123-nothing"])
def test_what_the_harness_says_is_what_the_command_says(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    spec = case.place(tmp_path)
    plugin = f"{COMPILER}{os.pathsep}{tmp_path / 'plugin'}"
    ran = ended(started(tmp_path, "validate", spec, "--root", ".", PYTHONPATH=plugin))
    assert (ran.code, ran.err) == (1, case.expected.read_text("utf-8"))
