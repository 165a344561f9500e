"""All that a newcomer types, in an empty folder with an empty home: four commands and a verdict."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest_engines import engine
from tests.journeys.begin import COMPILER

# Settings of the package installers and of certificates, which a machine may need to reach a registry.
PASSED_ON = (
    "PIP_",
    "UV_",
    "SSL_",
    "PYENV_ROOT",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "REQUESTS_CA_BUNDLE",
)
DATA = "customer_id,age,plan\n" + "".join(
    f"{n},{20 + n % 60},{'basic' if n % 2 else 'pro'}\n" for n in range(200)
)

pytestmark = pytest.mark.slow


def programs(folder: Path, *, uv: bool) -> str:
    """Return a PATH with python3, mlopsc and, if wanted, uv in front of the system's programs."""
    folder.mkdir()
    python = getattr(sys, "_base_executable", sys.executable)
    scripts = {
        "python3": f'exec "{python}" "$@"',
        "mlopsc": f'PYTHONPATH="{COMPILER}" exec "{sys.executable}" -m mlopsc "$@"',
    }
    if uv:
        scripts["uv"] = f'exec "{shutil.which("uv")}" "$@"'
    for name, line in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / name).chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_four_commands(tmp_path: Path, installer: str) -> None:
    engine("make")
    engine(installer)
    folder, home = tmp_path / "shop", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    (folder / "data.csv").write_text(DATA)
    path = programs(tmp_path / "bin", uv=installer == "uv")
    env = {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)}
    env |= {"HOME": str(home), "PATH": path, "LANG": "C.UTF-8"}

    def typed(line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", line], cwd=folder, env=env, capture_output=True, text=True, check=False
        )

    done = typed("mlopsc init --level 1 --from data.csv && mlopsc compile && make setup && make validate")
    assert done.returncode == 0, done.stderr
    assert json.loads((folder / "reports/validate.json").read_text())["verdict"] == "passed"

    shutil.rmtree(tmp_path / "bin")  # mlopsc is gone; what it made works on
    (folder / "data.csv").write_text(DATA + "7,500,gold\n")
    assert typed("make validate").returncode == 0
    report = json.loads((folder / "reports/validate.json").read_text())
    assert report["verdict"] == "blocked"
    assert typed("STRICT=1 make validate").returncode != 0
    (folder / "data.csv").unlink()
    assert typed("make validate").returncode != 0
    assert json.loads((folder / "reports/validate.json").read_text())["verdict"] == "error"
