"""A compiled repository: what the compiler writes from a small spec, with user code that takes no time."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.engines.loop.project import HERE, rows
from tests.journeys.begin import mlopsc

SPEC = """\
version: 1
model: {name: churn, artifact: models/model}
python: {requirements: requirements.txt}
data: {path: data/customers.csv, incoming: incoming/, remote: kept/store, id: customer_id, target: churned}
pipeline:
  stages:
    train:
      cmd: python src/train.py
      deps: [src/train.py, data/customers.csv]
      params: [seed, train]
      outs: [models/model]
    evaluate:
      cmd: python src/evaluate.py
      deps: [src/evaluate.py, models/model, data/customers.csv]
      metrics: [metrics.json]
      plots: [plots/ages.csv]
registry: {gate: [{metric: accuracy, min: 0.6}, {metric: accuracy, improves_on: champion}]}
retraining:
  triggers: {schedule: weekly}
  strategy: {mode: incremental, checkpoint: models/checkpoint}
"""
# Each training adds a line to its checkpoint: how it was told to train.
CHECKPOINT = """
import os
checkpoint = Path(os.environ.get("MLOPS_CHECKPOINT") or "models/checkpoint")
before = checkpoint.read_text() if checkpoint.exists() else ""
checkpoint.write_text(before + os.environ.get("MLOPS_MODE", "none") + "\\n")
"""
PLOT = """
Path("plots").mkdir(exist_ok=True)
Path("plots/ages.csv").write_text("age\\n40\\n")
"""
IGNORED = "__pycache__/\n/mlflow.db\n/mlruns/\n/incoming/\n/kept/\n"


def repository(root: Path) -> Path:
    """Lay out a spec, code and data, compile, and commit all."""
    for folder in ("src", "data"):
        (root / folder).mkdir(parents=True)
    (root / "mlops.yaml").write_text(SPEC)
    (root / "data/customers.csv").write_text(rows(400))
    (root / "params.yaml").write_text("seed: 1\ntrain: {cut: 45}\n")
    (root / "requirements.txt").write_text("pandas\n")
    (root / ".gitignore").write_text(IGNORED)
    for name, more in (("train", CHECKPOINT), ("evaluate", PLOT)):
        (root / f"src/{name}.py").write_text((HERE / "code" / f"{name}.txt").read_text() + more)
    git(root, "init", "-q", "-b", "main")
    done = mlopsc(root, "compile")
    assert done.code == 0, done.out + done.err
    commit(root)
    return root


def git(root: Path, *arguments: str) -> str:
    """Run git as somebody."""
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    done = subprocess.run(["git", *who, *arguments], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout


def commit(root: Path) -> None:
    """Commit all that git does not ignore, but for the data, which is for DVC."""
    git(root, "add", "-A", "--", ".", ":!data/*.csv")
    git(root, "commit", "-q", "--allow-empty", "-m", "x")


def make(root: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run make with this interpreter; return its exit code and all that was printed."""
    call = ["make", f"PYTHON={sys.executable}", *arguments]
    env = os.environ | environment
    done = subprocess.run(call, cwd=root, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def copied(made: Path, root: Path) -> Path:
    """Return a copy of a repository, for a test that changes it."""
    shutil.copytree(made, root, symlinks=True)
    return root
