"""Models, a compiled repository, and its service as a process of its own."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.journeys.begin import mlopsc

HERE = Path(__file__).parent
SPEC = """\
version: 1
model: {{name: churn, task: classification}}
data: {{path: data/customers.csv, id: customer_id, target: churned}}
serving: {serving}
"""
FASTAPI = (
    "{inputs: {age: integer, spend: number, plan: string, active: boolean, since: timestamp}, "
    "slo: {latency_p95: 230ms}, prediction_log: {path: logs/predictions/}}"
)
# A start imports MLflow and the model: seconds, but minutes where many things run at once.
SECONDS = 300.0
JSON = {"Content-Type": "application/json"}
ROW = {"age": 41, "spend": 10.5, "plan": "pro", "active": True, "since": "2026-01-31T12:00:00+01:00"}
Answer = tuple[int, dict[str, str], Any]


def odd(folder: Path) -> Path:
    """Save the model that misbehaves, with a column of each type."""
    import mlflow.pyfunc
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    types = {"age": "long", "spend": "double", "plan": "string", "active": "boolean", "since": "datetime"}
    columns = [ColSpec(kind, name) for name, kind in types.items()]
    signature = ModelSignature(inputs=Schema(columns))
    mlflow.pyfunc.save_model(
        folder, python_model=str(HERE / "odd_model.py"), signature=signature, pip_requirements=["pandas"]
    )
    return folder


def sound(folder: Path) -> Path:
    """Save a small model of scikit-learn's, whose example says that it takes no nulls."""
    import mlflow.sklearn
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    rows = pd.DataFrame({"age": range(18, 78), "spend": [float(n % 7) for n in range(60)]})
    model = LogisticRegression().fit(rows, [int(n > 40) for n in rows["age"]])
    needed = ["scikit-learn==1.9.1"]
    mlflow.sklearn.save_model(model, folder, input_example=rows.head(2), pip_requirements=needed)
    return folder


def compiled(root: Path, serving: str, more: str = "") -> Path:
    """Compile a spec with a service."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "mlops.yaml").write_text(SPEC.format(serving=serving) + more)
    done = mlopsc(root, "compile")
    assert done.code == 0, done.err
    return root


def free_port() -> int:
    """Return a port that nobody has."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Running:
    """The service of a repository, as a process."""

    root: Path
    model: Path
    more: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    def __enter__(self) -> "Running":
        given = {"LISTEN": f"127.0.0.1:{self.port}", "MODEL_FOLDER": str(self.model), "MODEL_VERSION": "7"}
        given |= {"OWN_SOCKET": str(self.root / "own.sock"), "DRAIN_SECONDS": "5"}
        self.said = self.root / "said.jsonl"
        with self.said.open("wb") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "serving/launch.py"],
                cwd=self.root,
                env=os.environ | given | self.more,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
        end = time.monotonic() + SECONDS
        while self.probe() != 200:
            assert self.process.poll() is None and time.monotonic() < end, self.said.read_text()
            time.sleep(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it; return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(SECONDS)

    def probe(self, path: str = "/readyz") -> int:
        """Return the status of a path, 0 for none."""
        try:
            return self.ask("GET", path)[0]
        except OSError:
            return 0

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send a request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request(method, path, body, headers or {})
            found = connection.getresponse()
            text = found.read().decode()
        finally:
            connection.close()
        names = {name.lower(): value for name, value in found.getheaders()}
        is_json = names.get("content-type", "").startswith("application/json")
        return found.status, names, json.loads(text, parse_constant=refuse) if is_json else text

    def predict(self, asked: Any, headers: dict[str, str] | None = None) -> Answer:
        """Ask for predictions; bytes go as they are."""
        body = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
        return self.ask("POST", "/predict", body, JSON | (headers or {}))

    def metrics(self) -> dict[str, float]:
        """Return the metrics, by name and labels."""
        text = self.ask("GET", "/metrics")[2]
        found = re.findall(r"^(model_\S+) (\S+)$", text, re.MULTILINE)
        return {name: float(value) for name, value in found}

    def memory(self) -> int:
        """Return the resident memory in bytes (proc(5))."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")

    def lines(self) -> list[dict[str, Any]]:
        """Return what it said; every line is JSON."""
        return [json.loads(line) for line in self.said.read_text().splitlines()]


def refuse(constant: str) -> None:
    """Fail for what is no JSON."""
    raise AssertionError(f"{constant} is no JSON")


def total(metrics: dict[str, float], code: int) -> float:
    """Return how many requests ended with a code."""
    return metrics[f'model_requests_total{{code="{code}",model="churn",version="7"}}']
