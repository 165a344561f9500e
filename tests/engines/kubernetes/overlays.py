"""Overlays as kubectl builds them: those of golden/, and those of specs that only a test has."""

import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.engines.kubernetes.tools import kubectl
from tests.trees import GOLDEN
from tests.unit.targets.workflows import written

Object = dict[str, Any]
OVERLAYS = {
    path.parent.relative_to(GOLDEN).as_posix().replace("/kubernetes/overlays/", "-"): path.parent
    for path in sorted(GOLDEN.rglob("overlays/*/kustomization.yaml"))
}
PLACE = {"context": "prd-eu", "namespace": "ml"}


@cache
def text(folder: Path) -> str:
    """Return what kubectl makes of an overlay."""
    done = subprocess.run([kubectl(), "kustomize", folder], capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    assert not done.stderr, done.stderr
    return done.stdout


def objects(folder: Path) -> list[Object]:
    """Return the objects of an overlay, for the caller to change."""
    return list(yaml.safe_load_all(text(folder)))


def compiled(folder: Path, **sections: Any) -> list[Object]:
    """Return the objects of production, of a spec with other sections."""
    given = {"environments": {"production": {"cluster": PLACE}}, "deployment": {"strategy": "rolling"}}
    for path, content in written(**{**given, **sections}).items():
        if path.startswith("kubernetes/"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content)
    return objects(folder / "kubernetes/overlays/production")


def one(found: list[Object], kind: str) -> Object:
    """Return the only object of a kind."""
    (each,) = [each for each in found if each["kind"] == kind]
    return each
