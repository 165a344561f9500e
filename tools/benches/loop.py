"""The loop: a drift check beside evidently, one whole turn, and what the first imports cost."""

import shutil
import subprocess
import sys
from pathlib import Path

from benches.environment import BIN, CACHE, ROOT
from benches.measure import Run, interleaved, once
from benches.table import Row

COLUMNS, SIZE, LIMIT = 10, 100_000, 0.2
EVIDENTLY = ("evidently==0.7.23", "pandas==2.3.3", "pyarrow==25.0.1")
PEER = """
import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset
then, now = (pd.read_parquet(f"{side}.parquet") for side in ("data/then", "incoming/now"))
Report([DataDriftPreset(num_method="ks", num_threshold=0.05)]).run(now, then).dict()
"""
SPEC = """\
version: 1
model: {name: wide}
data: {path: data/then.parquet, incoming: incoming/}
drift:
  reference: data/then.parquet
  tests: [{columns: [c0, c1, c2, c3, c4, c5, c6, c7, c8, c9], method: ks, p_value: 0.05}]
"""
TABLES = """
import numpy as np, pandas as pd
from pathlib import Path
for place, seed in (("data/then", 0), ("incoming/now", 1)):
    Path(place).parent.mkdir(exist_ok=True)
    g = np.random.default_rng(seed)
    pd.DataFrame({f"c{n}": g.normal(size=100_000) for n in range(10)}).to_parquet(f"{place}.parquet")
"""
TURN = ("fetch", "pipeline", "register", "promote", "drift")


def rows(place: Path, rounds: int) -> list[Row]:
    """Measure the drift check, one turn of specs/retention by commands, and imports."""
    return [_drift(place / "wide", min(rounds, 3)), *_turn(place / "turn"), _imports(place)]


def _drift(root: Path, rounds: int) -> Row:
    root.mkdir()
    (root / "mlops.yaml").write_text(SPEC)
    once(Run([BIN / "mlopsc", "compile", "--root", "."], root))
    once(Run([sys.executable, "-c", TABLES], root))
    theirs = Run([_evidently(), "-c", PEER], root)
    # A path that is given is looked at afresh in each round.
    ours = Run([sys.executable, "ops/drift.py", "--current", "incoming/now.parquet"], root)
    found = interleaved({"ours": ours, "theirs": theirs}, rounds)
    cpu, peer = found["ours"].cpu, found["theirs"].cpu
    what = f"drift check, {COLUMNS} columns x {SIZE:,} rows, with its report"
    return Row(
        what,
        f"{cpu:.0f} ms",
        f"evidently: {peer:.0f} ms",
        f"{cpu / peer:.2f}",
        f"<= {LIMIT}",
        cpu / peer <= LIMIT,
    )


def _turn(root: Path) -> list[Row]:
    """Measure each command of one turn once; most of each is the import of its engine."""
    from customers import customers, write

    shutil.copytree(ROOT / "specs" / "retention", root)
    write(root / "data" / "customers.csv", customers(4000))
    write(root / "incoming" / "june.csv", customers(3000, seed=6))
    (root / ".gitignore").write_text("mlflow.db\nmlruns/\n__pycache__/\n")
    once(Run([BIN / "mlopsc", "compile", "--root", "."], root))
    for words in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=b", "-c", "user.email=b@example.com", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *words], cwd=root, check=True)
    spent = {}
    for command in TURN:
        spent[command] = once(Run(["make", f"PYTHON={sys.executable}", command], root)).cpu / 1000
    parts = ", ".join(f"{command} {seconds:.1f}" for command, seconds in spent.items())
    return [
        Row(
            "one turn of the loop, 7,000 rows, three stages",
            f"{sum(spent.values()):.0f} s",
            parts,
            "",
            "",
            None,
        )
    ]


def _imports(place: Path) -> Row:
    engines = ("great_expectations", "mlflow", "dvc.repo", "scipy.stats", "pandas")
    runs = {name: Run([sys.executable, "-c", f"import {name}"], place) for name in engines}
    found = interleaved(runs, 3)
    said = ", ".join(f"{name} {found[name].cpu / 1000:.1f}" for name in engines)
    return Row("first imports, seconds each", said, "", "", "", None)


def _evidently() -> Path:
    """Return the interpreter of an environment of its own, which is made the first time."""
    home = CACHE / "evidently"
    python = home / "bin" / "python"
    if not (home / ".ready").exists():
        subprocess.run(["uv", "venv", "--quiet", "--clear", "--python", "3.11", home], check=True)
        subprocess.run(["uv", "pip", "install", "--quiet", "--python", python, *EVIDENTLY], check=True)
        (home / ".ready").touch()
    return python
