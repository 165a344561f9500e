"""A shop's model at GitHub: its repository, and all that its workflows reach, on this machine."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.engines.deployment.world import SAVED, STANDINS, Service
from tests.engines.github import actions_runner
from tests.engines.github.actions_runner import Environment, Event, Machine, Repository, Run
from tests.engines.github_api.standin import TOKEN, Hub
from tests.engines.kubernetes.tools import kubectl
from tests.engines.loop.project import rows
from tests.engines.notify.sinks import Http
from tests.journeys.begin import mlopsc

HERE = Path(__file__).parent
CODE = HERE.parents[1] / "loop" / "code"
NAME = "acme/models"
BEFORE = "ghcr.io/acme/churn:before"
SPEC = """\
version: 1
model: {name: churn, artifact: models/model}
python: {requirements: requirements.txt}
data: {path: data/customers.csv, incoming: 's3://lake/incoming/', remote: 's3://lake/dvc', id: customer_id, target: churned}
validation:
  columns:
    customer_id: {nulls: forbidden, unique: true}
    age: {type: integer, between: [0, 120]}
pipeline:
  stages:
    train: {cmd: python src/train.py, deps: [src/train.py, data/customers.csv], params: [train], outs: [models/model]}
    evaluate: {cmd: python src/evaluate.py, deps: [src/evaluate.py, models/model, data/customers.csv], metrics: [metrics.json]}
tracking: {uri: {env: MLFLOW_TRACKING_URI}}
registry: {gate: [{metric: accuracy, min: 0.6}, {metric: accuracy, improves_on: champion}]}
drift:
  tests: [{columns: [age], method: ks, p_value: 0.01}]
  min_rows: 50
retraining: {triggers: {drift: true, schedule: weekly, webhook: true}, retry: {max_attempts: 3}}
scoring: {cmd: python src/score.py, input: 's3://lake/open/', output: 's3://lake/scores.csv', schedule: 'daily at 05:00'}
serving: {image: ghcr.io/acme/churn}
deployment: {strategy: rolling, test: python tests/integration.py}
monitoring:
  alerts: [{metric: drift_score, above: 0.3}]
  notify: {slack: {secret: SLACK_WEBHOOK_URL}}
ci: {provider: github, lint: python -m compileall -q src, test: python tests/unit.py}
environments:
  staging: {cluster: {context: stg, namespace: ml}}
  production: {cluster: {context: prd, namespace: ml}, approval: true}
"""
IGNORED = "__pycache__/\n.venv/\n.mlops/\n/data/*.csv\n/models/\n"
# Fails while there is something left to fail of.
FLAKY = """
import os
from pathlib import Path
left = Path(os.environ.get("FAILURES") or "/nowhere")
if left.exists() and (count := int(left.read_text())):
    left.write_text(str(count - 1))
    raise SystemExit("the warehouse hung up")
"""


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody; return what it prints."""
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


