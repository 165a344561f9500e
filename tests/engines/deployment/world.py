"""A compiled repository with three registered versions, and tools that stand in for docker and kubectl."""

import importlib
import json
import os
import shutil
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from tests.engines.kubernetes.tools import kubectl
from tests.engines.loop import compiled
from tests.engines.loop.project import HERE, rows
from tests.journeys.begin import mlopsc

STANDINS = Path(__file__).parent
IMAGE = "ghcr.io/acme/churn"
SPEC = """\
version: 1
model: {name: churn, artifact: models/model}
data: {path: data/customers.csv, id: customer_id, target: churned}
pipeline:
  stages:
    train: {cmd: python src/train.py, deps: [src/train.py, data/customers.csv], outs: [models/model]}
    evaluate: {cmd: python src/evaluate.py, deps: [src/evaluate.py, models/model], metrics: [metrics.json]}
registry: {gate: [{metric: accuracy, min: 0.8}]}
serving: {image: ghcr.io/acme/churn, inputs: {age: integer}, slo: {error_rate: 10%}}
deployment: {strategy: rolling}
environments:
  staging: {}
  production: {cluster: {context: prd-eu, namespace: ml}}
"""
# What `mlflow.<flavor>.save_model` leaves beside the model.
SAVED = """
(folder / "requirements.txt").write_text("scikit-learn==1.9.1\\n")
(folder / "serving_input_example.json").write_text('{"inputs": [{"age": 40}]}')
"""
# The third does not pass the gate.
CUTS = (45, 41, 75, 39)


def made(root: Path, database: Path) -> Path:
    """Compile, and register a version for each cut."""
    for folder in ("src", "data"):
        (root / folder).mkdir(parents=True)
    (root / "mlops.yaml").write_text(SPEC)
    (root / "data/customers.csv").write_text(rows(400))
    for name, more in (("train", SAVED), ("evaluate", "")):
        (root / f"src/{name}.py").write_text((HERE / "code" / f"{name}.txt").read_text() + more)
    done = mlopsc(root, "compile")
    assert done.code == 0, done.out + done.err
    shutil.copy(database, root / "mlflow.db")
    compiled.git(root, "init", "-q", "-b", "main")
    compiled.git(root, "remote", "add", "origin", "https://ann:pa55word@git.example.com/acme/churn.git")
    (root / ".gitignore").write_text(compiled.IGNORED)
    compiled.commit(root)
    for cut in CUTS:
        (root / "params.yaml").write_text(f"seed: 1\ntrain: {{cut: {cut}}}\n")
        for name in ("train", "evaluate"):
            subprocess.run([sys.executable, f"src/{name}.py"], cwd=root, check=True)
        code, said = World(root, "").run("register", MLOPS_ENV="staging")
        assert code in (0, 3), said
    return root


