"""The stand-in for the API server answers as Kubernetes documents it: versions, patches, rights, and faults."""

import http.client
import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest_engines import engine
from tests.engines.canary.api_server import Api, Fault, serving
from tests.engines.canary.kinds import DEPLOYMENT
from tests.engines.canary.rbac import Roles
from tests.engines.notify.sinks import self_signed

LEASE = "/apis/coordination.k8s.io/v1/namespaces/ml/leases/x-rollout"
DEPLOYMENTS = "/apis/apps/v1/namespaces/ml/deployments"
ROUTE = "/apis/networking.istio.io/v1/namespaces/ml/virtualservices/x"
GRANTED = [
    {"apiGroups": ["apps"], "resources": ["deployments"], "resourceNames": ["x-stable"], "verbs": ["get", "update", "patch", "watch"]},
    {"apiGroups": ["apps"], "resources": ["deployments", "deployments/scale"], "verbs": ["create", "list", "get", "update", "watch"]},
    {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["get", "create", "update", "patch"]},
    {"apiGroups": ["networking.istio.io"], "resources": ["virtualservices"], "verbs": ["get", "create", "patch", "update"]},
    {"apiGroups": ["gateway.networking.k8s.io"], "resources": ["httproutes"], "verbs": ["create"]},
    {"apiGroups": [""], "resources": ["events"], "verbs": ["create"]},
]  # fmt: skip


@dataclass
class Client:
    """Somebody with a token."""

    api: Api
    certificate: Path
    token: str = "token-of-x-rollout"

    def open(self, method: str, path: str, body: Any = None, form: str = "application/json") -> Any:
        context = ssl.create_default_context(cafile=str(self.certificate))
        connection = http.client.HTTPSConnection("127.0.0.1", self.api.port, context=context, timeout=10)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": form}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        return connection.getresponse()

    def __call__(
        self, method: str, path: str, body: Any = None, form: str = "application/json"
    ) -> tuple[int, Any]:
        got = self.open(method, path, body, form)
        return got.status, json.loads(got.read())

    def patch(self, path: str, *operations: dict[str, Any]) -> tuple[int, Any]:
        return self("PATCH", path, list(operations), "application/json-patch+json")

    def merge(self, path: str, change: Any) -> tuple[int, Any]:
        return self("PATCH", path, change, "application/merge-patch+json")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    engine("openssl")
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def client(certificate: Path) -> Iterator[Client]:
    with serving(certificate, Roles(GRANTED)) as api:
        yield Client(api, certificate)


def deployment(name: str = "x-stable", **spec: Any) -> dict[str, Any]:
    labels = {"app.kubernetes.io/name": "x", "track": "stable"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "x", "image": "x:7"}]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"selector": {"matchLabels": labels}, "template": template, **spec},
    }


def lease(**spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": "x-rollout"},
        "spec": spec,
    }


def route(*weights: int) -> dict[str, Any]:
    tracks = ("stable", "canary", "third")
    to = [
        {"destination": {"host": "x", "subset": track}, "weight": weight}
        for track, weight in zip(tracks, weights, strict=False)
    ]
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": "x"},
        "spec": {"hosts": ["x"], "http": [{"name": "weighted", "route": to}]},
    }


def test_nobody_without_the_token(client: Client) -> None:
    client.token = "another"
    code, said = client("GET", LEASE)
    assert (code, said["kind"], said["reason"]) == (401, "Status", "Unauthorized")


def test_each_call_needs_its_grant(client: Client) -> None:
    client("POST", DEPLOYMENTS, deployment())
    client("POST", DEPLOYMENTS, deployment("other"))
    replicas = {"op": "replace", "path": "/spec/replicas", "value": 2}
    assert client.patch(f"{DEPLOYMENTS}/x-stable", replicas)[0] == 200
    code, said = client.patch(f"{DEPLOYMENTS}/other", replicas)
    assert (code, said["reason"]) == (403, "Forbidden")
    assert client("DELETE", f"{DEPLOYMENTS}/x-stable")[0] == 403
    assert client("GET", "/api/v1/namespaces/ml/pods")[0] == 403
    assert client("GET", "/api/v1/namespaces/ml/events")[0] == 403
    assert [str(each) for each in client.api.roles.refused] == [
        "patch deployments.apps other",
        "delete deployments.apps x-stable",
        "list pods.",
        "list events.",
    ]


