"""The runner does what GitHub documents: each case cites the page and the sentence that it rests on."""

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest_engines import engine
from tests.engines.github.actions_runner import (
    Environment,
    Event,
    Machine,
    Refused,
    Repository,
    Run,
    RunnerError,
    Use,
    run,
)

FILES = sorted((Path(__file__).parent / "runner" / "conformance").glob("*.yml"))
CASES = [case for file in FILES for case in yaml.safe_load(file.read_text("utf-8"))]
FIELDS = {"name", "cites", "says", "workflow", "event", "events", "refused", "expect", "cancel_at"}
SECRETS, VARIABLES = {"S": "hunter2"}, {"V": "of-the-repository"}
ENVIRONMENTS = {
    "production": Environment("approved", (), {"S": "secret-of-production"}, {"V": "of-production"}),
    "rejected": Environment("rejected"),
    "guarded": Environment("waiting"),
    "main-only": Environment(branches=("main",)),
}


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Return a repository of two commits on main, one more on feature, and the tag v1."""
    engine("git")
    folder = tmp_path_factory.mktemp("repository")
    (folder / "sub" / "deep").mkdir(parents=True)
    git = ["git", "-C", str(folder), "-c", "user.name=ann", "-c", "user.email=ann@example.com"]
    subprocess.run([*git, "init", "--quiet", "--initial-branch=main"], check=True)
    commits = (("a.txt", "main"), ("sub/deep/b.txt", "main"), ("c.txt", "feature"))
    for name, branch in commits:
        if branch != "main":
            subprocess.run([*git, "tag", "v1"], check=True)
            subprocess.run([*git, "checkout", "--quiet", "-b", branch], check=True)
        (folder / name).write_text(name)
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "--quiet", "-m", name], check=True)
    subprocess.run([*git, "branch", "release/1/2"], check=True)
    subprocess.run([*git, "checkout", "--quiet", "main"], check=True)
    return Repository(folder, secrets=SECRETS, variables=VARIABLES, environments=ENVIRONMENTS)


def event(said: dict[str, Any] | None) -> Event:
    """Return the event of a case."""
    kind, given = next(iter((said or {"push": {}}).items()))
    if kind == "push":
        return Event.push(given.get("branch", "main"), tuple(given.get("changed", ())))
    if kind == "tag":
        return Event("push", {}, f"refs/tags/{given}")
    if kind == "schedule":
        return Event.schedule(given)
    return Event.dispatch(**given) if kind == "dispatch" else Event.pull_request(**given)


def written(text: str, folder: Path) -> Path:
    """Return a workflow as a file; one that says nothing of its trigger runs on a push."""
    path = folder / "workflow.yml"
    path.write_text(text if text.startswith("on:") else f"on: push\n{text}", "utf-8")
    return path


def observed(done: Run, expected: dict[str, Any]) -> dict[str, Any]:
    """Return what happened, cut to what a case speaks of."""
    jobs = done.jobs

    def steps(kind: str) -> dict[str, Any]:
        named = {job: {step.id: getattr(step, kind) for step in jobs[job].steps} for job in jobs}
        asked = expected.get("steps" if kind == "conclusion" else "outcomes", {})
        return {job: {step: named[job][step] for step in ids} for job, ids in asked.items()}

    logs = {job: jobs[job].log for job in {*expected.get("prints", {}), *expected.get("silent", {})}}
    whole = {
        "jobs": {job: jobs[job].result for job in expected.get("jobs", {})},
        "outputs": {job: jobs[job].outputs for job in expected.get("outputs", {})},
        "permissions": {job: jobs[job].permissions for job in expected.get("permissions", {})},
        "job_concurrency": {job: jobs[job].concurrency for job in expected.get("job_concurrency", {})},
        "steps": steps("conclusion"),
        "outcomes": steps("outcome"),
        "prints": {
            job: [t for t in texts if t in logs[job]] for job, texts in expected.get("prints", {}).items()
        },
        "silent": {
            job: [t for t in texts if t not in logs[job]] for job, texts in expected.get("silent", {}).items()
        },
        "conclusion": done.conclusion,
        "concurrency": done.concurrency,
        "summary": done.summary,
        "approvals": [list(each) for each in done.approvals],
    }
    return {name: whole[name] for name in expected}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_conformance(case: dict[str, Any], repository: Repository, tmp_path: Path) -> None:
    assert set(case) <= FIELDS
    assert case["says"] and case["cites"]
    workflow, machine = written(case["workflow"], tmp_path), Machine(cancel_at=case.get("cancel_at", ""))
    for starts, each in case.get("events", []):
        assert run(workflow, event(each), repository, tmp_path).started == starts, each
    for each in case.get("refused", []):
        with pytest.raises(Refused):
            run(workflow, event(each), repository, tmp_path)
    expected = case.get("expect", {})
    if "error" in expected:
        with pytest.raises(RunnerError, match=expected["error"]):
            run(workflow, event(case.get("event")), repository, tmp_path, machine)
    elif expected:
        done = run(workflow, event(case.get("event")), repository, tmp_path, machine)
        assert observed(done, expected) == expected, done.log


def test_every_case_expects_something() -> None:
    assert len(CASES) >= 25
    assert all(case.get("expect") or case.get("events") for case in CASES)
    assert len({case["name"] for case in CASES}) == len(CASES)


CACHED = """
on: [push, pull_request]
jobs:
  a:
    runs-on: u
    steps:
    - {id: c, uses: actions/cache@v6, with: {path: "~/kept\\nhere/too", key: KEY, restore-keys: k-}}
    - {run: "echo hit=[${{ steps.c.outputs.cache-hit }}] $(cat ~/kept/x)"}
    - {run: "mkdir -p ~/kept here/too; echo KEY > ~/kept/x; CODE"}
