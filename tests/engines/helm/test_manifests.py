"""What make manifests prints, and make deploy applies, where the manifests are a chart."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.engines.helm.charts import by_name
from tests.engines.helm.tools import LOCKED, helm, objects
from tests.trees import GOLDEN


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a copy of a repository with a chart."""
    for part in ("helm", "ops", "config"):
        shutil.copytree(GOLDEN / "payments" / part, tmp_path / part)
    return tmp_path


def manifests(root: Path, environment: str, major: int | None = 4) -> "subprocess.CompletedProcess[str]":
    """Run the program as make does, with Helm on the path, or without any."""
    (tools := root / "tools").mkdir(exist_ok=True)
    (tools / "helm").unlink(missing_ok=True)
    if major:
        (tools / "helm").symlink_to(helm(major))
    given = {"PATH": str(tools), "MLOPS_ENV": environment, "VERSION": "7", "HOME": str(root)}
    command = [sys.executable, "ops/manifests.py"]
    clean = {name: value for name, value in os.environ.items() if name != "GITHUB_OUTPUT"}
    return subprocess.run(command, cwd=root, env=clean | given, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("major", LOCKED)
@pytest.mark.parametrize("environment", ["staging", "production"])
def test_the_chart_is_applied_with_the_image_of_the_version(root: Path, environment: str, major: int) -> None:
    done = manifests(root, environment, major)
    assert (done.returncode, done.stderr) == (0, "")
    given = objects(root, environment, "--set", "image.tag=payments-v7")
    assert by_name(list(yaml.safe_load_all(done.stdout))) == by_name(given)


def test_without_helm_it_says_so(root: Path) -> None:
    done = manifests(root, "production", None)
    assert done.returncode == 2
    assert "helm is not installed here, or not on PATH" in done.stderr


def test_without_the_chart_it_says_where_it_comes_from(root: Path) -> None:
    shutil.rmtree(root / "helm")
    done = manifests(root, "production")
    assert done.returncode == 2
    assert "helm is not there: `mlopsc compile` writes it" in done.stderr


def test_what_helm_refuses_is_told(root: Path) -> None:
    values = root / "helm/values-production.yaml"
    values.write_text(values.read_text().replace("minReplicas: 4", "minReplicas: four"))
    done = manifests(root, "production")
    assert done.returncode == 2
    assert "minReplicas" in done.stderr and "helm template" in done.stderr
