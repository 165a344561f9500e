"""`.env` is read as a shell reads it, and nothing else is taken for it."""

import os
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from tests.engines.loop.project import Project

Programs = dict[str, ModuleType]
SAME = """\
# a comment
PLAIN=value
export EXPORTED=yes
EMPTY=
URL=https://user@example.com:8080/a?b=c#d
SINGLE='with $dollar "quotes" and #'
DOUBLE="with 'quotes', \\"more\\", \\$5 and \\n"
MIXED=a'b c'"d"\\ e
SPACES='x'   # a comment
LINES='one
two'
"""


def test_it_agrees_with_the_shell(programs: Programs, tmp_path: Path) -> None:
    (tmp_path / "e").write_text(SAME)
    found = programs["settings"].assignments(SAME)
    for name, value in found.items():
        said = subprocess.run(
            ["sh", "-c", f'. ./e; printf %s "${name}"'],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        assert value == said.stdout, name
    assert len(found) == 9


@pytest.mark.parametrize(
    "line", ["A=$HOME", "A=`id`", 'A="$B"', "A=b c", "id", "A=b; id", "A = b", "A='x", "A=~/x", "1A=b"]
)
def test_what_a_shell_would_expand_or_run_is_refused(programs: Programs, line: str) -> None:
    with pytest.raises(ValueError, match=r"\.env, line 3"):
        programs["settings"].assignments(f"OK=1\n\n{line}\nMORE=2\n")


def test_the_environment_wins(bare: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_A", "from outside")
    monkeypatch.delenv("TOKEN_B", raising=False)
    bare.write(".env", "TOKEN_A=file\nTOKEN_B=file\n")
    assert bare.ops["settings"].settings()["model"]["name"] == "churn"
    resolve = bare.ops["settings"].resolve
    assert (resolve({"env": "TOKEN_A"}), resolve({"secret": "TOKEN_B"}), resolve("x")) == (
        "from outside",
        "file",
        "x",
    )
    del os.environ["TOKEN_B"]
    with pytest.raises(ValueError, match=r"TOKEN_B is not set.*\.env"):
        resolve({"secret": "TOKEN_B"})


def test_an_environment_has_its_own_configuration(bare: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    bare.write("config/staging.json", '{"model": {"name": "other"}}')
    monkeypatch.setenv("MLOPS_ENV", "staging")
    assert bare.ops["settings"].settings()["model"]["name"] == "other"
