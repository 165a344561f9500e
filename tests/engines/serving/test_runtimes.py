"""The three runtimes, and make, each with a real model of scikit-learn's."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.engines.serving.world import JSON, SECONDS, Running, compiled, free_port

SERVING = {
    "fastapi": "{inputs: {age: integer, spend: number}}",
    "mlflow": "{runtime: mlflow}",
    "bentoml": "{runtime: bentoml}",
}
ASKS = {
    "fastapi": ("/predict", {"rows": [{"age": 30, "spend": 1}, {"age": 70, "spend": 1.5}]}),
    "mlflow": ("/invocations", {"dataframe_records": [{"age": 30, "spend": 1.0}, {"age": 70, "spend": 1.5}]}),
    "bentoml": ("/predict", {"rows": [{"age": 30, "spend": 1.0}, {"age": 70, "spend": 1.5}]}),
}


@pytest.mark.parametrize("runtime", SERVING)
def test_every_runtime_answers_is_measured_and_drains(tmp_path: Path, sound: Path, runtime: str) -> None:
    root = compiled(tmp_path / "churn", SERVING[runtime])
    (path, asked), named = ASKS[runtime], {"X-Request-ID": "r-1"}
    with Running(root, sound, {"MLOPS_ENV": "staging", "TRACK": "canary"}) as service:
        assert (service.probe("/healthz"), service.probe("/readyz")) == (200, 200)
        code, headers, said = service.ask("POST", path, json.dumps(asked).encode(), JSON | named)
        answer = said if runtime == "bentoml" else said["predictions"]
        assert (code, answer, headers["x-request-id"]) == (200, [0, 1], "r-1")
        assert service.ask("POST", path, b"{", JSON)[0] == 400
        assert service.ask("POST", path, b"x" * (1 << 20) + b"x", JSON)[0] == 413
        pickled = {"Content-Type": "application/vnd.bentoml+pickle"}
        assert service.ask("POST", path, b"\x80\x04.", pickled)[0] == 415
        labels = 'environment="staging",model="churn"'
        metrics = service.metrics()
        assert metrics[f'model_requests_total{{code="200",{labels},track="canary",version="7"}}'] == 1
        assert metrics[f'model_requests_total{{code="503",{labels},track="canary",version="7"}}'] == 0
        assert metrics[f'model_info{{{labels},runtime="{runtime}",track="canary",version="7"}}'] == 1
        probe = subprocess.run(
            [sys.executable, "serving/probe.py", "3"],
            cwd=root,
            env=os.environ | {"OWN_SOCKET": str(root / "own.sock")},
            input=(sound / "serving_input_example.json").read_bytes(),
            capture_output=True,
            check=True,
        )
        assert json.loads(probe.stdout)["failed"] == 0
        assert service.stop(signal.SIGTERM) == 0
        assert [line["message"] for line in service.lines()].count("request") == 7


def test_a_null_that_the_model_cannot_take_is_refused(tmp_path: Path, sound: Path) -> None:
    """Its column could hold one; its example says that it raises."""
    root = compiled(tmp_path / "churn", SERVING["fastapi"])
    with Running(root, sound) as service:
        code, _, said = service.predict({"age": 30, "spend": None})
        assert (code, said["faults"][0]["wanted"]) == (422, "a number")


def test_inputs_that_do_not_fit_the_model_start_nothing(tmp_path: Path, sound: Path) -> None:
    root = compiled(tmp_path / "churn", "{inputs: {age: string, plan: string}}")
    done = subprocess.run(
        [sys.executable, "serving/launch.py"],
        cwd=root,
        env=os.environ | {"MODEL_FOLDER": str(sound), "LISTEN": f"127.0.0.1:{free_port()}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "age is string, and long in the model; the model needs spend, which is no input" in done.stdout


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "is no MLflow model directory: say MODEL=folder"),
        ({"MODEL": "nowhere"}, "'nowhere' is no MLflow model directory"),
        ({"VERSION": "7"}, "this repository has no registry"),
        ({"VERSION": "7", "MODEL": "x"}, "say VERSION or MODEL, not both"),
    ],
)
def test_make_serve_says_what_it_lacks(tmp_path: Path, given: dict[str, str], words: str) -> None:
    root = compiled(tmp_path / "churn", SERVING["fastapi"])
    done = make(root, "serve", **given)
    assert done.returncode == 2 and words in done.stderr


def test_an_alias_is_not_served(tmp_path: Path) -> None:
    stages = (
        "train: {cmd: x, deps: [data/customers.csv], outs: [models/model]}, "
        "evaluate: {cmd: y, deps: [models/model, data/customers.csv], metrics: [metrics.json]}"
    )
    more = f"pipeline: {{stages: {{{stages}}}}}\n"
    gate = "registry: {gate: [{metric: accuracy, min: 0.8}]}\n"
    root = compiled(tmp_path / "churn", SERVING["fastapi"], more + gate)
    for alias in ("champion", "$(touch x)", "7 8", "-7"):
        done = make(root, "serve", VERSION=alias)
        assert done.returncode == 2 and "an alias would move under the service" in done.stderr
    assert not (root / "x").exists()


def test_make_serve_answers_where_it_says(tmp_path: Path, sound: Path) -> None:
    root = compiled(tmp_path / "churn", SERVING["fastapi"])
    service = Running(root, sound)
    given = {"MODEL": str(sound), "LISTEN": f"127.0.0.1:{service.port}", "OWN_SOCKET": str(root / "own.sock")}
    process = subprocess.Popen(
        [sys.executable, "-B", "ops/serve.py"], cwd=root, env=os.environ | given, stdout=subprocess.DEVNULL
    )
    end = time.monotonic() + SECONDS
    while service.probe() != 200:
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.1)
    assert service.predict({"age": 30, "spend": 1})[2]["version"] == "local"
    process.terminate()
    assert process.wait(SECONDS) == 0


def make(root: Path, command: str, **given: str) -> subprocess.CompletedProcess[str]:
    """Run a make command with the tests' interpreter."""
    call = ["make", "--no-print-directory", command, f"PYTHON={sys.executable}"]
    return subprocess.run(call, cwd=root, env=os.environ | given, capture_output=True, text=True, check=False)


