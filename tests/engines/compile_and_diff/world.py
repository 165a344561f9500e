"""A repository of two models with one file for each cause, and what is to be said about it."""

from pathlib import Path

from tests.journeys.begin import mlopsc
from tests.journeys.commits import begun

CHURN, VALUE = "models/churn", "models/lifetime-value"
# By path: the cause that must be named.
CAUSES = {
    f"{CHURN}/RUNBOOK.md": "spec changed",
    f"{CHURN}/config/schedule.json": "orphan",
    f"{CHURN}/config/suite.json": "spec changed",
    f"{CHURN}/mlops.mk": "hand-edited",
    f"{CHURN}/ops/cron.py": "orphan",
    f"{CHURN}/ops/crontab.py": "orphan",
    f"{CHURN}/ops/schedule.py": "orphan",
    f"{CHURN}/ops/watch.py": "missing",
    f"{VALUE}/ops/watch.py": "not ours",
}
CODES = {
    "spec changed": "M607",
    "missing": "M607",
    "orphan": "M608",
    "hand-edited": "M605",
    "not ours": "M606",
}
HOUSE = """\
version: 1
models: ../models/*/mlops.yaml
timezone: Europe/Berlin
validation: {on_failure: block}
"""
_HEAD = "version: 1\nextends: ../../platform/house.yaml\n"
SPECS = {
    "platform/house.yaml": HOUSE,
    f"{CHURN}/mlops.yaml": _HEAD
    + """\
model: {name: churn, owner: growth-ml}
scheduler: cron
data: {path: data/customers.csv}
validation:
  schedule: daily at 05:00
  columns:
    customer_id: {nulls: forbidden, unique: true}
""",
    f"{VALUE}/mlops.yaml": _HEAD
    + """\
model: {name: lifetime-value, owner: crm, task: regression}
data: {path: data/customers.csv, target: value_12m}
validation:
  columns:
    value_12m: {type: number, min: 0, nulls: 2%}
""",
}
_OWN = "own: [ops/watch.py]\n"


def compiled(folder: Path) -> Path:
    """Write two models and their house, compile and commit them on main; one file is its user's own."""
    for path, text in SPECS.items():
        spec = folder / path
        (spec.parent / "data").mkdir(parents=True)
        (spec.parent / "data/customers.csv").touch()
        spec.write_text(text)
    top = folder
    with (top / VALUE / "mlops.yaml").open("a") as file:
        file.write(_OWN)
    (top / VALUE / "ops").mkdir()
    (top / VALUE / "ops/watch.py").write_text("print('mine')\n")
    ran = mlopsc(top, "compile", ".")
    assert ran.code == 0, ran.err
    assert mlopsc(top, "check", ".").code == 0
    return begun(top)


def spoiled(top: Path) -> Path:
    """Bring about every cause, by what people do; not committed."""
    spec = top / CHURN / "mlops.yaml"
    text = spec.read_text()
    spec.write_text(text.replace("  schedule: daily at 05:00\n", "") + "    email: {nulls: 1%}\n")
    with (top / CHURN / "mlops.mk").open("a") as file:
        file.write("# mine: a ``` fence, a | and <b>\n")
    (top / CHURN / "ops/watch.py").unlink()
    other = top / VALUE / "mlops.yaml"
    other.write_text(other.read_text().replace(_OWN, ""))
    return top
