"""What pods of a mesh need besides the service's own: ways for their proxies, and words to them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlopsc.targets.kubernetes.provider import Part
from mlopsc.targets.kubernetes.shared import QUIET_SECONDS

if TYPE_CHECKING:
    from mlopsc.targets.kubernetes.overlay import Overlay

ISTIO = "Istio's ports: https://istio.io/latest/docs/ops/deployment/application-requirements/"


def parts(place: "Overlay", about: str) -> Iterator[Part]:
    """Yield what is told to a sidecar by annotations of its pod, and the policy for its traffic."""
    drain = f"{{terminationDrainDuration: {QUIET_SECONDS}s}}"
    yield Part("sidecar", "mesh/sidecar.yaml", {"name": place.name, "drain": drain}, patches="Deployment")
    name = f"{place.name}-mesh"
    values = {"name": name, "pods": place.name, "about": about, "asks": bool(place.test)}
    yield Part("networkpolicy-mesh", "mesh/networkpolicy.yaml", values, (f"NetworkPolicy/{name}",))


def words(place: "Overlay", asks: str = "the rollout's pod, which has no proxy") -> Iterator[str]:
    """Yield what surprises in every mesh; `asks` is who asks Prometheus."""
    where = f"{place.name}.{place.cluster.namespace}"
    yield (
        f"{place.environment}: label the namespace so that pods get the mesh's proxy. The caller's proxy "
        "shares out the traffic: who has none, outside of the mesh or behind a gateway without a route to "
        f"{where}, meets stable and canary by their number of pods."
    )
    if place.test:
        yield (
            f"{place.environment}: in an A/B test stable pods ask {place.test['url']} for the canary's "
            f"answers, by their own proxy: an AuthorizationPolicy must let the ServiceAccount {place.name} "
            "call itself. Who asks from outside of the mesh is answered by canary pods too, whatever the id."
        )
    yield (
        "Shares are of requests, not of callers: the next request of one may go to the other version, and "
        "consistentHash does not hold across weighted destinations."
    )
    yield (
        "mTLS STRICT: Prometheus has no certificate of the mesh, and scrapes at port 15020, where the "
        "proxy adds the service's metrics to its own (the prometheus.io annotations lead there). A "
        "PodMonitor asks the pod itself, which STRICT refuses. Prometheus must also answer "
        f"{asks}. Without data no version is promoted."
    )