def test_a_collection_is_not_covered_by_names(certificate: Path) -> None:
    named = [{"apiGroups": ["apps"], "resources": ["deployments"], "resourceNames": ["x"], "verbs": ["*"]}]
    with serving(certificate, Roles(named)) as api:
        one = Client(api, certificate)
        assert one("GET", DEPLOYMENTS)[0] == 403
        assert one("POST", DEPLOYMENTS, deployment("x"))[0] == 403
        assert one("GET", f"{DEPLOYMENTS}/x")[0] == 404
        assert one("GET", f"{DEPLOYMENTS}/x/scale")[0] == 403, "a subresource is a resource of its own"


def test_what_was_used_of_the_grants_is_known(client: Client) -> None:
    client("POST", DEPLOYMENTS, deployment())
    client.patch(f"{DEPLOYMENTS}/x-stable", {"op": "replace", "path": "/spec/replicas", "value": 2})
    assert client.api.roles.used == {
        (1, "create", "deployments", ""),
        (0, "patch", "deployments", "x-stable"),
    }
    assert client.api.roles.used < client.api.roles.each_grant()


def test_versions_rise_with_each_change_and_not_without_one(client: Client) -> None:
    code, first = client("POST", DEPLOYMENTS, deployment())
    assert code == 201 and first["metadata"]["generation"] == 1 and first["spec"]["replicas"] == 1
    replicas = {"op": "replace", "path": "/spec/replicas", "value": 1}
    _, same = client.patch(f"{DEPLOYMENTS}/x-stable", replicas)
    assert same["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    _, more = client.patch(f"{DEPLOYMENTS}/x-stable", replicas | {"value": 3})
    assert int(more["metadata"]["resourceVersion"]) > int(first["metadata"]["resourceVersion"])
    assert more["metadata"]["generation"] == 2
    _, noted = client.merge(f"{DEPLOYMENTS}/x-stable", {"metadata": {"annotations": {"mlops/before": "x:7"}}})
    assert noted["metadata"]["generation"] == 2, "a note is no change of what is wanted"


def test_an_update_of_an_old_version_is_a_conflict(client: Client) -> None:
    _, first = client("PUT", LEASE, lease(holderIdentity="a"))
    code, _ = client("PUT", LEASE, first | {"spec": {"holderIdentity": "b"}})
    assert code == 200
    code, said = client("PUT", LEASE, first | {"spec": {"holderIdentity": "c"}})
    assert (code, said["reason"]) == (409, "Conflict")
    old = {
        "metadata": {"resourceVersion": first["metadata"]["resourceVersion"]},
        "spec": {"holderIdentity": "d"},
    }
    assert client.merge(LEASE, old)[0] == 409
    test = {"op": "test", "path": "/metadata/resourceVersion", "value": first["metadata"]["resourceVersion"]}
    assert client.patch(LEASE, test, {"op": "add", "path": "/spec/holderIdentity", "value": "e"})[0] == 422
    assert client("GET", LEASE)[1]["spec"] == {"holderIdentity": "b"}


def test_a_lease_is_made_by_put_and_never_written_without_a_version(client: Client) -> None:
    assert client("GET", LEASE)[0] == 404
    assert client("PUT", LEASE, lease(holderIdentity="a"))[0] == 201
    code, said = client("PUT", LEASE, lease(holderIdentity="b"))
    assert code == 422 and "must be specified for an update" in said["message"]
    assert client("POST", LEASE.rpartition("/")[0], lease())[0] == 409
    # A Deployment may be written without one.
    client("POST", DEPLOYMENTS, deployment())
    assert client("PUT", f"{DEPLOYMENTS}/x-stable", deployment(replicas=4))[0] == 200


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ({"renewTime": "2026-11-26T02:00:00.000000Z"}, 201),
        ({"renewTime": "2026-11-26T02:00:00.000000+00:00"}, 201),
        ({"renewTime": "2026-11-26T02:00:00Z"}, 400),
        ({"renewTime": "2026-11-26T02:00:00.123Z"}, 400),
        ({"renewTime": "2026-11-26 02:00:00.000000Z"}, 400),
        ({"renewTime": "2026-13-26T02:00:00.000000Z"}, 400),
        ({"renewTime": 1764122400.0}, 400),
        ({"leaseDurationSeconds": 0}, 422),
        ({"leaseDurationSeconds": 30}, 201),
    ],
)
def test_times_of_a_lease_have_six_digits(client: Client, spec: dict[str, Any], code: int) -> None:
    assert client("POST", LEASE.rpartition("/")[0], lease(**spec))[0] == code


