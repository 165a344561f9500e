"""The programs at Jenkins' side: what starts a job, against a stand-in on loopback, and what pushes dvc.lock."""

import base64
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
TOKEN = "11aa-token"
PATIENT = "import sys, dispatch_jenkins as d; sys.exit(d.main(['{}'], d.Patience(sleep=lambda s: print('waits', s))))"


class Server(ThreadingHTTPServer):
    """Answers with what is planned, else as Jenkins does when it has queued a build."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[dict[str, Any]] = []
        self.planned: list[int] = []


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Server)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        told = {
            "path": self.path,
            "who": self.headers["Authorization"],
            "given": parse_qs(body, keep_blank_values=True),
        }
        self.server.seen.append(told)
        self.send_response(self.server.planned.pop(0) if self.server.planned else 201)
        self.send_header("Location", "http://127.0.0.1/queue/item/3/")
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    """Yield a stand-in for Jenkins."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a folder with the programs and a configuration."""
    root = tmp_path / "repository"
    for target in ("repository", "jenkins"):
        shutil.copytree(TEMPLATES / target / "ops", root / "ops", dirs_exist_ok=True)
    (root / "config").mkdir()
    config = {"model": {"name": "churn"}, "ci": {"commit_lock": "push"}}
    (root / "config/default.json").write_text(json.dumps(config))
    return root


def dispatch(root: Path, server: Server, job: str = "train", **more: str) -> subprocess.CompletedProcess[str]:
    """Run the program without any wait."""
    address = f"http://127.0.0.1:{server.server_port}/job/ml/job/churn-{job}/"
    env = {f"JENKINS_{job.upper()}_URL": address, "JENKINS_USER": "ann", "JENKINS_TOKEN": TOKEN, **more}
    return _run(root, [sys.executable, "-B", "-c", PATIENT.format(job)], PYTHONPATH=str(root / "ops"), **env)


