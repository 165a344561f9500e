"""From a version in the registry to a service: an image, its deployment, a look at it, and the way back."""

from collections.abc import Iterator
from typing import Any

from mlopsc.files import File, Verbatim
from mlopsc.model import Delivery, Environment, Model
from mlopsc.symbols import Command, EnvVar, Job, Note, Report, Secret, Setting, Symbol, Table
from mlopsc.targets.offered import needed, own, packages, shared, tracking

SECTIONS = ("deployment: rolling",)
SUMMARY = "ops/image.py, ops/deploy.py: versions as images, on one host or in Kubernetes"

_AT = ("deployment",)
_OWN = "applied cluster deploy host image kubectl left manifests places release"
# Where some environment gives a version its traffic in steps, and what each controller of it asks for.
_STEPWISE = "course finish_rollout following pending roll_back stepped stepwise"
_CONTROLLERS = {
    "argo-rollouts": "argo_rollouts asked traffic watched",
    "flagger": "asked flagger watched",
    "kserve": "controller inference lease led trial",
}
_OURS = "canary controller lease led traffic"
# Not at the full hour, when everybody's work begins.
_HOURLY = "23 * * * *"
_HOOKS = ("before_deploy", "after_deploy")
_SHARED = "digests local processes settings state tracking verdict"
_NEEDED = f"{_SHARED} build_context"
_IMAGE = "Build the image of VERSION=7; in CI, or with PUSH=1, push it"
_COMMANDS = (
    Command("image", ("ops/image.py",), _IMAGE, at=_AT),
    Command("verify", ("ops/deploy.py", "--verify"), "Say whether VERSION=7 serves well", True, at=_AT),
    Command("back-out", ("ops/deploy.py", "--back"), "Bring back what ran before VERSION=7", at=_AT),
)


_ON_A_HOST = (
    "One host: serving/deploy.sh, by docker alone, also elsewhere (DOCKER_HOST); it listens at LISTEN.",
    "A new version starts beside the old one, takes its listening socket and answers; then the old one "
    "answers what it has and stops. That needs the host's network: --network=host, no --publish.",
    "At night: SERVICE=NAME sh serving/deploy.sh status, back, or up VERSION IMAGE; NAME is the model's "
    "name, with -ENVIRONMENT if it has any; docker logs NAME-v7 has a line of JSON for each event.",
    "With docker alone: docker start NAME-v6, wait until docker exec NAME-v6 python /srv/probe.py is "
    "silent and exits with 0, then docker stop -t 30 NAME-v7.",
)


def offers(model: Model) -> Iterator[Symbol]:
    """Bring the commands between a registered version and one that serves."""
    if not model.deploys:
        return
    yield from _commands(model)
    yield from own(_programs(model), _AT)
    yield from shared(_SHARED, _AT)
    yield from packages(("mlflow",), _AT)
    yield from tracking(model)
    places = {each.name: each.deployment for each in model.environments if each.deployment}
    values = {each.name: _settings(model, each) for each in model.environments if each.deployment}
    yield Setting("deployment", instead=values, at=_AT)
    if around := {name: model.hooks[name] for name in _HOOKS if name in model.hooks}:
        yield Setting("hooks", around, at=("hooks",))
    if _on_hosts(model):
        yield from _of_a_host(model)
    if model.ci and any(place.cluster for place in places.values()):
        purpose = "the kubeconfig, where the machine has none; at GitHub of an environment, never for all"
        yield Secret("KUBECONFIG_DATA", purpose=purpose, at=("environments",))
    for name in ("image", "deploy", "verify", "back-out", *(["finish-rollout"] if model.rollouts else [])):
        yield Report(f"reports/{name}.json", f"how the last make {name} ended", at=_AT)
    yield Note("Deployment", tuple(_words(model, list(places.values()))), at=_AT)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the programs."""
    if not model.deploys:
        return
    for program in own(_programs(model), _AT):
        yield File(program.name, Verbatim(program.name), needs=needed(_NEEDED, _AT), at=_AT)
    if _on_hosts(model):
        script = "serving/deploy.sh"
        yield File(script, Verbatim(script), at=_AT, executable=True)


def _programs(model: Model) -> str:
    if not model.rollouts:
        return _OWN
    found = [_CONTROLLERS.get(each.provider, _OURS) for each in model.rollouts.values()]
    return " ".join(sorted(set(" ".join([_OWN, _STEPWISE, *found]).split())))


def _commands(model: Model) -> Iterator[Symbol]:
    """Bring what is called by hand, by a workflow, and by a clock."""
    yield from _COMMANDS
    stepwise = bool(model.rollouts)
    yield Command("deploy", ("ops/deploy.py",), "Put VERSION=7 into service in MLOPS_ENV", stepwise, at=_AT)
    if stepwise:
        help_ = "Finish what a rollout has ended by itself: look at it, make it the champion"
        yield Command("finish-rollout", ("ops/finish_rollout.py",), help_, True, at=_AT)
        yield Job("rollout", ("finish-rollout",), cron=_HOURLY, words="each hour", at=_AT)


def _on_hosts(model: Model) -> bool:
    return any(each.deployment and each.deployment.cluster is None for each in model.environments)


def _of_a_host(model: Model) -> Iterator[Symbol]:
    """Bring what serving/deploy.sh reads."""
    purpose = "the address where the service listens on its host, with its port"
    yield EnvVar("LISTEN", purpose=purpose, default="127.0.0.1:8080", at=_AT)
    yield EnvVar("DOCKER_HOST", purpose="docker's host, where it is not this machine", at=_AT)
    purpose = "a file of NAME=value for the service on its host, as docker's --env-file"
    yield EnvVar("SERVICE_ENV", purpose=purpose, at=_AT)
    logs = [each.service.log for each in model.environments if each.service and each.service.log]
    if any(log.path and "://" not in log.path for log in logs):
        purpose = "the host's folder for predictions, which user 10001 may write to; else a volume"
        yield EnvVar("PREDICTIONS", purpose=purpose, at=_AT)


def _settings(model: Model, environment: Environment) -> dict[str, Any]:
    place, service = environment.deployment, environment.service
    if place is None:
        return {}
    cluster, last = place.cluster, environment is model.environments[-1]
    predictions = service.log.path if service and service.log else ""
    return {
        **({"predictions": predictions} if predictions and cluster is None else {}),
        "image": place.image,
        "python": model.python.version,
        "cluster": {"context": cluster.context, "namespace": cluster.namespace} if cluster else {},
        "error_rate": place.error_rate,
        # Elsewhere the next environment decides about the champion.
        **({"promotes": last} if place.rollout else {}),
    }


def _words(model: Model, places: list[Delivery]) -> Iterator[str]:
    tag = f"{model.name}-v7"
    yield f"Version 7 is the image {' or '.join(dict.fromkeys(f'{place.image}:{tag}' for place in places))}."
    yield "make image, deploy, verify (VERSION=7, MLOPS_ENV) bring it into service; then make promote."
    yield "A version that does not come up gives way at once to the one before; make back-out does so later."
    if any(place.cluster is None for place in places):
        yield from _ON_A_HOST
    if any(place.cluster for place in places):
        yield "Kubernetes: kubectl must know the environment's context; it never falls back on another."
