"""What to type or paste where a rollout is met by hand, or by GitOps: what it does, and the text itself."""

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlopsc.targets.kubernetes.overlay import Overlay

# argo-cd.readthedocs.io: "Diff Customization", "Sync Options".
OPTIONS = "syncPolicy: {syncOptions: [RespectIgnoreDifferences=true, ApplyOutOfSyncOnly=true]}"
_PODS = (".spec.replicas", ".spec.template.spec.containers[].image")


def kubectl(place: "Overlay", *words: str) -> str:
    """Return a call of kubectl in the place of an environment alone; `words` are for a shell already."""
    where = (f"--context={place.cluster.context}", f"--namespace={place.cluster.namespace}")
    return " ".join(("kubectl", *map(shlex.quote, where), *words))


def gitops(place: "Overlay", *route: tuple[str, str, str]) -> Iterator[str | tuple[str, str]]:
    """Yield what GitOps must leave alone; `route` is the group and kind that hold weights, and their path."""
    moved = "the weights, " if route else ""
    yield (
        f"GitOps takes {moved}the canary's pods and stable's image back to what is committed, in the middle "
        "of a rollout too: Argo CD is told to leave them alone, a Kustomization of Flux is suspended "
        "meanwhile. What was promoted is then committed."
    )
    moves = (*((group, kind, (path,)) for group, kind, path in route), ("apps", "Deployment", _PODS))
    rows = ", ".join(f"{{group: {group}, kind: {kind}, {_paths(paths)}}}" for group, kind, paths in moves)
    text = f"ignoreDifferences: [{rows}]"
    yield f"Argo CD, in the spec of the Application of {place.environment}", text
    yield "Argo CD, beside it", OPTIONS


def _paths(paths: tuple[str, ...]) -> str:
    return f"jqPathExpressions: [{', '.join(repr(path) for path in paths)}]"