def test_a_json_patch_is_done_as_a_whole_or_not_at_all(client: Client) -> None:
    client("POST", ROUTE.rpartition("/")[0], route(100, 0))
    weight = "/spec/http/0/route/{}/weight"
    change = [
        {"op": "replace", "path": weight.format(number), "value": value}
        for number, value in ((0, 95), (1, 5))
    ]
    name = {"op": "test", "path": "/spec/http/0/name", "value": "weighted"}
    subset = {"op": "test", "path": "/spec/http/0/route/1/destination/subset", "value": "canary"}
    code, done = client.patch(ROUTE, name, subset, *change)
    assert code == 200
    assert [each["weight"] for each in done["spec"]["http"][0]["route"]] == [95, 5]
    code, said = client.patch(ROUTE, *change, name | {"value": "other"})
    assert (code, said["reason"]) == (422, "Invalid")
    for bad in (
        {"op": "test", "path": "/spec/http/1/name", "value": "weighted"},
        {"op": "replace", "path": "/spec/http/0/mirror", "value": {}},
        {"op": "remove", "path": "/spec/http/0/mirror"},
        {"op": "add", "path": "/spec/none/there", "value": 1},
    ):
        assert client.patch(ROUTE, {**change[0], "value": 1}, bad)[0] == 422, bad
    assert client("GET", ROUTE)[1] == done
    assert client.patch(ROUTE, {"op": "sing", "path": "/a"})[0] == 400
    assert client("PATCH", ROUTE, {"spec": {}}, "application/json-patch+json")[0] == 400
    assert client("PATCH", ROUTE, {"spec": {}}, "application/strategic-merge-patch+json")[0] == 415
    assert client("PATCH", ROUTE, {"spec": {}}, "application/json")[0] == 415


def test_names_with_a_slash_are_escaped_in_a_path(client: Client) -> None:
    client("POST", DEPLOYMENTS, deployment())
    path = f"{DEPLOYMENTS}/x-stable"
    note = {"op": "add", "path": "/metadata/annotations/mlops~1before", "value": "x:7"}
    assert client.patch(path, note)[0] == 422, "there are no annotations to add to"
    assert client.patch(path, {"op": "add", "path": "/metadata/annotations", "value": {}}, note)[0] == 200
    assert client("GET", path)[1]["metadata"]["annotations"] == {"mlops/before": "x:7"}


def test_a_merge_patch_takes_away_what_is_null_and_replaces_lists(client: Client) -> None:
    client("PUT", LEASE, lease(holderIdentity="a", leaseDurationSeconds=30))
    _, done = client.merge(LEASE, {"spec": {"leaseDurationSeconds": None, "leaseTransitions": 1}})
    assert done["spec"] == {"holderIdentity": "a", "leaseTransitions": 1}
    client("POST", ROUTE.rpartition("/")[0], route(100, 0))
    _, done = client.merge(ROUTE, {"spec": {"http": [{"route": []}]}})
    assert done["spec"] == {"hosts": ["x"], "http": [{"route": []}]}


@pytest.mark.parametrize(("weights", "code"), [((95, 10), 201), ((0, 0), 400), ((100, -1), 400), ((0,), 201)])
def test_weights_are_relative_but_not_all_0(client: Client, weights: tuple[int, ...], code: int) -> None:
    assert client("POST", ROUTE.rpartition("/")[0], route(*weights))[0] == code


def test_weights_of_the_gateway_api_have_bounds(client: Client) -> None:
    path = "/apis/gateway.networking.k8s.io/v1/namespaces/ml/httproutes"
    for weight, code in ((-1, 422), (1_000_001, 422), (0, 201)):
        rules = [{"name": "weighted", "backendRefs": [{"name": "x-stable", "port": 80, "weight": weight}]}]
        about = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "x"}}
        assert client("POST", path, {**about, "spec": {"rules": rules}})[0] == code


def test_what_a_deployment_must_hold(client: Client) -> None:
    assert client("POST", DEPLOYMENTS, deployment(replicas=-1))[0] == 422
    odd = deployment()
    odd["spec"]["selector"]["matchLabels"] = {"track": "canary"}
    assert client("POST", DEPLOYMENTS, odd)[0] == 422
    client("POST", DEPLOYMENTS, deployment())
    other = deployment()
    other["spec"]["selector"]["matchLabels"] = {"track": "stable"}
    code, said = client("PUT", f"{DEPLOYMENTS}/x-stable", other)
    assert code == 422 and "immutable" in said["message"]
    assert client.merge(f"{DEPLOYMENTS}/x-stable", {"metadata": {"annotations": {"a": 5}}})[0] == 400


