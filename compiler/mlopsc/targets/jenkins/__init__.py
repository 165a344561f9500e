"""Jenkins: thin pipelines that call make commands, and the calls that start one from another."""

from collections.abc import Iterator

from mlopsc.files import File, Template, Verbatim
from mlopsc.model import Model
from mlopsc.symbols import Command, EnvVar, Need, Note, Secret, Setting, Symbol, Table
from mlopsc.targets.jenkins.parts import Offered, Pipeline
from mlopsc.targets.jenkins.pipelines import pipelines
from mlopsc.targets.offered import needed, own, shared

SECTIONS = ("ci: jenkins", "scheduler: jenkins")
SUMMARY = "Jenkinsfile, jenkins/{train,deploy,…}.groovy (ci.provider: jenkins)"

_AT = ("ci",)
_SHARED = "processes settings verdict"


def offers(model: Model) -> Iterator[Symbol]:
    """Bring the commands that call Jenkins, and the one that brings dvc.lock back."""
    if not _is_used(model):
        return
    yield from own(" ".join(_programs(model)), _AT)
    yield from shared(_SHARED, _AT)
    yield from _commands(model)
    yield Note("Pipelines at Jenkins", tuple(_words(model)), at=_AT)
    if _commits(model):
        yield Setting("ci", {"commit_lock": model.ci.commit_lock if model.ci else ""}, at=_AT)
    for kind in _called(model):
        yield EnvVar(f"JENKINS_{kind.upper()}_URL", purpose=f"the job at Jenkins of {kind}.groovy", at=_AT)
    if _called(model):
        yield EnvVar("JENKINS_USER", purpose="who starts jobs at Jenkins", at=_AT)
        yield Secret("JENKINS_TOKEN", purpose="the API token of JENKINS_USER", at=_AT)


def files(model: Model, table: Table) -> Iterator[File]:
    """Write the pipelines and the programs."""
    if not _is_used(model):
        return
    for program in own(" ".join(_programs(model)), _AT):
        yield File(program.name, Verbatim(program.name), needs=needed(_SHARED, _AT), at=_AT)
    offered = Offered(model, table)
    for pipeline in pipelines(offered):
        needs = tuple(Need(Command, name, _AT) for name in pipeline.commands if name != "setup")
        template = Template("pipeline.groovy", _values(offered, pipeline))
        yield File(pipeline.path, template, needs=needs, at=_AT)


def _values(offered: Offered, pipeline: Pipeline) -> dict[str, object]:
    return {
        **{name: getattr(pipeline, name) for name in Pipeline.__slots__},
        "runner": offered.model.ci.runner if offered.model.ci else "",
        "environment": "" if pipeline.apart else offered.model.environments[-1].name,
        "folder": offered.model.folder or ".",
        "together": not pipeline.apart,
        "reports": offered.reports,
        "receivers": offered.receivers,
        "steps": f"STEPS={' '.join(pipeline.told)}",
    }


def _is_used(model: Model) -> bool:
    return bool(model.name and model.ci and model.ci.provider == "jenkins")


def _trains(model: Model) -> bool:
    return bool(model.retraining and model.scheduler == "jenkins")


def _commits(model: Model) -> bool:
    return bool(_trains(model) and model.pipeline and model.ci and model.ci.commit_lock != "none")


def _finishes(model: Model) -> bool:
    return bool(model.rollouts) and model.scheduler == "jenkins"


def _called(model: Model) -> tuple[str, ...]:
    """Return which jobs are started from elsewhere."""
    return (*(["train"] if _trains(model) else []), *(["deploy"] if model.deploys else []))


def _programs(model: Model) -> tuple[str, ...]:
    return (*(["dispatch_jenkins"] if _called(model) else []), *(["lock_branch"] if _commits(model) else []))


def _commands(model: Model) -> Iterator[Command]:
    said = {"train": "Start the training at Jenkins", "deploy": "Start the deployment of VERSION at Jenkins"}
    for kind in _called(model):
        yield Command(f"dispatch-{kind}", ("ops/dispatch_jenkins.py", kind), said[kind], True, at=_AT)
    if _finishes(model):
        help_ = "Start the deployment at Jenkins of a version whose rollout must have ended"
        yield Command("dispatch-finish", ("ops/dispatch_jenkins.py", "finish"), help_, True, at=_AT)
    if _commits(model):
        help_ = "Commit dvc.lock of a training, and push it"
        yield Command("commit-lock", ("ops/lock_branch.py",), help_, True, at=_AT)


def _words(model: Model) -> Iterator[str]:
    yield "Jenkinsfile is for a multibranch pipeline, what lies in jenkins/ for one on the default branch."
    yield "Jenkins learns clocks and parameters of a job when it runs: start each new one once by hand."
    yield "Secrets are credentials (secret text) of their names; variables are those of the folder or node."
    if _commits(model) and model.ci:
        whereto = "the default branch"
        if model.ci.commit_lock == "pull_request":
            whereto = f"mlopsc/{model.name}-lock (you open the pull request)"
        yield f"After a training dvc.lock is pushed to {whereto} by the credential GIT_PUSH."
    if any(each.approval for each in model.environments) and model.deploys:
        yield "Who may build the job may approve at Jenkins; no agent is held while it waits."
    if model.ci and model.ci.aws_role:
        yield "The role in the cloud is not taken on here: give it to the agents."
    if _called(model):
        yield "Jobs start each other by their addresses, JENKINS_USER and an API token (make dispatch-…)."
