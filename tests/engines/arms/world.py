"""A repository with an A/B test, and pods of both versions of its service behind a mesh."""

import contextlib
import csv
import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.engines.arms.mesh import Mesh, until
from tests.engines.serving.world import ROW, Running
from tests.unit.targets.workflows import written

INPUTS = {"age": "integer", "spend": "number", "plan": "string", "active": "boolean", "since": "timestamp"}
# How long stable waits for the canary, and leaves the way alone: no test waits long.
SECONDS, BACK_OFF = 4.0, 0.2
# A model that answers at once, where a test is about the way of very many requests.
QUICK = '''\
"""Answers by the age."""

from request_fields import Field


class Columns:
    def __init__(self, inputs):
        self.fields = {name: Field(name, kind) for name, kind in inputs.items()}


class Predictor:
    def __init__(self, settings):
        self.columns = Columns(settings.inputs)

    def predict(self, rows):
        return ["old" if row["age"] > 40 else "young" for row in rows]
'''
SECTIONS: dict[str, Any] = {
    "model": {"name": "churn", "artifact": "models/model", "task": "classification"},
    "data": {"path": "data/customers.csv", "id": "customer_id", "target": "churned"},
    "validation": {"columns": {"age": {"type": "integer"}, "customer_id": {"type": "string"}}},
    "outcomes": {"path": "s3://lake/outcomes/", "id": "customer_id", "value": "churned", "delay": "1d"},
    "drift": None,
    "retraining": None,
    "serving": {
        "image": "ghcr.io/acme/churn",
        "replicas": 4,
        "inputs": INPUTS,
        "traffic": "50/s",
        "slo": {"error_rate": "1%", "latency_p95": "200ms"},
        "prediction_log": {"path": "s3://lake/predictions/"},
    },
    "deployment": {"strategy": "canary", "provider": "istio", "steps": ["10%"], "hold": "10m"},
    "ab_test": {"traffic": "50%", "for": "7d", "metric": "accuracy"},
    "connections": {"prometheus": {"url": "http://prometheus:9090"}},
    "environments": {"production": {"cluster": {"context": "prd", "namespace": "ml"}}},
}


@dataclass
class Pair:
    """A pod of each track, and the mesh between them."""

    stable: Running
    canary: Running
    mesh: Mesh
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(10**9)))

    def mended(self) -> "Pair":
        """Have nothing wrong, and wait until stable knows the way."""
        self.mesh.routed, self.mesh.fault = True, ""
        self.mesh.pods = {"stable": self.stable.port, "canary": self.canary.port}
        until(lambda: self.ask("c-treated")[1] == "canary")
        return self

    def ask(self, name: str | None, header: str = "", more: Any = None, **row: Any) -> tuple[int, str, str]:
        """Ask stable about somebody; return the status, the track that answered, and the request's id."""
        about = {} if name is None else {"customer_id": TREATED if name == "c-treated" else name}
        given = {"x-request-id": f"r-{next(self.numbers)}"} | ({"x-entity-id": header} if header else {})
        asked = self.stable.predict({**ROW, **about, **row}, given | (more or {}))
        return asked[0], asked[1]["x-mlops-track"], asked[2]["request_id"]

    def rows(self) -> list[dict[str, str]]:
        """Return all rows of both logs, those of files that are being written too."""
        found = []
        for root in (self.stable.root, self.canary.root):
            for path in sorted((root / "logs").glob("*.csv")):
                with path.open(newline="", encoding="utf-8") as stream:
                    found += [row | {"log": root.name} for row in csv.DictReader(stream)]
        return found

    def logged(self, request: str) -> dict[str, str]:
        """Return the one row of a request, as soon as it is written."""
        until(lambda: any(row["request_id"] == request for row in self.rows()))
        (row,) = [row for row in self.rows() if row["request_id"] == request]
        return row

    def count(self, pod: Running, name: str, **labels: str) -> float:
        """Return a metric of a pod, summed over all other labels."""
        wanted = {f'{key}="{value}"' for key, value in labels.items()}
        return sum(
            value
            for key, value in pod.metrics().items()
            if key.partition("{")[0] == name and wanted <= set(key.partition("{")[2].rstrip("}").split(","))
        )


def arm(name: str) -> str:
    """Return the arm of an id, as the program says it; the tests of arms.py say that it is right."""
    place = int.from_bytes(hashlib.sha256(f"churn\0{name}".encode()).digest()[:8], "big") / 2**64
    return "treatment" if place < 0.5 else "control"


TREATED = next(f"c-{number}" for number in range(100) if arm(f"c-{number}") == "treatment")
CONTROLLED = next(f"c-{number}" for number in range(100) if arm(f"c-{number}") == "control")


@contextlib.contextmanager
def pair(folder: Path, model: Path | None = None, seconds: float = SECONDS) -> Iterator[Pair]:
    """Run both versions from one repository; without a model they answer at once."""
    for path, text in written(**SECTIONS).items():
        if path.startswith("serving/"):
            (folder / "stable" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "stable" / path).write_text(text)
    file = folder / "stable/serving/service.json"
    settings = json.loads(file.read_text())
    settings["ab_test"] |= {"seconds": seconds, "back_off_seconds": BACK_OFF}
    file.write_text(json.dumps(settings))
    if model is None:
        (folder / "stable/serving/prediction.py").write_text(QUICK)
    shutil.copytree(folder / "stable", folder / "canary")
    with contextlib.ExitStack() as stack:
        mesh = stack.enter_context(Mesh({}))
        tracks = {}
        for track, version in (("canary", "8"), ("stable", "7")):
            root = folder / track
            given = {"TRACK": track, "MODEL_VERSION": version, "AB_TEST_URL": mesh.url, "MLOPS_ENV": "prd"}
            tracks[track] = Running(root, model or root, given | {"PREDICTION_LOG": str(root / "logs")})
            stack.enter_context(tracks[track])
        yield Pair(tracks["stable"], tracks["canary"], mesh)
