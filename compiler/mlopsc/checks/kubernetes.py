"""Kubernetes: each environment has a place of its own, an image to pull, and labels that are labels."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mlopsc import defaults
from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View

if TYPE_CHECKING:
    from mlopsc.spec.environments import Environment

# kubernetes.io/docs/concepts/overview/working-with-objects/labels, "Syntax and character set".
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")


def context(view: View) -> Iterator[Diagnostic]:
    """A cluster is named by kubectl's context: without one, whichever was used last would be taken (M302)."""
    for name, environment in _clusters(view):
        if environment.cluster and environment.cluster.context is None:
            message = f"the cluster of `{name}` has no `context`: kubectl would take the one used last"
            hint = "add it, e.g. `cluster: {context: prd-eu}`; `kubectl config get-contexts` lists them"
            yield Diagnostic("M302", message, ("environments", name, "cluster"), hint=hint, on_key=True)


def places(view: View) -> Iterator[Diagnostic]:
    """No two environments are in one namespace of one cluster: their objects have the same names (M304)."""
    seen: dict[tuple[str, str], str] = {}
    for name, environment in _clusters(view):
        cluster = environment.cluster
        if cluster is None or cluster.context is None:
            continue
        place = (cluster.context, cluster.namespace or "default")
        other = seen.setdefault(place, name)
        if other != name:
            where = f"context {place[0]}, namespace {place[1]}"
            message = f"`{name}` and `{other}` are one place, {where}: each would replace the other"
            hint = f"give each its own namespace, e.g. `namespace: {place[1]}-{name}`"
            yield Diagnostic("M304", message, ("environments", name, "cluster"), hint=hint, on_key=True)


def image(view: View) -> Iterator[Diagnostic]:
    """A cluster pulls an image, from where every node can reach it (M302)."""
    serving = view.spec.serving
    if serving is None:
        return
    named = {name: _overlaid(each.serving, "image", serving.image) for name, each in _clusters(view)}
    if lacking := [f"`{name}`" for name, found in named.items() if not found]:
        message = f"a cluster pulls the service's image, and none is named for {' and '.join(lacking)}"
        hint = "add `image: ghcr.io/acme/churn`, without a tag"
        yield Diagnostic("M302", message, ("serving",), hint=hint, on_key=True)


def cost_center(view: View) -> Iterator[Diagnostic]:
    """The cost centre is a label of everything in Kubernetes (M356)."""
    base = view.spec.costs.center if view.spec.costs else None
    told: set[Path] = set()
    for name, environment in _clusters(view):
        center = _overlaid(environment.costs, "center", base)
        own = "center" in (environment.costs or {})
        at: Path = ("environments", name, "costs", "center") if own else ("costs", "center")
        if isinstance(center, str) and not _LABEL.fullmatch(center) and at not in told:
            told.add(at)
            message = f"`{center}` becomes the label `cost-center`, and is no value of a label"
            hint = "at most 63 letters, digits, `-`, `_` and `.`, a letter or digit first and last"
            yield Diagnostic("M356", message, at, hint=hint)


def log(view: View) -> Iterator[Diagnostic]:
    """What drift reads of production outlives the pod that wrote it (M345)."""
    spec, places = view.spec, dict(_clusters(view))
    # The one whose batch jobs run stands last.
    name = next(reversed(tuple(spec.environments or ())), "")
    if name not in places or not _reads_log(view):
        return
    base = spec.serving.prediction_log if spec.serving else None
    own = _overlaid(places[name].serving, "prediction_log", {})
    path = None if own is None else _overlaid(own, "path", base.path if base else None)
    if isinstance(path, str) and "://" not in path:
        at: Path = ("serving", "prediction_log", "path")
        at = ("environments", name, *at) if own and "path" in own else at
        message = f"drift reads the log of predictions, and in `{name}` each pod would take its part with it"
        yield Diagnostic("M345", message, at, hint="name an object store: `path: s3://bucket/predictions/`")


def _reads_log(view: View) -> bool:
    """Say whether drift looks at predictions, and has them from the service alone."""
    drift = view.spec.drift
    if drift is None or view.spec.scoring:
        return False
    return defaults.drifts_in(view.spec) == "predictions" or any(test.predictions for test in drift.tests)


def _clusters(view: View) -> Iterator[tuple[str, "Environment"]]:
    if view.spec.deployment:
        for name, environment in (view.spec.environments or {}).items():
            if environment.cluster:
                yield name, environment


def _overlaid(overlay: dict[str, Any] | None, key: str, otherwise: Any) -> Any:
    return (overlay or {}).get(key, otherwise)


RULES = (context, places, image, cost_center, log)
