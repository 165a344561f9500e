"""A cross-check: evidently, in an environment of its own, gives the same verdicts on planted drift."""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.conftest_engines import engine
from tests.engines.scipy.world import World

ROOT = Path(__file__).parents[3]
PINNED = "evidently==0.7.23"
# Ours, and the same by evidently's names with its threshold.
METHODS = [
    ({"method": "ks", "p_value": 0.05}, {"num_method": "ks", "num_threshold": 0.05}),
    ({"method": "wasserstein", "above": 0.1}, {"num_method": "wasserstein", "num_threshold": 0.1}),
    ({"method": "psi", "above": 0.1}, {"num_method": "psi", "num_threshold": 0.1}),
    ({"method": "chi2", "p_value": 0.05}, {"cat_method": "chisquare", "cat_threshold": 0.05}),
]
ASK = """
import json, sys
import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset

folder, questions = sys.argv[1], json.loads(sys.argv[2])
then, now = (pd.read_parquet(f"{folder}/{side}.parquet") for side in ("then", "now"))
answers = []
for columns, method in questions:
    report = Report([DataDriftPreset(columns=columns, **method)]).run(now[columns], then[columns])
    metrics = [each for each in report.dict()["metrics"] if "column" in each["config"]]
    answers.append({each["config"]["column"]: float(each["value"]) for each in metrics})
print(json.dumps(answers))
"""


def columns_of(method: str) -> list[str]:
    return ["land", "plan"] if method == "chi2" else ["same", "moved", "wider"]


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a reference and current data in which `moved`, `wider` and `plan` have drifted."""
    g, rows = np.random.default_rng(0), 5000
    then = {name: g.normal(size=rows) for name in ("same", "moved", "wider")}
    then |= {"land": g.choice(["de", "fr"], rows), "plan": g.choice(["a", "b", "c"], rows)}
    now = {"same": g.normal(size=rows), "moved": g.normal(0.6, 1, rows), "wider": g.normal(0, 2, rows)}
    now |= {"land": g.choice(["de", "fr"], rows), "plan": g.choice(["a", "b", "c"], rows, p=[0.6, 0.3, 0.1])}
    return pd.DataFrame(then), pd.DataFrame(now)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, float]]:
    """Return what evidently measures, for each of METHODS."""
    engine("uv")
    place, folder = ROOT / ".cache" / "evidently", tmp_path_factory.mktemp("tables")
    python = place / "bin" / "python"
    if not (place / ".ready").exists():
        subprocess.run(["uv", "venv", "--quiet", "--clear", "--python", "3.11", place], check=True)
        subprocess.run(
            ["uv", "pip", "install", "--quiet", "--python", python, PINNED, "pandas==2.3.3", "pyarrow"],
            check=True,
        )
        (place / ".ready").touch()
    for side, table in zip(("then", "now"), tables(), strict=True):
        table.to_parquet(folder / f"{side}.parquet")
    questions = [(columns_of(str(ours["method"])), their) for ours, their in METHODS]
    command = [python, "-c", ASK, folder, json.dumps(questions)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    answers: list[dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return answers


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(METHODS)), ids=[str(ours["method"]) for ours, _ in METHODS])
def test_verdicts_are_those_of_evidently(world: World, theirs: list[dict[str, Any]], number: int) -> None:
    then, now = tables()
    ours = METHODS[number][0]
    columns = columns_of(str(ours["method"]))
    world.reference(**then)
    world.arrive(**now)
    world.tests(ours | {"columns": columns})
    verdicts = {each["column"]: each["verdict"] == "drift" for each in world.check()["results"]}
    below = "p_value" in ours
    limit = ours["p_value"] if below else ours["above"]
    assert verdicts == {name: (theirs[number][name] < limit) == below for name in columns}
    assert set(verdicts.values()) == {True, False}
