"""`check` names the cause for each file; the lock alone and the whole compiler give one answer."""

import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from tests.journeys.begin import Ran, files, mlopsc
from tests.journeys.terminal import LOCK, OTHER, SPEC, repository


def relock(top: Path, old: str, new: str) -> None:
    lock = top / LOCK
    text, count = re.subn(old, new, lock.read_text(), flags=re.MULTILINE)
    assert count == 1
    lock.write_text(text)


def older_compiler(top: Path) -> None:
    """Pretend that another build has written the lock."""
    relock(top, "^# build .*$", "# build 0123456789abcdef")


def older_content(top: Path) -> None:
    older_compiler(top)
    (top / "mlops.mk").write_text("as it was\n")
    relock(top, "^[0-9a-f]{64}  mlops.mk$", f"{sha256(b'as it was' + bytes([10])).hexdigest()}  mlops.mk")


def edited(top: Path) -> None:
    with (top / "mlops.mk").open("a") as file:
        file.write("# mine\n")


def respecified(top: Path) -> None:
    (top / "mlops.yaml").write_text(OTHER)


def forgotten(top: Path) -> None:
    (top / LOCK).unlink()
    edited(top)


def orphaned(top: Path) -> None:
    older_compiler(top)
    (top / "old.md").write_text("old\n")
    line = f"{sha256(b'old' + bytes([10])).hexdigest()}  old.md"
    relock(top, "^# end$", f"{line}\n# end")


def taken(top: Path) -> None:
    (top / "mlops.mk").rename(top / "real.mk")
    (top / "mlops.mk").symlink_to("real.mk")


# What happened, and lines of the answer: cause and path.
CAUSES: dict[str, tuple[Callable[[Path], object], list[tuple[str, str]]]] = {
    "nothing": (lambda top: None, []),
    "newer compiler, equal bytes": (older_compiler, []),
    "newer compiler": (older_content, [("compiler newer", "mlops.mk")]),
    "spec changed": (respecified, [("spec changed", "RUNBOOK.md"), ("spec changed", "config/suite.json")]),
    "comment in the spec": (lambda top: (top / "mlops.yaml").write_text(SPEC + "# more\n"), []),
    "hand-edited": (edited, [("hand-edited", "mlops.mk")]),
    "missing": (lambda top: (top / "mlops.mk").unlink(), [("missing", "mlops.mk")]),
    "orphan": (orphaned, [("orphan", "old.md")]),
    "not ours": (forgotten, [("not ours", "mlops.mk")]),
    "a link": (taken, [("not ours", "mlops.mk")]),
}


@pytest.mark.parametrize("name", CAUSES)
def test_the_cause_of_each_difference(tmp_path: Path, name: str) -> None:
    top = repository(tmp_path / "churn")
    assert mlopsc(top, "compile").code == 0
    happened, causes = CAUSES[name]
    happened(top)
    before = files(top)
    fast, slow = mlopsc(top, "check"), mlopsc(top, "check", "--root", ".")
    assert fast == slow
    assert (fast.code, said(fast)) == (1 if causes else 0, causes)
    assert files(top) == before


def said(ran: Ran) -> list[tuple[str, str]]:
    rows = (line for line in ran.out.splitlines() if line.startswith("  "))
    return [(row[2:16].strip(), row[18:].partition(":")[0]) for row in rows]


def test_before_the_first_compile_all_is_missing(tmp_path: Path) -> None:
    ran = mlopsc(repository(tmp_path / "churn"), "check")
    assert ran.code == 1
    assert {cause for cause, _ in said(ran)} == {"missing"}


def test_both_ways_name_the_spec_alike(tmp_path: Path) -> None:
    top = repository(tmp_path / "shop", {"models/churn/mlops.yaml": SPEC})
    folder = top / "models/churn"
    assert mlopsc(folder, "compile").code == 0
    says = "models/churn/mlops.yaml: up to date\n"
    assert mlopsc(folder, "check").out == mlopsc(folder, "check", "--root", "../..").out == says
    assert mlopsc(top, "check", "models/churn/mlops.yaml").out == says
    assert mlopsc(top, "check", "models/churn/../churn/mlops.yaml").out == says


def test_two_models_of_one_name_are_found_although_each_is_clean(tmp_path: Path) -> None:
    specs = {"a/mlops.yaml": SPEC, "b/mlops.yaml": SPEC}
    top = repository(tmp_path / "shop", specs)
    for spec in specs:
        assert mlopsc(top, "compile", spec).code == 0
        assert mlopsc(top, "check", spec).code == 0
    ran = mlopsc(top, "check", *specs)
    assert ran.code == 2
    assert "error[M124]" in ran.err
