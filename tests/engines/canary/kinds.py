"""The kinds of objects that the stand-in for Kubernetes' API server knows, and what each must hold.

Source of every rule: the strategies and validations of Kubernetes 1.36 (pkg/registry/*/strategy.go,
pkg/apis/*/validation), Istio's ValidateVirtualService, and the schema of the Gateway API.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Object = dict[str, Any]
# metav1.RFC3339Micro: exactly six digits; metav1.Time is RFC 3339 as Go reads it.
MICRO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)")
SECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


class Answer(Exception):
    """What is not 2xx: a Status, with its code and reason."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code, self.reason, self.message = code, reason, message

    def body(self) -> Object:
        return {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "code": self.code,
        }


def invalid(message: str) -> Answer:
    return Answer(422, "Invalid", message)


@dataclass(frozen=True)
class Kind:
    """A resource: `status` says that it has a status that only /status writes, `custom` that it is a CRD's.

    `unconditional`: an update may leave the resource version out; `made_by_put`: an update may make it.
    """

    group: str
    version: str
    plural: str
    name: str
    status: bool = False
    custom: bool = False
    unconditional: bool = True
    made_by_put: bool = False
    rules: Callable[[Object], Iterator[str]] = lambda _object: iter(())

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version


def _times(found: Object, micro: tuple[str, ...], seconds: tuple[str, ...] = ()) -> None:
    for names, shape, layout in (
        (micro, MICRO, "2006-01-02T15:04:05.000000Z07:00"),
        (seconds, SECONDS, "2006-01-02T15:04:05Z07:00"),
    ):
        for name in names:
            text = found.get(name)
            if text is not None and not (isinstance(text, str) and shape.fullmatch(text) and _real(text)):
                raise Answer(400, "BadRequest", f'parsing time "{text}" as "{layout}": cannot parse ({name})')


def _real(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _lease(found: Object) -> Iterator[str]:
    spec = found.get("spec", {})
    _times(spec, ("acquireTime", "renewTime"))
    seconds = spec.get("leaseDurationSeconds")
    if seconds is not None and (not isinstance(seconds, int) or seconds <= 0):
        yield f"spec.leaseDurationSeconds: Invalid value: {seconds}: must be greater than 0"
    if spec.get("leaseTransitions", 0) < 0:
        yield "spec.leaseTransitions: Invalid value: must be greater than or equal to 0"


def _deployment(found: Object) -> Iterator[str]:
    spec = found["spec"]
    wanted = spec.get("selector", {}).get("matchLabels", {})
    labels = spec["template"].get("metadata", {}).get("labels", {})
    if not wanted or not wanted.items() <= labels.items():
        yield "spec.template.metadata.labels: Invalid value: `selector` does not match template `labels`"
    replicas = spec.get("replicas", 1)
    if not isinstance(replicas, int) or isinstance(replicas, bool) or replicas < 0:
        yield f"spec.replicas: Invalid value: {replicas}: must be greater than or equal to 0"
    for each in spec["template"]["spec"]["containers"]:
        if not each.get("image"):
            yield "spec.template.spec.containers[0].image: Required value"


def _event(found: Object) -> Iterator[str]:
    _times(found, ("eventTime",), ("firstTimestamp", "lastTimestamp"))
    about = found.get("involvedObject", {}).get("namespace", "")
    if about != found["metadata"].get("namespace", ""):
        yield f'involvedObject.namespace: Invalid value: "{about}": does not match event.namespace'
    if found.get("eventTime"):
        for name in ("reportingComponent", "reportingInstance", "action", "reason"):
            if not found.get(name):
                yield f"{name}: Required value"


def _virtual_service(found: Object) -> Iterator[str]:
    for route in found.get("spec", {}).get("http", []):
        weights = [each.get("weight", 0) for each in route.get("route", [])]
        if any(not isinstance(each, int) for each in weights):
            yield "spec.http.route.weight: Invalid value: must be an integer"
        elif any(each < 0 for each in weights):
            yield f"weight {min(weights)} < 0"
        elif len(weights) > 1 and not sum(weights):
            yield "total destination weight = 0"


def _http_route(found: Object) -> Iterator[str]:
    for rule in found.get("spec", {}).get("rules", []):
        for each in rule.get("backendRefs", []):
            weight = each.get("weight", 1)
            if not isinstance(weight, int) or not 0 <= weight <= 1_000_000:
                yield f"spec.rules.backendRefs.weight: Invalid value: {weight}: should be 0 to 1000000"


DEPLOYMENT = Kind("apps", "v1", "deployments", "Deployment", status=True, rules=_deployment)
LEASE = Kind(
    "coordination.k8s.io", "v1", "leases", "Lease", unconditional=False, made_by_put=True, rules=_lease
)
EVENT = Kind("", "v1", "events", "Event", rules=_event)
POD = Kind("", "v1", "pods", "Pod", status=True)
VIRTUAL_SERVICE = Kind(
    "networking.istio.io", "v1", "virtualservices", "VirtualService", custom=True, unconditional=False, rules=_virtual_service
)  # fmt: skip
HTTP_ROUTE = Kind(
    "gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute", status=True, custom=True, unconditional=False, rules=_http_route
)  # fmt: skip
KINDS = (DEPLOYMENT, LEASE, EVENT, POD, VIRTUAL_SERVICE, HTTP_ROUTE)
