"""The repositories whose DAGs run: a churn model with a champion, one that cannot fetch, one that has no reason to.

User code takes no time; DVC, MLflow, Great Expectations and the generated programs are real.
"""

import shutil
import sqlite3
import sys
from pathlib import Path

from tests.engines.loop import compiled
from tests.engines.loop.project import HERE, rows
from tests.journeys.begin import mlopsc

SPEC = """\
version: 1
model: {name: NAME, owner: crm, artifact: models/model}
python: {requirements: requirements.txt}
data: {path: data/customers.csv, incoming: incoming/, id: customer_id, target: churned}
validation: {columns: {customer_id: {nulls: forbidden, unique: true}, age: {between: [0, 120]}, churned: {in: [0, 1]}}}
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
registry: {gate: [{metric: accuracy, min: 0.6}, {metric: accuracy, improves_on: champion}]}
monitoring: {notify: {webhook: {secret: NOTIFY_URL}}}
scheduler: airflow
airflow: {retries: 1, retry_delay: 1s}
"""
# Drift asks for training, or whoever calls from outside, but not twice in an hour.
CHURN = """\
drift: {tests: [{columns: [age], method: ks, p_value: 0.05}], min_rows: 50}
retraining: {triggers: {drift: true, webhook: true}, cooldown: 1h}
"""
WEEKLY = "retraining: {triggers: {schedule: weekly}}\n"
POLLS = "retraining: {triggers: {new_records: {above: 50}}}\n"
UNREACHABLE = "import sys\nsys.exit('the warehouse cannot be reached')\n"
SPOILED = "from pathlib import Path\nfile = Path('data/customers.csv')\nfile.write_text(file.read_text() + 'x-1,240,1.0,7\\n')\n"


def repository(root: Path, more: str, fetch: str = "") -> Path:
    """Lay out a model by the name of its folder: spec, code and data; compile, and commit all.

    `fetch` is the user's own program that brings data; without it data lands in incoming/.
    """
    for folder in ("src", "data", "incoming"):
        (root / folder).mkdir(parents=True)
    text = SPEC.replace("NAME", root.name, 1) + more
    if fetch:
        text = text.replace("incoming: incoming/", "fetch: python src/fetch.py")
        (root / "src/fetch.py").write_text(fetch)
    (root / "mlops.yaml").write_text(text)
    (root / "data/customers.csv").write_text(rows(400))
    cut(root, 45)
    (root / "requirements.txt").write_text("pandas\n")
    (root / ".gitignore").write_text(compiled.IGNORED + "/.venv\n/data/*.csv\n/models/\n")
    for name in ("train", "evaluate"):
        shutil.copy(HERE / "code" / f"{name}.txt", root / f"src/{name}.py")
    # The interpreter of the project is not Airflow's.
    (root / ".venv").symlink_to(sys.prefix)
    compiled.git(root, "init", "-q", "-b", "main")
    done = mlopsc(root, "compile")
    assert done.code == 0, done.out + done.err
    compiled.commit(root)
    return root


def champion(root: Path) -> None:
    """Train version 1, which is a little wrong, and make it the champion."""
    for command in ("fetch", "pipeline", "register", "promote"):
        code, said = compiled.make(root, command)
        assert not code, said
    compiled.commit(root)


def aliases(root: Path) -> dict[str, int]:
    """Return the version of each alias, as its registry has them."""
    query = "SELECT alias, version FROM registered_model_aliases"
    with sqlite3.connect(f"file:{root}/mlflow.db?mode=ro", uri=True) as connection:
        return dict(connection.execute(query).fetchall())


def cut(root: Path, age: int) -> None:
    """Say above which age the model believes that people leave; what is true is 40."""
    (root / "params.yaml").write_text(f"seed: 1\ntrain: {{cut: {age}}}\n")
