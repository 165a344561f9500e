"""`check --summary FILE --sarif FILE`: one run gives the answer, a summary within GitHub's limit, and SARIF."""

import json
import re
from pathlib import Path

import pytest

from tests.journeys.begin import mlopsc
from tests.journeys.terminal import GENERATED, SPEC, named, repository

LIMIT = 1024 * 1024


@pytest.fixture
def top(tmp_path: Path) -> Path:
    folder = repository(tmp_path / "churn")
    assert mlopsc(folder, "compile").code == 0
    return folder


def test_the_answer_is_the_same_with_papers(top: Path) -> None:
    (top / "mlops.mk").write_text("mine\n")
    for form in ("text", "json", "github", "sarif"):
        plain = mlopsc(top, "check", "--format", form)
        assert mlopsc(top, "check", "--format", form, "--summary", "a/s.md", "--sarif", "b/c.sarif") == plain
        assert plain.code == 1
    assert json.loads((top / "b/c.sarif").read_text()) == json.loads(
        mlopsc(top, "check", "--format", "sarif").out
    )


def test_nothing_differs(top: Path) -> None:
    assert mlopsc(top, "check", "--summary", "s.md", "--sarif", "c.sarif").code == 0
    assert (top / "s.md").read_text() == "## mlopsc check: up to date\n\n"
    assert json.loads((top / "c.sarif").read_text())["runs"][0]["results"] == []


def test_a_summary_is_appended(top: Path) -> None:
    (top / "s.md").write_text("before\n")
    mlopsc(top, "check", "--summary", "s.md")
    mlopsc(top, "check", "--summary", "s.md")
    assert (top / "s.md").read_text() == "before\n" + 2 * "## mlopsc check: up to date\n\n"


def test_a_long_diff_is_cut_within_the_limit(top: Path) -> None:
    (top / "mlops.mk").write_text("".join(f"# {number} ä\n" for number in range(100_000)))
    (top / "RUNBOOK.md").unlink()
    (top / "s.md").write_text("x" * 100_000 + "\n")
    assert mlopsc(top, "check", ".", "--summary", "s.md").code == 1
    size = (top / "s.md").stat().st_size
    assert LIMIT * 0.6 < size <= LIMIT
    text = (top / "s.md").read_text().partition("\n")[2]
    assert "| `RUNBOOK.md` | missing |" in text and "| `mlops.mk` | hand-edited |" in text
    shown = text.split("```diff\n")[1].split("\n```\n")[0].split("\n")
    all_lines = mlopsc(top, "diff", ".").out.splitlines()
    assert shown == all_lines[: len(shown)]
    says = f"**{len(all_lines) - len(shown):,} more lines of the diff** have no room in a summary (1 MiB)"
    assert text.endswith(f"\n{says}: `mlopsc diff .` shows all.\n\n")


@pytest.mark.parametrize("line", ["x" * 3 * LIMIT, "`" * 2 * LIMIT], ids=["letters", "backticks"])
def test_one_line_may_be_too_long(top: Path, line: str) -> None:
    (top / "mlops.mk").write_text(f"{line}\n")
    assert mlopsc(top, "check", "--summary", "s.md").code == 1
    assert (top / "s.md").stat().st_size < LIMIT
    assert "more lines of the diff**" in (top / "s.md").read_text()


def test_a_full_summary_stays_within_the_limit(top: Path) -> None:
    (top / "s.md").write_text("x" * (LIMIT - 2000))
    (top / "mlops.mk").write_text("mine\n")
    assert mlopsc(top, "check", "--summary", "s.md").code == 1
    assert (top / "s.md").stat().st_size <= LIMIT
    assert "1 more files** have no room" in (top / "s.md").read_text()


def test_no_content_ends_the_fence(top: Path) -> None:
    hostile = "```\n````\n# <script> | x\r`````\n::error::no\n"
    (top / "mlops.mk").write_bytes(hostile.encode())
    mlopsc(top, "check", "--summary", "s.md")
    text = (top / "s.md").read_bytes().decode()
    fences = re.findall(r"(?:^|[\r\n])(`{6,})(?:diff)?(?=[\r\n])", text)
    assert fences == ["``````", "``````"]
    assert "<script>" not in text.split("``````diff")[0]


def test_a_rejected_spec_is_listed_without_markup(top: Path) -> None:
    (top / "mlops.yaml").write_text(SPEC + "drift: {'a|<b>`c`': daily}\n")
    assert mlopsc(top, "check", "--summary", "s.md", "--sarif", "c.sarif").code == 2
    (line,) = [line for line in (top / "s.md").read_text().splitlines() if "**M201**" in line]
    assert line.startswith("- **M201** `mlops.yaml:7`: unknown key") and "<b>" not in line
    assert "M201" in {
        result["ruleId"] for result in json.loads((top / "c.sarif").read_text())["runs"][0]["results"]
    }


@pytest.mark.parametrize("option", ["--summary", "--sarif"])
def test_a_file_that_cannot_be_written(top: Path, option: str) -> None:
    ran = mlopsc(top, "check", option, "mlops.mk/x")
    assert ran.code == 2
    assert ran.err.startswith(f"mlopsc: {option} mlops.mk/x: cannot be written: ")


def test_beyond_ten_annotations_the_rest_is_counted_and_check_shows_it(tmp_path: Path) -> None:
    top = repository(tmp_path / "shop", {f"{name}/mlops.yaml": named(name) for name in ("one", "two")})
    ran = mlopsc(top, "check", ".", "--format", "github")
    assert ran.code == 1
    assert ran.out.count("::error ") == 10
    left = 2 * len(GENERATED) - 10
    assert ran.out.endswith(
        f"::notice title=mlopsc::not shown here: {left} errors; `mlopsc check` shows all\n"
    )