"""


def test_caches_live_from_run_to_run(repository: Repository, tmp_path: Path) -> None:
    """A cache is kept by jobs that went well, found by the prefix of its key, and not seen from other branches."""
    machine = Machine(caches=tmp_path / "caches")

    def logged(key: str, happened: Event, code: str = "true") -> str:
        workflow = written(CACHED.strip().replace("KEY", key).replace("CODE", code), tmp_path)
        return run(workflow, happened, repository, tmp_path, machine).jobs["a"].log

    pull = Event.pull_request("feature")
    assert "hit=[]" in logged("k-1", Event.push(), "exit 3")
    assert "hit=[]" in logged("k-2", pull)
    assert "hit=[]" in logged("k-3", Event.push())
    assert "hit=[true] k-3" in logged("k-3", Event.push())
    assert "hit=[false] k-3" in logged("k-4", Event.push())
    assert "hit=[false] k-4" in logged("k-5", Event.push("feature"))
    assert "hit=[true] k-2" in logged("k-2", pull)


def test_the_machine_is_as_told(repository: Repository, tmp_path: Path) -> None:
    """Programs, variables, URLs, the token of each job's permissions, and actions can be stood in for."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "docker").write_text("#!/bin/sh\necho stand-in $*\n")
    (programs / "docker").chmod(0o755)

    def action(use: Use) -> dict[str, str]:
        return {"said": f"{use.inputs['word']} in {use.job.result.name}"}

    machine = Machine(
        env={"EXTRA": "1"},
        path=(programs,),
        api_url="http://127.0.0.1:1",
        token=lambda permissions: f"token-{permissions.get('issues')}",
        actions={"acme/own": action},
    )
    text = """jobs:
  a:
    runs-on: u
    permissions: {issues: write}
    steps:
    - {id: own, uses: acme/own@v1, with: {word: hello}}
    - {uses: docker/login-action@v4, with: {registry: ghcr.io, username: ann, password: "${{ secrets.GITHUB_TOKEN }}"}}
    - {run: "docker push $EXTRA $GITHUB_API_URL '${{ steps.own.outputs.said }}'"}
"""
    done = run(written(text, tmp_path), Event.push(), repository, tmp_path, machine)
    assert "stand-in push 1 http://127.0.0.1:1 hello in a" in done.log
    assert [step.uses for step in done.used] == ["acme/own@v1", "docker/login-action@v4"]
    assert done.used[1].inputs["password"] == "token-write"
    assert "token-write" in done.masks


def test_all_jobs_check_out_the_commit_of_the_event(repository: Repository, tmp_path: Path) -> None:
    """What a job pushes to the branch is not what the next job of the run sees; unless it asks for the branch."""
    origin = tmp_path / "origin.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", repository.folder, origin], check=True)
    text = """jobs:
  a:
    runs-on: u
    steps:
    - {uses: actions/checkout@v7}
    - run: |
        git -c user.name=bot -c user.email=bot@example.com commit --quiet --allow-empty -m bot
        git push --quiet origin HEAD:main
  b:
    runs-on: u
    needs: a
    strategy: {matrix: {depth: [0, 1]}}
    steps:
    - {uses: actions/checkout@v7, with: {fetch-depth: "${{ matrix.depth }}"}}
    - {run: "test $(git rev-parse HEAD) = $GITHUB_SHA -a $(git rev-parse origin/main) = $GITHUB_SHA"}
    - {uses: actions/checkout@v7, with: {ref: main, path: new}}
    - {run: "test $(git -C new log -1 --format=%s) = bot"}
"""
    done = run(written(text, tmp_path), Event.push(), replace(repository, folder=origin), tmp_path)
    assert {name: job.result for name, job in done.jobs.items()} == dict.fromkeys(
        ("a", "b (0)", "b (1)"), "success"
    )


def test_a_step_that_hangs_is_killed(repository: Repository, tmp_path: Path) -> None:
    text = "jobs: {a: {runs-on: u, steps: [{run: 'echo begun; read < <(tail -f /dev/null)'}]}}\n"
    done = run(written(text, tmp_path), Event.push(), repository, tmp_path, Machine(seconds=1))
    assert done.conclusion == "failure"
    assert "begun" in done.log
    assert "timed out" in done.log
