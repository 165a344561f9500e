"""A compiled repository with all that keeps figures, run by make; its exporter, scraped."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.engines.loop import compiled
from tests.engines.loop.project import HERE, rows
from tests.journeys.begin import mlopsc

SPEC = """\
version: 1
model: {name: churn, task: classification, artifact: models/model}
python: {requirements: requirements.txt}
data: {path: data/customers.csv, incoming: incoming/, id: customer_id, timestamp: seen_at, target: churned}
validation: {rows: {min: 10}, columns: {age: {type: integer, between: [0, 150]}}}
pipeline:
  stages:
    train: {cmd: python src/train.py, deps: [src/train.py, data/customers.csv], params: [seed, train], outs: [models/model]}
    evaluate: {cmd: python src/evaluate.py, deps: [src/evaluate.py, models/model, data/customers.csv], metrics: [metrics.json]}
registry: {gate: [{metric: accuracy, min: 0.6}]}
drift: {tests: [{columns: [age, spend], method: ks, p_value: 0.01}], min_rows: 100}
retraining: {triggers: {schedule: weekly}}
monitoring: {alerts: [{metric: drift_score, above: 0.3}], dashboard: grafana}
"""
NEWEST = "2026-05-31T00:00:00"
MAKE = ("make", "-s", f"PYTHON={sys.executable}", "exporter")
Samples = dict[str, float]


def repository(root: Path, spec: str = SPEC) -> Path:
    """Lay out a spec, code and data, compile, and commit all."""
    for folder in ("src", "data"):
        (root / folder).mkdir(parents=True)
    (root / "mlops.yaml").write_text(spec)
    (root / "data/customers.csv").write_text(dated(rows(400)))
    (root / "params.yaml").write_text("seed: 1\ntrain: {cut: 45}\n")
    (root / "requirements.txt").write_text("pandas\n")
    (root / ".gitignore").write_text(compiled.IGNORED)
    for name in ("train", "evaluate"):
        (root / f"src/{name}.py").write_text((HERE / "code" / f"{name}.txt").read_text())
    compiled.git(root, "init", "-q", "-b", "main")
    done = mlopsc(root, "compile")
    assert done.code == 0, done.out + done.err
    compiled.commit(root)
    return root


def dated(table: str) -> str:
    """Return a csv table with a timestamp in each row; NEWEST is the last one, but for a mistyped year."""
    header, *lines = table.splitlines()
    stamped = [f"{line},2026-05-{1 + place % 31:02}T00:00:00" for place, line in enumerate(lines)]
    stamped[0] = stamped[0].replace("2026", "2206")
    return "\n".join([f"{header},seen_at", *stamped]) + "\n"


def run(root: Path, *commands: str, **environment: str) -> str:
    """Run make commands; return what they printed."""
    said = ""
    for command in commands:
        code, printed = compiled.make(root, command, **environment)
        assert code == 0, printed
        assert "were not kept" not in printed, printed
        said += printed
    return said


@contextmanager
def exporter(root: Path, command: Sequence[str] = MAKE, **environment: str) -> Iterator[str]:
    """Run `make exporter`, or another command, at a free port; yield the address of its figures."""
    env = os.environ | {"EXPORTER_ADDRESS": "127.0.0.1:0"} | environment
    with subprocess.Popen(
        command, cwd=root, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout
        try:
            line = process.stdout.readline()
            assert line.startswith("exporter: http://127.0.0.1:"), line
            yield line.split()[1]
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)


def scrape(url: str) -> str:
    """Return what a scrape gets."""
    with urllib.request.urlopen(url, timeout=20) as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        text: str = answer.read().decode()
        return text


def samples(text: str) -> Samples:
    """Return the value of each series, named as it is written."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"\w+\{.*\} \S+", line) for line in lines), text
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def checked(text: str) -> str:
    """Return what promtool has to say against a text."""
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    return f"{done.stderr}{done.stdout}" if done.returncode or done.stderr else ""
