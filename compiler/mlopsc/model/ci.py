"""Continuous integration: who runs it, with which commands, and who answers for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ci:
    """CI as its back ends read it.

    `provider` is github or jenkins; `lint` and `test` are the user's commands or empty; `aws_role` is an
    ARN or empty; `commit_lock` says how dvc.lock comes back: pull_request, push or none; `check` asks
    for a job that compares the generated files with the spec.
    """

    provider: str
    lint: str
    test: str
    runner: str
    aws_role: str
    aws_region: str
    commit_lock: str
    owners: tuple[str, ...]
    check: bool
