"""How an environment takes a version into service."""

from typing import TYPE_CHECKING

from mlopsc.model.delivery import Cluster, Delivery
from mlopsc.resolve.views import View

if TYPE_CHECKING:
    from mlopsc.spec.environments import Cluster as WrittenCluster


def delivery(view: View, cluster: "WrittenCluster | None") -> Delivery | None:
    """Return how a view's environment delivers; None where it does not, or where no image is named.

    Where the machine that builds an image also runs it, the image needs no place to be pulled from: it is
    called as the model is.
    """
    written, serving = view.spec.deployment, view.spec.serving
    if written is None or serving is None:
        return None
    local = view.spec.model.name if view.spec.model and cluster is None and view.spec.ci is None else ""
    image = serving.image or local
    if not image:
        return None
    promised = serving.slo.error_rate if serving.slo else None
    return Delivery(
        strategy=written.strategy,
        image=image,
        pull_secret=serving.pull_secret or "",
        cluster=Cluster(cluster.context or "", cluster.namespace or "default") if cluster else None,
        error_rate=promised.value if promised else None,
    )
