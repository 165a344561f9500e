"""What the compiler writes is what DVC reads, and DVC itself changes none of it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest_engines import engine
from tests.engines.loop import compiled
from tests.engines.loop.conftest import dvc
from tests.journeys.begin import mlopsc

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "golden"
PIPELINES = sorted(path.parent.relative_to(GOLDEN).as_posix() for path in GOLDEN.glob("**/dvc.yaml"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a compiled repository whose pipeline ran once, by DVC alone."""
    engine("dvc")
    top = tmp_path_factory.mktemp("compiled")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DVC_SITE_CACHE_DIR", "DVC_GLOBAL_CONFIG_DIR", "DVC_SYSTEM_CONFIG_DIR"):
            patch.setenv(name, str(top / name))
        root = compiled.repository(top / "churn")
        dvc(root, "repro", "-q")
        compiled.commit(root)
        yield root


def clean(root: Path) -> bool:
    """Return whether each generated file is as mlopsc wrote it."""
    return mlopsc(root, "check").code == 0


def test_there_are_pipelines() -> None:
    assert {"demand", "retention"} <= set(PIPELINES)


@pytest.mark.parametrize("name", PIPELINES)
def test_dvc_takes_each_pipeline(name: str) -> None:
    engine("dvc")
    from dvc.schema import COMPILED_MULTI_STAGE_SCHEMA

    content = yaml.safe_load((GOLDEN / name / "dvc.yaml").read_text())
    assert COMPILED_MULTI_STAGE_SCHEMA(content)["stages"].keys() == content["stages"].keys()
    for stage in content["stages"].values():
        uncached = [*stage.get("metrics", []), *stage.get("plots", [])]
        assert all(options == {"cache": False} for entry in uncached for options in entry.values())
        # An output at the root would make DVC write the root's .gitignore.
        assert all("/" in next(iter(entry)) if isinstance(entry, dict) else "/" in entry for entry in stage.get("outs", []))  # fmt: skip


@pytest.mark.parametrize(
    ("name", "remote"), [("retention", {}), ("demand", {"storage": {"url": "s3://ml-bucket/dvcstore"}})]
)
def test_dvc_reads_its_configuration(name: str, remote: dict[str, Any]) -> None:
    engine("dvc")
    from dvc.config import Config

    found = Config(str(GOLDEN / name / ".dvc"), validate=True)
    core = found["core"]
    assert (core["analytics"], core["check_update"], core["autostage"]) == (False, False, False)
    assert {key: {"url": value["url"]} for key, value in found["remote"].items()} == remote
    assert core.get("remote") == ("storage" if remote else None)


def test_the_example_is_a_pipeline_to_dvc(tmp_path: Path) -> None:
    engine("dvc")
    root = compiled.copied(ROOT / "specs" / "retention", tmp_path / "retention")
    compiled.git(root, "init", "-q")
    assert mlopsc(root, "compile").code == 0
    pairs = ("validate", "featurize"), ("featurize", "train"), ("mode", "train"), ("train", "evaluate")
    drawn = dvc(root, "dag", "--dot")
    assert all(f'"{first}" -> "{second}"' in drawn for first, second in pairs)
    # Of the user's folders DVC looks into all but these.
    asked = (".venv/lib/x.dvc", "reports/data_docs/x.dvc", "src/x.dvc")
    assert dvc(root, "check-ignore", *asked).split() == [*asked[:2]]


def test_ordinary_dvc_makes_nobody_a_hand_editor(made: Path, tmp_path: Path) -> None:
    root = compiled.copied(made, tmp_path / "churn")
    assert clean(root)
    dvc(root, "exp", "run", "-q", "-S", "train.cut=47")
    assert (root / "models/model/cut.json").read_text() == "47.0"
    assert clean(root)
    dvc(root, "remote", "modify", "--local", "storage", "verify", "true")
    dvc(root, "config", "--local", "core.autostage", "true")
    assert "verify = true" in (root / ".dvc/config.local").read_text()
    assert clean(root)
    dvc(root, "add", "-q", "data/customers.csv")
    dvc(root, "push", "-q")
    assert clean(root)
    assert (root / ".gitignore").read_text() == compiled.IGNORED
    status = compiled.git(root, "status", "--porcelain", "--untracked-files=all")
    assert not [line for line in status.splitlines() if "config.local" in line or ".dvc/" in line]


def test_data_and_models_come_back_from_the_remote_by_its_name(made: Path, tmp_path: Path) -> None:
    root = compiled.copied(made, tmp_path / "churn")
    dvc(root, "push", "-q")
    assert any((root / "kept/store").rglob("*")), "the path of the remote is relative to the repository"
    for gone in (".dvc/cache", "models/model"):
        subprocess.run(["rm", "-r", gone], cwd=root, check=True)
    dvc(root, "pull", "-q", "-r", "storage")
    assert (root / "models/model/MLmodel").exists()


def test_another_mode_trains_again_and_the_checkpoint_survives(made: Path, tmp_path: Path) -> None:
    engine("make")
    root = compiled.copied(made, tmp_path / "churn")
    assert (root / "models/checkpoint").read_text() == "none\n"
    code, said = compiled.make(root, "pipeline")
    assert (code, "Running stage 'train'" in said) == (0, False), said
    code, said = compiled.make(root, "pipeline", MLOPS_MODE="incremental")
    assert (code, "Running stage 'train'" in said, "Running stage 'evaluate'" in said) == (0, True, False), (
        said
    )
    # Without `persist` DVC would have deleted it before the run.
    assert (root / "models/checkpoint").read_text() == "none\nincremental\n"
    assert clean(root)


def test_each_environment_has_its_own_settings(tmp_path: Path) -> None:
    root = compiled.copied(GOLDEN / "demand", tmp_path / "demand")

    def run(code: str, **environment: str) -> str:
        env = {"PATH": os.environ["PATH"], **environment}
        command = [sys.executable, "-B", *code.split(" ", 1)]
        done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    said = run("ops/lineage.py")
    assert "there is no config/default.json: set MLOPS_ENV to one of production, staging" in said
    said = run("ops/lineage.py", MLOPS_ENV="production")
    assert "the environment variable MLFLOW_TRACKING_URI is not set" in said
    asked = "-c import sys; sys.path.insert(0, 'ops'); import settings; c = settings.settings(); print(c['tracking']['uri'], 'notify' in c)"
    assert run(asked, MLOPS_ENV="staging") == "http://mlflow.staging:5000 False\n"
    assert run(asked, MLOPS_ENV="production") == "{'env': 'MLFLOW_TRACKING_URI'} True\n"