def _run(root: Path, command: list[str], **env: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": os.environ["PATH"], "HOME": str(root), "GIT_CONFIG_NOSYSTEM": "1", **env}
    return subprocess.run(command, cwd=root, env=given, capture_output=True, text=True, check=False)


def test_a_training_is_started(repository: Path, server: Server) -> None:
    done = dispatch(repository, server, TRIGGER="webhook", EVENT="a&b=c d")
    assert done.returncode == 0, done.stdout
    basic = base64.b64encode(f"ann:{TOKEN}".encode()).decode()
    path = "/job/ml/job/churn-train/buildWithParameters"
    given = {"TRIGGER": ["webhook"], "EVENT": ["a&b=c d"]}
    assert server.seen == [{"path": path, "who": f"Basic {basic}", "given": given}]
    assert json.loads((repository / "reports/dispatch-train.json").read_text())["verdict"] == "done"
    assert TOKEN not in done.stdout + done.stderr + (repository / "reports/dispatch-train.json").read_text()


def test_without_a_caller_the_first_choice_is_not_taken(repository: Path, server: Server) -> None:
    dispatch(repository, server)
    assert server.seen[0]["given"] == {"TRIGGER": [""], "EVENT": [""]}


def test_what_passes_is_tried_again_and_a_refusal_is_not(repository: Path, server: Server) -> None:
    server.planned = [503, 429, 500]
    done = dispatch(repository, server)
    assert (done.returncode, len(server.seen)) == (0, 4)
    assert [line for line in done.stdout.splitlines() if "waits" in line] == [
        "waits 2.0",
        "waits 4.0",
        "waits 8.0",
    ]
    for status in (302, 400, 401, 403, 404):
        server.planned, before = [status], len(server.seen)
        done = dispatch(repository, server)
        assert (done.returncode, len(server.seen)) == (2, before + 1)
        assert f"Jenkins answers {status}: " in done.stdout and TOKEN not in done.stdout
    server.planned = [503] * 9
    assert dispatch(repository, server).returncode == 2 and len(server.planned) == 4


@pytest.mark.parametrize(
    "address",
    ["http://jenkins.example.com/job/a", "https://ann:pw@host/job/a", "ftp://host/a", "https://h/job/a?x=1"],
)
def test_the_token_goes_nowhere_else(address: str, repository: Path, server: Server) -> None:
    done = dispatch(repository, server, JENKINS_TRAIN_URL=address)
    assert done.returncode == 2 and "the address of the job" in done.stdout and not server.seen


def test_what_is_not_set_is_named(repository: Path, server: Server) -> None:
    done = dispatch(repository, server, JENKINS_TOKEN="")
    assert done.returncode == 2 and "JENKINS_TOKEN is not set" in done.stdout


@pytest.mark.parametrize(("verdict", "sent"), [("passed", ["7"]), ("refused", None)])
def test_only_what_passed_is_deployed(
    verdict: str, sent: list[str] | None, repository: Path, server: Server
) -> None:
    (repository / "reports").mkdir()
    told = {"verdict": verdict, "figures": {"version": 7}}
    (repository / "reports/register.json").write_text(json.dumps(told))
    done = dispatch(repository, server, "deploy")
    assert done.returncode == (0 if sent else 2)
    assert [seen["given"] for seen in server.seen] == ([{"VERSION": sent}] if sent else [])
    assert dispatch(repository, server, "deploy", VERSION="7; id").returncode == 2


@pytest.mark.parametrize("how", ["push", "pull_request"])
def test_dvc_lock_comes_back(how: str, repository: Path, tmp_path: Path) -> None:
    origin, lock = tmp_path / "origin.git", repository / "dvc.lock"
    (repository / "config/default.json").write_text(
        json.dumps(
            {
                "model": {"name": "churn"},
                "ci": {"commit_lock": how},
                "pipeline": {"metrics": ["metrics.json"]},
            }
        )
    )
    for name in ("dvc.lock", "metrics.json", "notes.md"):
        (repository / name).write_text("before\n")
    _git(tmp_path, "init", "-q", "--bare", "-b", "main", str(origin))
    _git(repository, "init", "-q", "-b", "main")
    _git(repository, "add", "-A")
    _git(repository, "commit", "-q", "-m", "first")
    _git(repository, "remote", "add", "origin", str(origin))
    _git(repository, "push", "-q", "origin", "main")
    # Jenkins checks out a commit, not a branch; meanwhile somebody else pushes.
    _git(repository, "checkout", "-q", "--detach")
    other = tmp_path / "other"
    _git(tmp_path, "clone", "-q", str(origin), str(other))
    (other / "README.md").write_text("new\n")
    _git(other, "add", "-A")
    _git(other, "commit", "-q", "-m", "second")
    _git(other, "push", "-q", "origin", "main")
    for name in ("dvc.lock", "metrics.json", "notes.md"):
        (repository / name).write_text("after\n")
    program = "import sys, lock_branch; sys.exit(lock_branch.main(lambda s: None))"
    done = _run(repository, [sys.executable, "-B", "-c", program], PYTHONPATH=str(repository / "ops"))
    assert done.returncode == 0, done.stdout
    branch = "main" if how == "push" else "mlopsc/churn-lock"
    assert (
        _git(origin, "show", f"{branch}:dvc.lock")
        == "after\n"
        == _git(origin, "show", f"{branch}:metrics.json")
    )
    assert _git(origin, "show", f"{branch}:notes.md") == "before\n"
    assert _git(origin, "log", "--format=%s", "main").splitlines()[-2:] == ["second", "first"]
    assert lock.read_text() == "after\n" and (repository / "notes.md").read_text() == "after\n"
    again = _run(repository, [sys.executable, "-B", "-c", program], PYTHONPATH=str(repository / "ops"))
    assert again.returncode == 0 and "commit-lock: skipped" in again.stdout


def _git(root: Path, *arguments: str) -> str:
    who = {
        f"GIT_{one}_{what}": "ann@example.com"
        for one in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    done = _run(root, ["git", *arguments], **who)
    assert done.returncode == 0, done.stderr
    return done.stdout
