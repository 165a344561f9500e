"""How an environment takes a version into service."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mlopsc import defaults
from mlopsc.model.delivery import Cluster, Delivery, Rollout
from mlopsc.resolve.experiment import experiment
from mlopsc.resolve.service import promised
from mlopsc.resolve.views import View

if TYPE_CHECKING:
    from mlopsc.spec import Spec
    from mlopsc.spec.environments import Cluster as WrittenCluster

# Where the charts and manifests of Prometheus put it, in a namespace of its own.
_PROMETHEUS = "http://prometheus.monitoring:9090"


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
    error_rate = serving.slo.error_rate if serving.slo else None
    return Delivery(
        strategy=written.strategy,
        image=image,
        pull_secret=serving.pull_secret or "",
        cluster=Cluster(cluster.context or "", cluster.namespace or "default") if cluster else None,
        error_rate=error_rate.value if error_rate else None,
        rollout=rollout(view.spec),
        packaging=written.packaging,
    )


def rollout(spec: "Spec") -> Rollout | None:
    """Return how a version gets its traffic step by step; None where it gets it at once."""
    written, serving = spec.deployment, spec.serving
    if written is None or serving is None or written.strategy == "rolling" or written.provider is None:
        return None
    steps = tuple(step.value for step in written.steps or ()) if written.strategy == "canary" else ()
    limits = {**dict(promised(serving.slo)), **dict(promised(written.promote_if))}
    server = spec.connections.prometheus if spec.connections else None
    by_pods = written.provider == "none" and serving.replicas is not None
    least = written.promote_if.min_requests if written.promote_if else None
    return Rollout(
        provider=written.provider,
        packaging=written.packaging,
        mode=(written.mode or "standard") if written.provider == "kserve" else "",
        steps=steps,
        pods=tuple(defaults.canary_pods(step, serving.replicas.min) for step in steps)
        if by_pods and serving.replicas
        else (),
        hold=int(written.hold.seconds) if written.hold and steps else 0,
        shadow=int(written.shadow_first.seconds) if written.shadow_first else 0,
        limits=limits,
        min_requests=least or fewest_requests(limits),
        on_no_data=written.on_no_data,
        prometheus=server.url.value if server and server.url else _PROMETHEUS,
        experiment=experiment(spec) if steps else None,
    )


def fewest_requests(limits: Mapping[str, float]) -> int:
    """Return how many requests a verdict takes where the spec does not say it.

    At the limit on errors five of them fail: with fewer, one failure more or less would decide. 1% asks
    for 500 requests; without a limit on errors it is 100, where a 95th percentile has five beyond it.
    """
    rate = limits.get("error_rate", 0.0)
    return max(100, math.ceil(5 / rate - 1e-9)) if rate else 100
