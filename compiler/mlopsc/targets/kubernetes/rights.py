"""What the controller of a rollout may do in a cluster: its own calls, on its own objects, and no more."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mlopsc.targets.kubernetes.provider import Part

if TYPE_CHECKING:
    from mlopsc.targets.kubernetes.overlay import Overlay

# The API server's Service listens at the first; behind it, where a policy of the network looks, at the other.
_API_PORTS = (443, 6443)
# Where Prometheus itself listens: the port in its URL may be its Service's.
_PROMETHEUS = 9090
_METRICS = 8081


@dataclass(frozen=True, slots=True)
class Right:
    """Verbs on a resource of an API group: of the objects with these names, or of all in the namespace."""

    group: str
    resource: str
    verbs: tuple[str, ...]
    names: tuple[str, ...] = ()


def rights(place: "Overlay", moved: Iterable[Right]) -> Part:
    """Return the controller's account, its role and its policy; `moved` is what the provider has it change.

    The Lease, which is its lock and its memory, is made by `make deploy`: no right to create one can be
    limited to a name, and none is given.
    """
    name = f"{place.name}-rollout"
    rules = (
        Right("coordination.k8s.io", "leases", ("get", "update"), (name,)),
        *moved,
        Right("", "pods", ("list",)),
        Right("", "events", ("create",)),
    )
    kinds = ("ServiceAccount", "Role", "RoleBinding", "NetworkPolicy")
    values = {
        "name": name,
        "rules": [
            {
                "group": each.group,
                "resource": each.resource,
                "names": list(each.names),
                "verbs": list(each.verbs),
            }
            for each in rules
        ],
        "ports": list(_ports(place)),
        "metrics": _METRICS,
    }
    return Part("rollout", "rollout/rollout.yaml", values, tuple(f"{kind}/{name}" for kind in kinds))


def _ports(place: "Overlay") -> Iterator[int]:
    """Yield the ports that the controller asks at, each once."""
    server = urlsplit(place.delivery.rollout.prometheus if place.delivery.rollout else "")
    given = server.port or (443 if server.scheme == "https" else 80)
    yield from sorted({*_API_PORTS, _PROMETHEUS, given})
