"""Airflow reads the DAGs of a model: what that adds to the import of Airflow itself, cold."""

import hashlib
import shutil
import subprocess
from pathlib import Path

from benches.environment import BIN, CACHE, ROOT
from benches.measure import Run, interleaved, once
from benches.table import Row

LIMIT, MODELS = 1.2, 40
PINS = ROOT / "tests" / "engines" / "airflow" / "requirements-3.txt"
READ = "from airflow.dag_processing.dagbag import DagBag\nbag = DagBag({folder!r})\nassert bag.dags and not bag.import_errors"
SPEC = ROOT / "specs" / "ltv" / "mlops.yaml"


def rows(place: Path, rounds: int) -> list[Row]:
    """Measure one model, and forty, beside an empty folder: all of them in a process of their own."""
    house = place / "airflow"
    (house / ".git").mkdir(parents=True)
    for number in range(MODELS):
        (house / f"m{number}").mkdir()
        text = (
            SPEC.read_text()
            .replace("name: ltv", f"name: m{number}")
            .replace("airflow: {", "airflow: {dags: dags, ")
        )
        (house / f"m{number}" / "mlops.yaml").write_text(text)
    once(Run([BIN / "mlopsc", "compile", "--root", ".", *(f"m{n}/mlops.yaml" for n in range(MODELS))], house))
    (house / "one").mkdir()
    (house / "none").mkdir()
    shutil.copy(house / "dags" / "mlops_m0.py", house / "one")
    empty = READ.format(folder=str(house / "none")).replace("bag.dags and ", "")
    reading = {"none": empty, **{name: READ.format(folder=str(house / name)) for name in ("one", "dags")}}
    python = _airflow()
    found = interleaved(
        {
            name: Run(["env", f"AIRFLOW_HOME={house}", python, "-c", code], house)
            for name, code in reading.items()
        },
        min(rounds, 5),
    )
    one = Row.against(
        "Airflow 3.3 reads the DAGs of one model, cold", found["one"], "no DAG", found["none"], LIMIT
    )
    each = (found["dags"].cpu - found["none"].cpu) / MODELS
    what = f"the same for {MODELS} models, for each of them"
    return [
        one,
        Row(
            what,
            f"{each:.1f} ms",
            f"no DAG: {found['none'].cpu:.0f} ms",
            f"{each / found['none'].cpu:.3f}",
            "",
            None,
        ),
    ]


def _airflow() -> Path:
    """Return the interpreter of Airflow's environment, which is made the first time."""
    home = CACHE / f"airflow-{hashlib.sha256(PINS.read_bytes()).hexdigest()[:12]}"
    python = home / "bin" / "python"
    if not (home / ".ready").exists():
        subprocess.run(["uv", "venv", "--quiet", "--clear", "--python", "3.11", home], check=True)
        subprocess.run(["uv", "pip", "install", "--quiet", "--python", python, "-r", PINS], check=True)
        (home / ".ready").touch()
    return python
