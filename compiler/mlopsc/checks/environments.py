"""Environments as a whole: a canary has its cluster, a test its staging."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlopsc.diagnostics import Diagnostic
from mlopsc.resolve import View

if TYPE_CHECKING:
    from mlopsc.spec.environments import Environment


def cluster(view: View) -> Iterator[Diagnostic]:
    """Traffic is shifted by Kubernetes; one host can only replace a version (M302)."""
    written = view.spec.deployment
    if written is None:
        return
    hint = "add `cluster: {context: prd-eu, namespace: ml}`, or say `strategy: rolling`"
    if view.spec.environments is None:
        if written.strategy != "rolling":
            message = f"`strategy: {written.strategy}` needs an environment with a `cluster`"
            hint = (
                "add `environments: {production: {cluster: {context: prd-eu}}}`, or say `strategy: rolling`"
            )
            yield Diagnostic("M302", message, ("deployment", "strategy"), hint=hint)
        return
    for name, environment in view.spec.environments.items():
        strategy = strategy_of(environment, written.strategy)
        if strategy != "rolling" and environment.cluster is None:
            message = f"`strategy: {strategy}` needs a `cluster`, and `{name}` has none"
            yield Diagnostic("M302", message, ("environments", name), hint=hint, on_key=True)


def staging(view: View) -> Iterator[Diagnostic]:
    """What is tested before production is tested in staging (M302)."""
    if view.spec.deployment and view.spec.deployment.test and "staging" not in (view.spec.environments or {}):
        message = "`test` needs an environment called `staging`"
        hint = "add `environments: {staging: {…}, production: {…}}`"
        yield Diagnostic("M302", message, ("deployment", "test"), hint=hint, on_key=True)


def chart(view: View) -> Iterator[Diagnostic]:
    """A Helm chart is that of a canary, which some environment has (M351)."""
    written, places = view.spec.deployment, view.spec.environments or {}
    if written is None or written.packaging != "helm":
        return
    if all(strategy_of(each, written.strategy) == "rolling" for each in places.values()):
        message = "`packaging: helm` is for a canary in Istio, and each version replaces the one before"
        hint = "write `packaging: kustomize`, or `strategy: canary` with `provider: istio`"
        yield Diagnostic("M351", message, ("deployment", "packaging"), hint=hint)


def image(view: View) -> Iterator[Diagnostic]:
    """CI builds an image where it is not served, so that it has to be pulled from somewhere (M302)."""
    serving = view.spec.serving
    if view.spec.ci is None or view.spec.deployment is None or serving is None:
        return
    places = view.spec.environments
    hosts = [{}] if places is None else [e.serving or {} for e in places.values() if e.cluster is None]
    named = [host.get("image", serving.image) for host in hosts]
    if not all(named):
        message = "CI builds the service's image for another machine to pull, and none is named"
        hint = "add `image: ghcr.io/acme/churn`, without a tag; without `ci` it stays where it is built"
        yield Diagnostic("M302", message, ("serving",), hint=hint, on_key=True)


def strategy_of(environment: "Environment", otherwise: str) -> str:
    """Return the strategy of an environment, which may be that of the spec."""
    overlay = environment.deployment or {}
    strategy = overlay.get("strategy")
    return strategy if isinstance(strategy, str) else otherwise


RULES = (cluster, staging, chart, image)
