"""Specs that are compiled for these tests, and the folders of DAGs that come of them."""

import re
import shutil
from pathlib import Path

from tests.journeys.begin import mlopsc

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "golden"
FILES = sorted(GOLDEN.glob("**/dags/mlops_*.py"))
# No default where there is another value to choose.
FULL = """\
version: 1
model: {name: lifetime, owner: '@acme/crm', description: What a customer will be worth., artifact: models/model}
timezone: Europe/Amsterdam
data: {path: data/customers.csv, incoming: incoming/, id: customer_id, target: worth}
tracking: {uri: {env: MLFLOW_TRACKING_URI}}
validation: {rows: {min: 10}, schedule: daily at 04:30}
pipeline:
  stages:
    train: {cmd: python src/train.py, deps: [src/train.py, data/customers.csv], outs: [models/model]}
    evaluate: {cmd: python src/evaluate.py, deps: [src/evaluate.py, models/model], metrics: [metrics.json]}
registry: {gate: [{metric: mae, max: 5}]}
scoring: {cmd: python src/score.py, input: data/now.csv, output: data/scores.csv, schedule: daily at 06:15}
drift: {schedule: daily at 05:00, tests: [{columns: [spend], method: ks, p_value: 0.01}]}
retraining: {triggers: {drift: true, schedule: weekly on sunday at 22:00}}
monitoring: {notify: {slack: {secret: SLACK}}}
scheduler: airflow
airflow: {dags: dags, retries: 3, retry_delay: 10m, timeout: 2h, pool: training}
"""


def compile_into(root: Path, *specs: str) -> Path:
    """Compile specs, each in a folder of its own, and return one folder with the DAGs of all."""
    (root / ".git").mkdir(parents=True)
    for spec in specs:
        name = re.search(r"name: ([\w-]+)", spec)
        assert name
        (root / name[1]).mkdir()
        (root / name[1] / "mlops.yaml").write_text(spec)
    named = sorted(path.relative_to(root).as_posix() for path in root.glob("*/mlops.yaml"))
    done = mlopsc(root, "compile", "--root", ".", *named)
    assert done.code == 0, done.out + done.err
    return root / "dags"


def gathered(folder: Path, files: list[Path]) -> Path:
    """Return one folder with copies of files of DAGs."""
    folder.mkdir()
    for file in files:
        shutil.copy(file, folder)
    return folder
