"""GitHub: workflows that call make commands, and what sets up and serves them."""

from collections.abc import Iterator

from mlopsc.files import Data, File, Place, Template, Verbatim
from mlopsc.model import Model
from mlopsc.symbols import Command, EnvVar, Need, Note, Report, Secret, Setting, Symbol, Table
from mlopsc.targets.github.ci import ci
from mlopsc.targets.github.commands import commands, finishes, programs, runs
from mlopsc.targets.github.credentials import CLUSTER, cluster
from mlopsc.targets.github.deploy import deploy
from mlopsc.targets.github.images import REGISTRY_KEYS, has_keys
from mlopsc.targets.github.monitor import monitor, watches
from mlopsc.targets.github.parts import Workflow
from mlopsc.targets.github.singletons import singletons
from mlopsc.targets.github.steps import Steps
from mlopsc.targets.github.train import train
from mlopsc.targets.github.view import values
from mlopsc.targets.offered import needed, own, shared

SECTIONS = ("ci: github", "scheduler: github")
SUMMARY = (
    ".github: workflows <model>-{ci,train,deploy,monitor}.yml, dependabot, CODEOWNERS (provider: github)"
)

_AT = ("ci",)
_SHARED = "processes settings verdict"


def offers(model: Model) -> Iterator[Symbol]:
    """Bring the commands that speak with GitHub."""
    if not _is_used(model):
        return
    yield from commands(model)
    yield from own(programs(model), _AT)
    yield from shared(_SHARED, _AT)
    if has_keys(model):
        for name in REGISTRY_KEYS:
            yield Secret(name, purpose="where images are pushed", at=("serving", "image"))
    yield Setting("ci", _settings(model), at=_AT)
    yield Report("reports/github-setup.json", "how the environments at GitHub are protected", at=_AT)
    yield Note("Workflows at GitHub", tuple(_words(model)), at=_AT)


def files(model: Model, table: Table) -> Iterator[File]:
    """Write the workflows, what is there once in a repository, and the programs."""
    if model.ci and model.ci.provider == "github":
        yield from singletons(model)
    if not _is_used(model):
        return
    for program in own(programs(model), _AT):
        yield File(program.name, Verbatim(program.name), needs=needed(_SHARED, _AT), at=_AT)
    names = {
        "secrets": [each.name for each in table[Secret] if each.name != CLUSTER],
        "variables": [each.name for each in table[EnvVar] if not each.local],
    }
    served = [each.name for each in model.environments if each.name and each.deployment]
    guarded = {name: list(cluster(table)) for name in served if cluster(table)}
    yield File("config/github.json", Data({**names, "environments": guarded}), at=_AT)
    for workflow in _workflows(Steps(model, table)):
        path = f".github/workflows/{model.name}-{workflow.kind}.yml"
        template = Template("workflow.yml", values(workflow, model.name, model.folder))
        yield File(path, template, Place.ROOT, needs=tuple(_needs(workflow)), at=_AT)


def _is_used(model: Model) -> bool:
    return bool(model.name and model.ci and model.ci.provider == "github")


def _workflows(steps: Steps) -> Iterator[Workflow]:
    model = steps.model
    yield ci(steps)
    if model.retraining and runs(model):
        yield train(steps)
    if watches(steps) and runs(model):
        yield monitor(steps)
    if model.deploys:
        yield deploy(steps)


def _needs(workflow: Workflow) -> Iterator[Need]:
    commands = [step.run.removeprefix("make ") for job in workflow.jobs for step in job.steps if step.run]
    return (Need(Command, name, _AT) for name in dict.fromkeys(commands) if name != "setup")


def _settings(model: Model) -> dict[str, object]:
    return {
        "commit_lock": model.ci.commit_lock if model.ci else "",
        "folder": model.folder,
        "owners": list(model.ci.owners) if model.ci else [],
        "environments": [each.name for each in model.environments if each.name],
        "approval": [each.name for each in model.environments if each.approval],
    }


def _words(model: Model) -> Iterator[str]:
    yield f"{model.name}-ci looks at each change. It registers nothing."
    if model.retraining and runs(model):
        yield f"{model.name}-train trains when something asks for it; start it by hand under Actions."
    if runs(model) and (model.drift or (model.validation and model.validation.schedule)):
        yield f"{model.name}-monitor watches the data on its schedule."
    if runs(model) and model.scoring and model.scoring.schedule:
        yield f"{model.name}-monitor scores on its schedule."
    if finishes(model):
        yield f"{model.name}-monitor finishes each hour what a rollout has ended by itself."
    if any(each.aws_role and each.deployment and each.deployment.rollout for each in model.environments):
        yield "A role is taken on for an hour: a rollout is followed for 50 minutes, and then ends by itself."
    if model.deploys:
        yield f"{model.name}-deploy puts one version into service, and takes it back if it fails."
    last = model.environments[-1].name
    settings = f"PYTHON=python3 MLOPS_ENV={last}" if last else "PYTHON=python3"
    yield f"Once: make github-setup {settings}, by somebody who may administer the repository."
    for role, subjects in _subjects(model).items():
        yield f"AWS: {role} is taken on as {', '.join(subjects)} (sub of GitHub's token); let in no other."
    if model.deploys and any(each.deployment.cluster for each in model.environments if each.deployment):
        yield "KUBECONFIG_DATA is a secret of each environment: one of the repository is for every branch."
    if model.folder:
        yield "Where its checks are required, let them run for all: GitHub waits for one that paths left out."


def _subjects(model: Model) -> dict[str, list[str]]:
    """Return for each role whom GitHub says that a job is (docs.github.com, "OpenID Connect reference")."""
    found: dict[str, list[str]] = {}
    if model.ci and model.ci.aws_role:
        found[model.ci.aws_role] = ["repo:OWNER/NAME:ref:refs/heads/main", "repo:OWNER/NAME:pull_request"]
    for each in model.environments:
        if each.aws_role and each.deployment and model.deploys:
            found.setdefault(each.aws_role, []).append(f"repo:OWNER/NAME:environment:{each.name}")
    return found