def test_a_status_is_the_cluster_s_to_write(client: Client) -> None:
    client("POST", DEPLOYMENTS, deployment() | {"status": {"readyReplicas": 9}})
    client.api.store.set_status(DEPLOYMENT, "ml", "x-stable", {"readyReplicas": 1})
    _, done = client.merge(
        f"{DEPLOYMENTS}/x-stable", {"status": {"readyReplicas": 9}, "spec": {"replicas": 2}}
    )
    assert (done["status"], done["spec"]["replicas"]) == ({"readyReplicas": 1}, 2)
    assert client.merge(f"{DEPLOYMENTS}/x-stable/status", {"status": {}})[0] == 403


def test_the_scale_of_a_deployment(client: Client) -> None:
    client("POST", DEPLOYMENTS, deployment())
    _, scale = client("GET", f"{DEPLOYMENTS}/x-stable/scale")
    assert (scale["kind"], scale["spec"]) == ("Scale", {"replicas": 1})
    assert client("PUT", f"{DEPLOYMENTS}/x-stable/scale", scale | {"spec": {"replicas": 5}})[0] == 200
    assert client("GET", f"{DEPLOYMENTS}/x-stable")[1]["spec"]["replicas"] == 5


def test_lists_are_chosen_by_labels(client: Client) -> None:
    client("POST", DEPLOYMENTS, deployment() | {"metadata": {"name": "x-stable", "labels": {"a": "1"}}})
    client("POST", DEPLOYMENTS, deployment("other"))
    _, found = client("GET", f"{DEPLOYMENTS}?labelSelector=a%3D1")
    assert (found["kind"], [each["metadata"]["name"] for each in found["items"]]) == (
        "DeploymentList",
        ["x-stable"],
    )
    assert "kind" not in found["items"][0]
    assert len(client("GET", DEPLOYMENTS)[1]["items"]) == 2


def test_a_watch_tells_each_change_after_a_version(client: Client) -> None:
    _, first = client("POST", DEPLOYMENTS, deployment())
    client.merge(f"{DEPLOYMENTS}/x-stable", {"spec": {"replicas": 2}})
    client("POST", DEPLOYMENTS, deployment("other"))
    after = first["metadata"]["resourceVersion"]
    got = client.open("GET", f"{DEPLOYMENTS}?watch=1&resourceVersion={after}&timeoutSeconds=1")
    told = [json.loads(line) for line in got.read().splitlines()]
    assert [(each["type"], each["object"]["metadata"]["name"]) for each in told] == [
        ("MODIFIED", "x-stable"),
        ("ADDED", "other"),
    ]


def test_events_are_about_something_in_their_namespace(client: Client) -> None:
    path = "/api/v1/namespaces/ml/events"
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": "x-rollout-"},
        "involvedObject": {"kind": "Deployment", "namespace": "ml", "name": "x-canary"},
        "firstTimestamp": "2026-11-26T02:00:00Z",
        "reason": "Promoted",
    }
    code, made = client("POST", path, event)
    assert code == 201 and made["metadata"]["name"].startswith("x-rollout-")
    assert client("POST", path, event | {"involvedObject": {"namespace": "other"}})[0] == 422
    assert client("POST", path, event | {"metadata": {}})[0] == 422
    assert client("POST", path, event | {"firstTimestamp": "yesterday"})[0] == 400
    assert client("POST", path, event | {"eventTime": "2026-11-26T02:00:00.000000Z"})[0] == 422, "no reporter"


def test_unknown_addresses_are_not_found(client: Client) -> None:
    assert client("GET", "/apis/apps/v1beta1/namespaces/ml/deployments/x")[0] == 404
    assert client("GET", "/apis/apps/v1/deployments")[0] == 404
    assert client("GET", "/version")[0] == 404


def test_faults_come_before_or_after_a_change(client: Client) -> None:
    client("PUT", LEASE, lease(holderIdentity="a"))
    plan = iter([Fault(code=503), Fault(undone=True), Fault(lost=True)])
    client.api.faults.append(lambda call: next(plan, None) if call.writes else None)
    assert client.merge(LEASE, {"spec": {"leaseTransitions": 1}})[0] == 503
    for change in (2, 3):
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            client.merge(LEASE, {"spec": {"leaseTransitions": change}})
    assert client("GET", LEASE)[1]["spec"]["leaseTransitions"] == 3, "the answer was lost, the change was not"
    client.api.gone.set()
    with pytest.raises((OSError, http.client.HTTPException)):
        client("GET", LEASE)
    client.api.gone.clear()
    assert client("GET", LEASE)[0] == 200
