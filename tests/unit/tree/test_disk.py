"""A disk that refuses: full, read-only, or no folder at all. What was written before is not lost."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import mlopsc
import pytest
from mlopsc.diagnostics import Rejected
from mlopsc.tree.apply import exclusive

from tests.conftest_engines import engine
from tests.unit.tree.world import World, rendered

REPOSITORY = Path(__file__).parents[3]
COMPILE = """
import json, subprocess, sys
from pathlib import Path
from mlopsc.diagnostics import Rejected
from tests.unit.tree.world import World, rendered

def said(*sizes):
    try:
        world.compile(*(rendered(f"{n}.txt", letter * size) for n, (letter, size) in enumerate(sizes)))
    except Rejected as error:
        return [(finding.code, finding.message, finding.hint) for finding in error.diagnostics]

def mount(*arguments):
    subprocess.run(["mount", *arguments, sys.argv[1]], check=True)

"""
FULL = """
mount("-t", "tmpfs", "-o", "size=128k", "none")
world = World(Path(sys.argv[1]))
before = said(("a", 8000), ("a", 8000))
full = said(("b", 8000), ("b", 8000), *[("b", 8000)] * 20)
files = {name: text[:1] * (len(text) == 8000) for name, text in world.files().items()}
after = said(("c", 8000))
print(json.dumps([before, full, files, after, sorted(world.files())]))
"""


READ_ONLY = """
world = World(Path(sys.argv[1]))
said(("a", 10), ("a", 10))
mount("--bind", sys.argv[1])
mount("-o", "remount,ro,bind")
print(json.dumps([said(("b", 10)), world.files(), said(("a", 10), ("a", 10))]))
"""


def in_own_mounts(code: str, folder: Path) -> Any:
    """Run code with mounts that nobody else sees, and that end with it."""
    engine("unshare")
    unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    paths = os.pathsep.join([str(Path(mlopsc.__path__[0]).parent), str(REPOSITORY)])
    env = {"PYTHONPATH": paths, "PATH": os.environ["PATH"]}
    command = [*unshare, sys.executable, "-c", COMPILE + code, str(folder)]
    run = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_full_disk_loses_nothing_and_the_next_compile_goes_on(tmp_path: Path) -> None:
    before, full, files, after, left = in_own_mounts(FULL, tmp_path)
    assert before is None and after is None
    ((code, message, hint),) = full
    assert code == "M602" and message.startswith("cannot write models/churn/")
    assert message.endswith(".txt: no space left on device")
    assert hint == "free some space and compile again; the next compile goes on from here"
    assert files.pop(".mlopsc.lock.pending") == ""
    assert set(files.values()) <= {"a", "b"}, "every file is whole, and no scrap is left"
    assert files["0.txt"] == "b"
    assert left == ["0.txt"]


def test_read_only(tmp_path: Path) -> None:
    refused, files, unchanged = in_own_mounts(READ_ONLY, tmp_path)
    hint = "this file system is read-only: compile with --into a folder that can be written"
    assert refused == [
        ["M602", "cannot write models/churn/.mlopsc.lock.pending: read-only file system", hint]
    ]
    assert files == {"0.txt": "a" * 10, "1.txt": "a" * 10}
    assert unchanged is None, "a compile that has nothing to write needs no right to write"


def test_output_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine\n")
    for root in ("out", "out/below"):
        with pytest.raises(Rejected) as refused, exclusive(tmp_path / root):
            pass
        (finding,) = refused.value.diagnostics
        assert finding.code == "M602" and finding.message.startswith(f"cannot write to {tmp_path / root}: ")
        assert "a file stands where" in finding.hint
    assert (tmp_path / "out").read_text() == "mine\n"


def test_a_path_that_cannot_be_read(world: World) -> None:
    long = rendered("a" * 300, "")
    with pytest.raises(Rejected, match=f"M602 cannot read models/churn/{'a' * 300}: file name too long"):
        world.plan(long)
