"""Where images are pushed to, and who may."""

from mlopsc.model import Model
from mlopsc.targets.github.expressions import expression, secret
from mlopsc.targets.github.parts import Step
from mlopsc.targets.github.pinned import action

OF_GITHUB, _OF_AWS = "ghcr.io", ".amazonaws.com"
REGISTRY_KEYS = ("REGISTRY_USER", "REGISTRY_PASSWORD")


def registry(model: Model) -> str:
    """Return the host that images are pushed to; empty for Docker Hub."""
    images = [each.deployment.image for each in model.environments if each.deployment]
    host = images[0].partition("/")[0] if images else ""
    return host if "." in host or ":" in host else ""


def has_keys(model: Model) -> bool:
    """Say whether signing in takes keys of its own: GitHub has its token, AWS its role."""
    by_role = model.ci is not None and model.ci.aws_role and registry(model).endswith(_OF_AWS)
    return model.deploys and registry(model) != OF_GITHUB and not by_role


def builder() -> Step:
    """Bring buildx, which keeps layers in the registry."""
    return action("Set up buildx", "docker/setup-buildx-action", {})


def sign_in(model: Model) -> Step:
    """Sign in where images are: at GitHub with the job's own token."""
    host = registry(model)
    options = {"registry": host} if host else {}
    if host == OF_GITHUB:
        options |= {"username": expression("github.actor"), "password": expression("github.token")}
    elif has_keys(model):
        options |= {"username": secret(REGISTRY_KEYS[0]), "password": secret(REGISTRY_KEYS[1])}
    return action("Sign in where images are", "docker/login-action", options)