class Listener(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Listens at a unix socket, as every process of the service does."""

    daemon_threads = True


class Service:
    """Whatever runs in a container: answers to /readyz, and fails every so many requests."""

    def __init__(self) -> None:
        self.fails_every, self.asked, self.deaf = 0, 0, False
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer(503 if service.deaf or self.path != "/readyz" else 200)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.asked += 1
                good = self.headers["Content-Type"] == "application/json" and json.loads(body)
                failing = service.fails_every and service.asked % service.fails_every == 0
                self.answer(200 if good and not failing and self.path == "/predict" else 500)

            def answer(self, status: int) -> None:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.folder = tempfile.mkdtemp()
        self.socket = f"{self.folder}/own.sock"
        self.http = Listener(self.socket, Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop answering."""
        self.http.shutdown()
        self.http.server_close()
        shutil.rmtree(self.folder)


@dataclass
class World:
    """The repository, and the socket of what runs in its containers."""

    root: Path
    socket: str

    def begin(self) -> None:
        """Put the stand-ins on a path of their own, with nothing in them."""
        (self.root / "bin").mkdir()
        (self.root / "standin").mkdir()
        for name in ("docker", "kubectl"):
            tool = self.root / "bin" / name
            # Without the site, a third of the start-up time.
            tool.write_text(f"#!{sys.executable} -IS\n{(STANDINS / f'{name}.py').read_text()}")
            tool.chmod(0o755)
        empty: dict[str, Any] = {"images": {}, "registry": {}, "containers": {}, "sick": []}
        self.keep("docker", {**empty, "calls": [], "changes": 0, "clock": 0})
        first = {"name": "churn", "image": "placeholder"}
        deployment = {"metadata": {"name": "churn"}, "spec": {"template": {"spec": {"containers": [first]}}}}
        contexts = {"prd-eu": {"ml": {"Deployment/churn": deployment}}, "elsewhere": {}}
        self.keep("kubectl", {"contexts": contexts, "sick": [], "calls": [], "seen": 0})

    def state(self, tool: str) -> dict[str, Any]:
        """Return what a stand-in keeps."""
        found: dict[str, Any] = json.loads((self.root / "standin" / f"{tool}.json").read_text())
        return found

    def keep(self, tool: str, state: dict[str, Any]) -> None:
        """Replace what a stand-in keeps."""
        (self.root / "standin" / f"{tool}.json").write_text(json.dumps(state))

    def change(self, tool: str, **parts: Any) -> None:
        """Replace parts of what a stand-in keeps."""
        self.keep(tool, self.state(tool) | parts)

    def configure(self, environment: str, **sections: Any) -> None:
        """Replace sections of a configuration."""
        path = self.root / "config" / f"{environment}.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | sections))

    def run(self, program: str, *arguments: str, **environment: str) -> tuple[int, str]:
        """Run a program in a process of its own, which has all modules already; -9 when it was killed."""
        modules = str(self.root / "ops")
        log = self.root / "said.txt"
        child = os.fork()
        if not child:
            # A group of its own, so that a stand-in can kill all of it.
            os.setsid()
            os.chdir(self.root)
            with log.open("wb") as stream:
                for number in (1, 2):
                    os.dup2(stream.fileno(), number)
            sys.path.insert(0, modules)
            own = {file.stem for file in (self.root / "ops").glob("*.py")}
            for name in own & set(sys.modules):
                del sys.modules[name]
            os.environ |= {"PATH": f"{self.root}/bin{os.pathsep}{os.environ['PATH']}", **self.variables()}
            for name in ("CI", "PUSH", "VERSION", "GITHUB_OUTPUT", "GITHUB_REPOSITORY", "REASON", "FOLLOW"):
                os.environ.pop(name, None)
            os.environ |= environment
            sys.argv = [program, *arguments]
            # What is waited for is there already, or comes with the next look.
            time.sleep = lambda _: None
            code = 99
            try:
                sys.stdout = sys.stderr = open(1, "w", closefd=False)  # noqa: SIM115
                code = importlib.import_module(program).main()
            finally:
                sys.stdout.flush()
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert code in (0, 2, 3, -signal.SIGKILL), log.read_text()
        return code, log.read_text()

    def variables(self) -> dict[str, str]:
        """Return what the stand-ins are told."""
        return {
            "STANDIN": str(self.root / "standin"),
            "STANDIN_SOCKET": self.socket,
            "STANDIN_KUBECTL": str(kubectl()),
        }

    def step(self, step: str, version: str, environment: str = "staging", **more: str) -> dict[str, Any]:
        """Run a make command; return its report."""
        program, *arguments = COMMANDS[step]
        given = {"VERSION": version} if version else {}
        code, said = self.run(program, *arguments, MLOPS_ENV=environment, **given, **more)
        if code == -signal.SIGKILL:
            return {"verdict": "killed"}
        report: dict[str, Any] = json.loads((self.root / "reports" / f"{step}.json").read_text())
        fine = {"refused": 3, "error": 2}
        # A version that was asked for and did not stay is no success.
        back = 3 if step in ("deploy", "finish-rollout") else 0
        assert code == (fine | {"rolled back": back}).get(report["verdict"], 0), said
        return report

    def served(self) -> list[str]:
        """Return the containers that run on the host."""
        there = self.state("docker")["containers"]
        return sorted(name for name, each in there.items() if each["State"]["Status"] == "running")

    def deployment(self) -> tuple[str, dict[str, str]]:
        """Return the image in the cluster, and the annotations of its Deployment."""
        found = self.objects()["Deployment/churn"]
        image = found["spec"]["template"]["spec"]["containers"][0]["image"]
        return image, found["metadata"].get("annotations", {})

    def objects(self) -> dict[str, Any]:
        """Return what is in the cluster, by kind and name."""
        found: dict[str, Any] = self.state("kubectl")["contexts"]["prd-eu"]["ml"]
        return found


COMMANDS = {
    "image": ("image",),
    "deploy": ("deploy",),
    "verify": ("deploy", "--verify"),
    "back-out": ("deploy", "--back"),
    "promote": ("promote",),
    "rollback": ("roll_back",),
    "finish-rollout": ("finish_rollout",),
}