def test_drift_reads_the_log_of_the_service(tmp_path: Path, sound: Path) -> None:
    """Requests -> log -> make drift: columns against the training data, predictions against earlier ones."""
    more = (
        "validation: {columns: {age: {type: integer}, spend: {type: number}}}\n"
        "drift:\n  min_rows: 50\n  tests:\n    - {columns: [age, spend], method: ks, p_value: 0.01}\n"
        "    - {predictions: true, method: chi2, p_value: 0.01}\n"
    )
    serving = "{inputs: {age: integer, spend: number}, prediction_log: {path: logs/predictions/}}"
    root = compiled(tmp_path / "churn", serving, more)
    (root / "data").mkdir()
    lines = [f"{18 + n % 60},{n % 7},{int(n % 60 > 22)},{n}" for n in range(600)]
    (root / "data/customers.csv").write_text("\n".join(["age,spend,churned,customer_id", *lines]) + "\n")
    log = {"PREDICTION_LOG": str(root / "logs/predictions")}
    seen = []
    for ages in (range(18, 78), range(18, 36)):
        with Running(root, sound, log) as service:
            asked = [{"age": age, "spend": age % 7} for _ in range(10) for age in ages]
            assert service.predict({"rows": asked})[0] == 200
        shutil.rmtree(root / "reports", ignore_errors=True)
        assert make(root, "drift").returncode == 0
        report = json.loads((root / "reports/drift.json").read_text())
        seen.append({each["column"]: each["verdict"] for each in report["results"]} | {"": report["verdict"]})
    assert seen[0] == {"age": "no drift", "spend": "no drift", "": "unknown"}
    assert (seen[1]["age"], seen[1]["spend"], seen[1]["prediction"]) == ("drift", "no drift", "drift")
