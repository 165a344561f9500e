"""The service beside `mlflow models serve`, on the same small model: latency, rate and memory under load."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from benches.environment import BIN
from benches.measure import Run, once
from benches.table import Row

CALLERS, SECONDS, WARM = 4, 8.0, 200
# What a request may take beside the model, at 4 callers: 95 of 100 answers.
BUDGET = 50.0
SPEC = """\
version: 1
model: {name: load, task: classification}
data: {path: data.csv}
serving: {inputs: {age: integer, spend: number}, prediction_log: {path: logs/}}
"""
MODEL = """
import mlflow.sklearn, pandas as pd
from sklearn.linear_model import LogisticRegression
rows = pd.DataFrame({"age": range(18, 78), "spend": [float(n % 7) for n in range(60)]})
model = LogisticRegression().fit(rows, [int(n > 40) for n in rows["age"]])
mlflow.sklearn.save_model(model, "model", input_example=rows.head(2), pip_requirements=["scikit-learn==1.9.1"])
"""


@dataclass(frozen=True)
class Load:
    """What a load found: milliseconds of half and of 99 of 100 requests, requests per second, MiB."""

    p50: float
    p95: float
    p99: float
    rate: float
    memory: float

    @property
    def words(self) -> str:
        """Return the figures in one cell."""
        return (
            f"p50 {self.p50:.1f} ms, p99 {self.p99:.1f} ms, {self.rate:.0f} requests/s, {self.memory:.0f} MiB"
        )


def rows(place: Path) -> list[Row]:
    """Measure both, one after the other."""
    root = place / "load"
    root.mkdir()
    (root / "mlops.yaml").write_text(SPEC)
    once(Run([BIN / "mlopsc", "compile", "--root", "."], root))
    once(Run([sys.executable, "-c", MODEL], root))
    port, other = _port(), _port()
    given = {"MODEL_FOLDER": "model", "LISTEN": f"127.0.0.1:{port}", "PREDICTION_LOG": "logs"}
    given |= {"OWN_SOCKET": str(root / "own.sock")}
    ours = _loaded(
        [sys.executable, "serving/launch.py"], root, given, port, "/predict", {"age": 40, "spend": 1.0}
    )
    here = Path(sys.executable).parent
    peer = [here / "mlflow", "models", "serve", "-m", "model", "--env-manager", "local", "--port", str(other)]
    own = {"MLFLOW_DISABLE_TELEMETRY": "true", "PATH": f"{here}{os.pathsep}{os.environ['PATH']}"}
    body = {"dataframe_records": [{"age": 40, "spend": 1.0}]}
    theirs = _loaded(peer, root, own, other, "/invocations", body)
    what = f"the service under load, {CALLERS} callers, one row each, predictions logged"
    ratio = ours.p50 / theirs.p50
    beside = f"mlflow models serve: {theirs.words}"
    return [
        Row(what, ours.words, beside, f"{ratio:.2f} (p50)", "<= 1.0", ratio <= 1),
        Row.within("the same: what 95 of 100 requests take", ours.p95, "ms", BUDGET),
    ]


def _loaded(
    command: Sequence[str | Path], root: Path, given: dict[str, str], port: int, path: str, asked: object
) -> Load:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        command, cwd=root, env=os.environ | given, stdout=quiet, stderr=quiet, start_new_session=True
    )
    try:
        body = json.dumps(asked).encode()
        end = time.monotonic() + 120
        while not _answers(port, path, body):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{command} does not answer")
            time.sleep(0.2)
        _call(port, path, body, time.monotonic() + 60, WARM)
        taken: list[float] = []
        start = time.monotonic()
        callers = [
            threading.Thread(target=lambda: taken.extend(_call(port, path, body, start + SECONDS)))
            for _ in range(CALLERS)
        ]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        cuts = quantiles(taken, n=100)
        rate = len(taken) / (time.monotonic() - start)
        return Load(cuts[49] * 1000, cuts[94] * 1000, cuts[98] * 1000, rate, _memory(process.pid))
    finally:
        os.killpg(process.pid, 15)
        process.wait()


def _answers(port: int, path: str, body: bytes) -> bool:
    try:
        return len(_call(port, path, body, time.monotonic() + 5, 1)) == 1
    except (OSError, RuntimeError, http.client.HTTPException):
        return False


def _call(port: int, path: str, body: bytes, end: float, most: int = 10**9) -> list[float]:
    """Return the seconds that each request took, on one connection."""
    taken = []
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while len(taken) < most and time.monotonic() < end:
        start = time.monotonic()
        line.request("POST", path, body, {"Content-Type": "application/json"})
        answer = line.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        taken.append(time.monotonic() - start)
    line.close()
    return taken


def _memory(group: int) -> float:
    """Return the resident memory of a process and those of its group, in MiB (proc(5))."""
    pages = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) == group:
                pages += int((folder / "statm").read_text().split()[1])
        except (OSError, ProcessLookupError):
            continue
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


def _port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
