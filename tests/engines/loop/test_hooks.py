"""Hooks around the stages that train and evaluate, run by DVC itself, whoever calls it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest_engines import engine
from tests.engines.loop.compiled import git, make
from tests.journeys.begin import mlopsc

SPEC = """\
version: 1
model: {name: churn, artifact: models/model}
data: {path: data/customers.csv}
pipeline:
  stages:
    prepare: {cmd: echo prepare >> log, deps: [data/customers.csv], outs: [prepared]}
    train: {cmd: echo train >> log && cp prepared models/model, deps: [prepared], outs: [models/model]}
    evaluate:
      cmd: echo evaluate >> log && echo '{}' > m.json
      deps: [models/model]
      metrics: [m.json]
"""
HOOKS = {
    "before_train": "echo before train >> log",
    "after_train": "echo after train >> log",
    "before_evaluate": "echo before evaluate >> log",
    "after_evaluate": "echo after evaluate >> log",
}


def repository(root: Path, hooks: dict[str, str]) -> Path:
    """Return a compiled repository whose stages say in `log` that they ran."""
    for folder in ("data", "models"):
        (root / folder).mkdir()
    (root / "data/customers.csv").write_text("age\n40\n")
    stages = SPEC.replace("echo prepare >> log", "echo prepare >> log && touch prepared")
    (root / "mlops.yaml").write_text(stages + (yaml.safe_dump({"hooks": hooks}) if hooks else ""))
    git(root, "init", "-q", "-b", "main")
    done = mlopsc(root, "compile")
    assert done.code == 0, done.err
    return root


def commands(root: Path) -> dict[str, Any]:
    """Return the `cmd` of each stage."""
    stages = yaml.safe_load((root / "dvc.yaml").read_text())["stages"]
    return {name: stage["cmd"] for name, stage in stages.items()}


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep DVC to the folder of the test."""
    engine("dvc")
    for name in ("DVC_SITE_CACHE_DIR", "DVC_GLOBAL_CONFIG_DIR", "DVC_SYSTEM_CONFIG_DIR"):
        monkeypatch.setenv(name, str(tmp_path.parent / f"{tmp_path.name}-{name}"))


def test_they_run_before_and_after_their_stage_and_again_only_with_it(tmp_path: Path, quiet: None) -> None:
    root = repository(tmp_path, HOOKS)
    code, said = make(root, "pipeline")
    assert code == 0, said
    once = [
        "prepare",
        "before train",
        "train",
        "after train",
        "before evaluate",
        "evaluate",
        "after evaluate",
    ]
    assert (root / "log").read_text().splitlines() == once
    assert make(root, "pipeline")[0] == 0
    assert (root / "log").read_text().splitlines() == once


def test_one_that_fails_stops_its_stage_and_all_behind_it(tmp_path: Path, quiet: None) -> None:
    root = repository(tmp_path, HOOKS | {"before_train": "echo no >> log && exit 3"})
    assert make(root, "pipeline")[0] != 0
    assert (root / "log").read_text().splitlines() == ["prepare", "no"]
    assert '"verdict": "error"' in (root / "reports/pipeline.json").read_text()


def test_one_that_fails_afterwards_fails_the_stage(tmp_path: Path, quiet: None) -> None:
    root = repository(tmp_path, HOOKS | {"after_train": "exit 3"})
    assert make(root, "pipeline")[0] != 0
    assert (root / "log").read_text().splitlines() == ["prepare", "before train", "train"]


def test_a_stage_without_hooks_is_its_plain_command(tmp_path: Path) -> None:
    root = repository(tmp_path, {"after_train": "echo after"})
    found = commands(root)
    assert isinstance(found["prepare"], str) and isinstance(found["evaluate"], str)
    assert [type(found["train"]), found["train"][1:]] == [list, ["echo after"]]
