"""Helm 3 and Helm 4, each as the program in a package of npm that is locked here or beside kubectl."""

import os
import shutil
import subprocess
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.conftest_engines import engine
from tests.engines.kubernetes.tools import CACHE
from tests.engines.kubernetes.tools import HERE as BESIDE_KUBECTL

HERE = Path(__file__).parent / "node"
LOCKED = {3: HERE, 4: BESIDE_KUBECTL}
Object = dict[str, Any]


@cache
def helm(major: int) -> Path:
    """Return Helm of a major version."""
    place = CACHE / f"helm-{major}"
    if not place.exists():
        engine("npm")
        CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            _unpack(LOCKED[major], Path(folder), place)
    said = subprocess.run([place, "version", "--short"], capture_output=True, text=True, check=True).stdout
    assert said.startswith(f"v{major}."), said
    return place


def run(major: int, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run Helm; it talks to no cluster that somebody has set up."""
    environment = {**os.environ, "KUBECONFIG": os.devnull, "HELM_CACHE_HOME": str(CACHE / "helm-home")}
    command = [helm(major), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def template(root: Path, environment: str, *more: str, major: int = 4, name: str = "x") -> str:
    """Return what the chart of a repository becomes in an environment."""
    values = root / f"helm/values-{environment}.yaml"
    chosen = ["--values", str(values), "--namespace", "ml", *more]
    done = run(major, "template", name, root / "helm", *chosen)
    assert not done.returncode, done.stderr
    assert not done.stderr, done.stderr
    return done.stdout


def objects(root: Path, environment: str, *more: str, major: int = 4) -> list[Object]:
    """Return the objects of a chart in an environment."""
    return [each for each in yaml.safe_load_all(template(root, environment, *more, major=major)) if each]


def _unpack(declared: Path, folder: Path, place: Path) -> None:
    """Put the program where it is looked for, whole: of several that do so at once, the last one counts."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(declared / name, folder)
    command = ["npm", "ci", "--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(
        [*command, "--loglevel=error"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stderr
    (layer,) = folder.glob("node_modules/@aws-cdk/*/lib/layer.zip")
    with zipfile.ZipFile(layer) as packed:
        program = Path(packed.extract("helm/helm", folder))
    program.chmod(0o755)
    os.replace(program, place)
