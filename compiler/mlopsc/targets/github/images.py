"""Where images are pushed to, and who may."""

from mlopsc.model import Model
from mlopsc.targets.github.expressions import expression, secret
from mlopsc.targets.github.parts import Step
from mlopsc.targets.github.pinned import action

OF_GITHUB, _OF_AWS = "ghcr.io", ".amazonaws.com"
REGISTRY_KEYS = ("REGISTRY_USER", "REGISTRY_PASSWORD")


def registries(model: Model) -> list[str]:
    """Return the hosts that images are pushed to; empty text for Docker Hub."""
    images = [each.deployment.image for each in model.environments if each.deployment]
    hosts = [image.partition("/")[0] for image in images]
    return list(dict.fromkeys(host if "." in host or ":" in host else "" for host in hosts))


def has_keys(model: Model) -> bool:
    """Say whether signing in somewhere takes keys of its own: GitHub has its token, AWS its role."""
    return model.deploys and any(_takes_keys(model, host) for host in registries(model))


def builder() -> Step:
    """Bring buildx, which keeps layers in the registry."""
    return action("Set up buildx", "docker/setup-buildx-action", {})


def sign_in(model: Model) -> list[Step]:
    """Sign in where images are: at GitHub with the job's own token."""
    return [_sign_in(model, host) for host in registries(model)]


def _sign_in(model: Model, host: str) -> Step:
    options = {"registry": host} if host else {}
    if host == OF_GITHUB:
        options |= {"username": expression("github.actor"), "password": expression("github.token")}
    elif _takes_keys(model, host):
        options |= {"username": secret(REGISTRY_KEYS[0]), "password": secret(REGISTRY_KEYS[1])}
    return action("Sign in where images are", "docker/login-action", options)


def _takes_keys(model: Model, host: str) -> bool:
    by_role = model.ci is not None and model.ci.aws_role and host.endswith(_OF_AWS)
    return host != OF_GITHUB and not by_role
