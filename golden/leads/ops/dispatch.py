"""Start the workflow that trains, or the one that deploys, on the default branch.

    make dispatch-train TRIGGER=drift          the same event twice trains once
    make dispatch-deploy VERSION=7             else the version that this machine has just registered
    make dispatch-finish                       for a version whose rollout must have ended by itself

A training that is dispatched twice for one event does no harm: `make retrain` remembers its events.
Where no EVENT is given, one is made: of the report for TRIGGER=drift, else of the run that asks. Without
TRIGGER the report of the drift check says whether a trigger of the spec fires, and which.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

from github_answers import CONFLICTS, NOT_FOUND, GitHubError
from github_api import GitHub, Patience, quoted
from settings import settings
from verdict import Outcome, run
from wanted_training import training
from wanted_version import version


def main(arguments: list[str] | None = None, patience: Patience | None = None) -> int:
    """Run the command line; return 0 when the workflow was started, 2 for an error."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workflow", choices=("train", "deploy", "finish"))
    workflow = parser.parse_args(arguments).workflow
    work = finish if workflow == "finish" else lambda patience: dispatch(workflow, patience)
    return run(f"dispatch-{workflow}", lambda: work(patience))


def finish(patience: Patience | None = None) -> Outcome:
    """Start the workflow that deploys for what a rollout has left; nothing where there is none."""
    # There only where some environment has a rollout.
    pending = import_module("pending")
    with pending.overdue(settings()) as number:
        if not number:
            return Outcome("skipped", reasons=["no rollout waits to be finished"])
        os.environ["VERSION"] = number
        return dispatch("deploy", patience)


def dispatch(workflow: str, patience: Patience | None = None) -> Outcome:
    """Start a workflow of the model; raise ValueError for inputs that it does not take."""
    config = settings()
    inputs = training(config) if workflow == "train" else {"version": version(config)}
    if not inputs:
        return Outcome("skipped", reasons=["no report asks for a training; TRIGGER=manual starts one"])
    github, file = GitHub(patience), f"{config['model']['name']}-{workflow}.yml"
    ref = github.default_branch()
    here = os.environ.get("GITHUB_REF_NAME") or ref
    if workflow == "deploy" and here != ref:
        return Outcome("refused", reasons=[f"this is {here}: what is deployed was trained on {ref}"])
    try:
        path = f"/actions/workflows/{quoted(file)}/dispatches"
        github.repo("POST", path, {"ref": ref, "inputs": inputs}, needs="actions: write")
    except GitHubError as fault:
        if fault.status in (CONFLICTS, NOT_FOUND):
            hint = f"; is .github/workflows/{file} on {ref}, with workflow_dispatch and these inputs?"
            raise GitHubError(f"{fault}{hint}", fault.status) from None
        raise
    given = ", ".join(f"{name} {value}" for name, value in inputs.items() if value)
    figures = {"version": int(inputs["version"])} if "version" in inputs else {}
    return Outcome("done", figures, [f"{file} was started on {ref}{given and f' with {given}'}"])


if __name__ == "__main__":
    sys.exit(main())