@dataclass
class Shop:
    """`origin` is the repository at GitHub, `work` somebody's clone; `place` holds everything."""

    place: Path
    hub: Hub
    slack: Http
    service: Service
    outside: Mapping[str, str]

    @property
    def origin(self) -> Path:
        """The bare repository."""
        return self.place / "origin.git"

    @property
    def work(self) -> Path:
        """The clone."""
        return self.place / "work"

    @property
    def uri(self) -> str:
        """The address of the tracking store."""
        return f"sqlite:///{self.place}/mlflow.db"

    @property
    def environment(self) -> dict[str, str]:
        """What every command of a runner sees."""
        folders = {
            f"DVC_{name}_DIR": str(self.place / name)
            for name in ("SITE_CACHE", "GLOBAL_CONFIG", "SYSTEM_CONFIG")
        }
        return {
            **folders,
            "PYTHONPATH": str(HERE / "quick"),
            "SLEPT": str(self.place / "slept"),
            "STANDIN": str(self.place / "standin"),
            "STANDIN_SOCKET": self.service.socket,
            "STANDIN_KUBECTL": str(kubectl()),
            "FAILURES": str(self.place / "failures"),
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "GX_ANALYTICS_ENABLED": "false",
            **self.outside,
        }

    def begin(self) -> None:
        """Lay out the project, compile it, and push it with its data."""
        self._lake().makedirs("lake", exist_ok=True)
        for folder in ("src", "data", "tests"):
            (self.work / folder).mkdir(parents=True)
        self.write("mlops.yaml", SPEC)
        self.write("data/customers.csv", rows(400))
        self.write("params.yaml", "seed: 1\ntrain: {cut: 45}\n")
        self.write("requirements.txt", "pandas\n")
        self.write(".gitignore", IGNORED)
        self.write("tests/unit.py", "print('1 passed')\n")
        self.write("tests/integration.py", (HERE / "integration.txt").read_text())
        self.write("src/score.py", (HERE.parents[1] / "scoring" / "code" / "score.txt").read_text())
        for name in ("train", "evaluate"):
            more = (FLAKY, SAVED) if name == "train" else ("", "")
            self.write(f"src/{name}.py", more[0] + (CODE / f"{name}.txt").read_text() + more[1])
        git(self.work, "init", "-q", "-b", "main")
        done = mlopsc(self.work, "compile")
        assert done.code == 0, done.out + done.err
        self.tools()
        self.dvc("add", "-q", "data/customers.csv")
        self.dvc("push", "-q")
        git(self.place, "init", "-q", "--bare", "-b", "main", str(self.origin))
        git(self.work, "remote", "add", "origin", str(self.origin))
        self.push()

    def tools(self) -> None:
        """Put the stand-ins for docker and kubectl on a path, with a service that runs already."""
        for folder in ("bin", "standin", "serving"):
            (self.place / folder).mkdir()
        for name in ("docker", "kubectl"):
            tool = self.place / "bin" / name
            tool.write_text(f"#!{sys.executable}\n{(STANDINS / f'{name}.py').read_text()}")
            tool.chmod(0o755)
        for name in ("probe.py", "service.json"):
            shutil.copy(self.work / "serving" / name, self.place / "serving")
        first = {"name": "churn", "image": BEFORE}
        deployment = {"metadata": {"name": "churn"}, "spec": {"template": {"spec": {"containers": [first]}}}}
        contexts = {name: {"ml": {"Deployment/churn": deployment}} for name in ("stg", "prd")}
        empty = {name: {} for name in ("images", "registry", "containers")}
        self.keep("kubectl", {"contexts": contexts, "sick": [], "calls": [], "seen": 0})
        self.keep("docker", {**empty, "sick": [], "calls": [], "changes": 0, "clock": 0})

    def keep(self, tool: str, state: dict[str, Any]) -> None:
        """Say what a stand-in begins with."""
        (self.place / "standin" / f"{tool}.json").write_text(json.dumps(state))

    def running(self) -> dict[str, str]:
        """Return the image that runs in each cluster."""
        state = json.loads((self.place / "standin/kubectl.json").read_text())
        found = {
            name: place["ml"]["Deployment/churn"]["spec"]["template"]["spec"]
            for name, place in state["contexts"].items()
        }
        return {name: spec["containers"][0]["image"] for name, spec in found.items()}

    def objects(self, context: str) -> set[str]:
        """Return the kinds of objects in a cluster."""
        state = json.loads((self.place / "standin/kubectl.json").read_text())
        return {name.partition("/")[0] for name in state["contexts"][context]["ml"]}

    def figures(self) -> dict[str, float]:
        """Return what the exporter of a machine that ran nothing tells Prometheus, by metric and labels."""
        clone = self.place / "elsewhere"
        git(self.place, "clone", "-q", str(self.origin), str(clone))
        code = "import exporter; c = exporter.settings(); print(exporter.Exporter(('127.0.0.1', 0), c, exporter.sources(c, 0)).page())"
        given = {"PYTHONPATH": str(clone / "ops"), "MLFLOW_TRACKING_URI": self.uri, "MLOPS_ENV": "production"}
        environment = {**os.environ, **self.environment, **given}
        command = [sys.executable, "-c", code]
        said = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, check=True)
        lines = [line.rpartition(" ") for line in said.stdout.splitlines() if line and line[0] != "#"]
        return {name: float(value) for name, _, value in lines}

    def write(self, path: str, text: str) -> None:
        """Write a file of the clone."""
        (self.work / path).write_text(text)

    def push(self, branch: str = "main") -> None:
        """Commit what changed, and push it."""
        git(self.work, "add", "-A")
        git(self.work, "commit", "-q", "--allow-empty", "-m", "x")
        git(self.work, "push", "-q", "--force", "origin", f"HEAD:refs/heads/{branch}")

    def dvc(self, *arguments: str) -> None:
        """Run DVC in the clone."""
        command = [sys.executable, "-m", "dvc", *arguments]
        keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
        subprocess.run(
            command, cwd=self.work, env=os.environ | self.environment | keys, check=True, capture_output=True
        )

    def run(self, kind: str, event: Event, review: str = "approved") -> Run:
        """Run a workflow as GitHub would."""
        given = {
            "SLACK_WEBHOOK_URL": f"{self.slack.url}/hook",
            "AWS_ACCESS_KEY_ID": "testing-the-key",
            "AWS_SECRET_ACCESS_KEY": "testing-the-secret",
        }
        repository = Repository(
            self.origin,
            name=NAME,
            secrets=given,
            variables={"MLFLOW_TRACKING_URI": self.uri},
            environments={"staging": Environment(), "production": Environment(review=review)},
        )
        machine = Machine(
            env=self.environment,
            path=(HERE / "bin", self.place / "bin"),
            caches=self.place / "caches",
            api_url=self.hub.url,
            token=self.token,
        )
        workflow = self.work / ".github/workflows" / f"churn-{kind}.yml"
        return actions_runner.run(workflow, event, repository, self.place / "runs", machine)

    def token(self, permissions: Mapping[str, str]) -> str:
        """Return the token of a job, by which GitHub knows what the job may."""
        self.hub.permissions = set()
        for scope, access in permissions.items():
            self.hub.permissions.add(f"{scope.replace('-', '_')}:read")
            if access == "write":
                self.hub.permissions.add(f"{scope.replace('-', '_')}:write")
        return TOKEN

    def protect(self) -> None:
        """Demand an approval for production, as `make github-setup` does."""
        rules = [
            {"id": 1, "type": "required_reviewers", "reviewers": [{"type": "Team", "reviewer": {"id": 1}}]}
        ]
        self.hub.environments["production"] = {"name": "production", "protection_rules": rules}

    def promote(self) -> None:
        """Make the candidate the champion."""
        client = "c.set_registered_model_alias('churn', 'champion', '1')"
        self._asked(client)

    def overdue(self) -> None:
        """Let the rollout of the first version have ended long ago, as its tag says."""
        self._asked(
            "c.set_model_version_tag('churn', '1', 'mlops.rollout.production', 'running until 2026-01-01T00:00Z')"
        )

    def cut(self, years: float) -> None:
        """Let the model be trained with another parameter."""
        self.write("params.yaml", f"seed: 1\ntrain: {{cut: {years}}}\n")

    def better(self) -> None:
        """Let the next model be better than the first."""
        self.cut(41)
        self.push()

    def fail(self, times: int) -> None:
        """Let the next trainings fail."""
        (self.place / "failures").write_text(str(times))

    def break_staging(self) -> None:
        """Let the integration tests fail."""
        (self.place / "broken").touch()

    def dispatched(self) -> list[tuple[str, dict[str, str]]]:
        """Return the workflows that were started, with their inputs."""
        starts = [(path, body) for path, body in self.hub.calls("POST") if path.endswith("/dispatches")]
        return [(path.split("/")[-2], body["inputs"]) for path, body in starts]

    def changed(self, branch: str) -> set[str]:
        """Return the files in which a branch differs from main."""
        return set(git(self.origin, "diff", "--name-only", f"main...{branch}").split())

    def land(self, name: str, text: str) -> None:
        """Let a file land where new data comes in."""
        import s3fs

        store = s3fs.S3FileSystem(
            key="testing",
            secret="testing",
            client_kwargs={"endpoint_url": self.outside["AWS_ENDPOINT_URL"]},
            skip_instance_cache=True,
        )
        store.pipe(f"lake/incoming/{name}", text.encode())

    def put(self, name: str, text: str) -> None:
        """Put an object into the lake."""
        self._lake().pipe(f"lake/{name}", text.encode())

    def got(self, name: str) -> str:
        """Return an object of the lake, or nothing."""
        lake = self._lake()
        return lake.cat(f"lake/{name}").decode() if lake.exists(f"lake/{name}") else ""

    def clear(self) -> None:
        """Take away what has landed."""
        import s3fs

        store = s3fs.S3FileSystem(
            key="testing",
            secret="testing",
            client_kwargs={"endpoint_url": self.outside["AWS_ENDPOINT_URL"]},
            skip_instance_cache=True,
        )
        for name in ("lake/incoming", "lake/open", "lake/scores.csv"):
            if store.exists(name):
                store.rm(name, recursive=True)

    def _lake(self) -> Any:
        import s3fs

        at = {"endpoint_url": self.outside["AWS_ENDPOINT_URL"]}
        return s3fs.S3FileSystem(key="testing", secret="testing", client_kwargs=at, skip_instance_cache=True)

    def aliases(self) -> dict[str, str]:
        """Return the version of each alias of the model."""
        return self._asked("dict(c.get_registered_model('churn').aliases)")

    def versions(self) -> list[str]:
        """Return the registered versions."""
        return self._asked("sorted(str(v.version) for v in c.search_model_versions(\"name='churn'\"))")

    def _asked(self, question: str) -> Any:
        import ast

        code = f"from mlflow import MlflowClient\nc = MlflowClient('{self.uri}', '{self.uri}')\nprint({question})"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        found = ast.literal_eval(done.stdout)
        return {name: str(version) for name, version in found.items()} if isinstance(found, dict) else found

    def slept(self) -> list[float]:
        """Return how long programs would have waited."""
        path = self.place / "slept"
        return [float(line) for line in path.read_text().split()] if path.exists() else []

    def kept(self) -> Path:
        """Set everything aside, to be brought back."""
        aside = self.place.with_name(f"{self.place.name}-kept")
        shutil.rmtree(aside, ignore_errors=True)
        shutil.copytree(self.place, aside, symlinks=True)
        return aside

    def back(self, aside: Path) -> None:
        """Bring back what was set aside."""
        shutil.rmtree(self.place)
        shutil.copytree(aside, self.place, symlinks=True)
        self.hub.came.clear()
        self.hub.pulls.clear()
        self.hub.environments.clear()
        self.slack.came.clear()
        self.clear()
