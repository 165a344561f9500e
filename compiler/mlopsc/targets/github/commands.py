"""The make commands that speak with GitHub, and the programs behind them."""

from collections.abc import Iterator

from mlopsc.model import Model
from mlopsc.symbols import Command

_AT = ("ci",)
_ALWAYS = "environment_plan github_answers github_api github_names github_setup names_set owners protection"
_DISPATCH = " dispatch wanted_training wanted_version"
_LOCK = " checkout commit_lock git_identity lock_files lock_text pull_request"


def runs(model: Model) -> bool:
    """Say whether GitHub runs the scheduled work."""
    return model.scheduler == "github"


def commands(model: Model) -> Iterator[Command]:
    """Bring the commands that the spec has a use for."""
    if model.retraining and runs(model):
        help_ = "Start the training workflow, if a report asks for it; TRIGGER=manual: in any case"
        yield Command("dispatch-train", ("ops/dispatch.py", "train"), help_, True, at=_AT)
        if commits(model):
            how = "a push" if model.ci and model.ci.commit_lock == "push" else "a pull request"
            help_ = f"Bring dvc.lock of a training back by {how}"
            yield Command("commit-lock", ("ops/commit_lock.py",), help_, True, at=_AT)
    if model.deploys:
        help_ = "Start the deployment workflow for the candidate, or VERSION=7"
        yield Command("dispatch-deploy", ("ops/dispatch.py", "deploy"), help_, True, at=_AT)
        help_ = "Say whether the environments at GitHub are protected as the spec demands"
        yield Command("protected", ("ops/protection.py",), help_, True, at=_AT)
    if finishes(model):
        help_ = "Start the deployment workflow for a version whose rollout must have ended"
        yield Command("dispatch-finish", ("ops/dispatch.py", "finish"), help_, True, at=_AT)
    help_ = "Set up environments and approvals at GitHub; lists secrets to set"
    yield Command("github-setup", ("ops/github_setup.py",), help_, True, at=_AT)


def commits(model: Model) -> bool:
    """Say whether a training brings dvc.lock back to git."""
    return bool(model.ci and model.ci.commit_lock != "none")


def finishes(model: Model) -> bool:
    """Say whether a run at GitHub looks for rollouts that have ended by themselves."""
    return bool(model.rollouts) and runs(model)


def programs(model: Model) -> str:
    """Return the names of the programs."""
    trains = bool(model.retraining and runs(model))
    lock = trains and commits(model)
    return _ALWAYS + _DISPATCH * (trains or model.deploys) + _LOCK * lock
