"""helm upgrade is refused while a rollout runs: asked of an API server that holds the rollout's Lease."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.engines.helm.tools import LOCKED, objects, run
from tests.trees import GOLDEN

ROOT = GOLDEN / "payments"
LEASE = "/apis/coordination.k8s.io/v1/namespaces/ml/leases/payments-rollout"
GROUP = "coordination.k8s.io/v1"


def known() -> dict[str, Any]:
    """Return what a client asks first: which groups there are, and which resources they have."""
    # What a rollout is remembered in, and what the chart has.
    kinds = [(GROUP, "Lease"), *((each["apiVersion"], each["kind"]) for each in objects(ROOT, "production"))]
    found: dict[str, Any] = {"/version": {"major": "1", "minor": "34", "gitVersion": "v1.34.0"}}
    groups = []
    for version in sorted({version for version, _ in kinds}):
        group, _, number = version.rpartition("/")
        resources = [
            {"name": _plural(kind), "kind": kind, "namespaced": True, "verbs": ["get"]}
            for kind in sorted({kind for of, kind in kinds if of == version})
        ]
        about = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version}
        found[f"/apis/{version}" if group else "/api/v1"] = {**about, "resources": resources}
        chosen = {"groupVersion": version, "version": number}
        groups += [{"name": group, "versions": [chosen], "preferredVersion": chosen}] if group else []
    found["/api"] = {"kind": "APIVersions", "versions": ["v1"]}
    found["/apis"] = {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}
    return found


def _plural(kind: str) -> str:
    name = kind.lower()
    return f"{name.removesuffix('y')}ies" if name.endswith("y") else f"{name}s"


class Api:
    """A server that knows one Lease, or none."""

    def __init__(self, folder: Path) -> None:
        """Listen, and write how to reach it."""
        self.state: dict[str, Any] | None = None
        self.asked: list[str] = []
        api, discovery = self, known()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                api.asked.append(path)
                found = discovery.get(path) or (api.lease() if path == LEASE else None)
                status = {
                    "kind": "Status",
                    "apiVersion": "v1",
                    "status": "Failure",
                    "reason": "NotFound",
                    "code": 404,
                }
                body = json.dumps(found or status).encode()
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.config = folder / "kubeconfig"
        address = f"http://127.0.0.1:{self.server.server_port}"
        cluster = {"name": "here", "cluster": {"server": address}}
        context = {"name": "here", "context": {"cluster": "here", "user": "here"}}
        users = [{"name": "here", "user": {}}]
        whole = {"apiVersion": "v1", "kind": "Config", "current-context": "here", "users": users}
        self.config.write_text(json.dumps({**whole, "clusters": [cluster], "contexts": [context]}))

    def lease(self) -> dict[str, Any] | None:
        """Return the Lease, whose annotation is what the controller remembers."""
        if self.state is None:
            return None
        about = {"name": "payments-rollout", "namespace": "ml"}
        noted = {"mlops/rollout": json.dumps(self.state)} if self.state else {}
        metadata = {**about, "annotations": noted} if noted else about
        return {"apiVersion": GROUP, "kind": "Lease", "metadata": metadata}

    def render(self, major: int, environment: str = "production") -> tuple[int, str]:
        """Render the chart as helm upgrade does; return the exit code, and what was said."""
        values = ROOT / f"helm/values-{environment}.yaml"
        chosen = [
            "--values",
            values,
            "--namespace",
            "ml",
            "--dry-run=server",
            "--disable-openapi-validation",
            "--kubeconfig",
            str(self.config),
        ]
        done = run(major, "template", "x", ROOT / "helm", *chosen)
        return done.returncode, done.stderr


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """Return a server."""
    made = Api(tmp_path)
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.mark.parametrize(
    "phase", ["requested", "starting", "shadow", "step", "promoting", "draining", "reverting"]
)
def test_while_a_rollout_runs_nothing_is_rendered(api: Api, phase: str) -> None:
    api.state = {"version": "8", "phase": phase}
    for major in LOCKED:
        code, said = api.render(major)
        assert code and "version 8 is rolled out here: wait for its end, or call make rollback" in said


@pytest.mark.parametrize("state", [None, {}, {"version": "8", "phase": "ended"}])
@pytest.mark.parametrize("major", LOCKED)
def test_otherwise_it_is(api: Api, state: dict[str, Any] | None, major: int) -> None:
    api.state = state
    assert api.render(major) == (0, "")
    assert LEASE in api.asked


def test_where_nothing_is_shifted_nobody_is_asked(api: Api) -> None:
    api.state = {"version": "8", "phase": "step"}
    assert api.render(4, "staging") == (0, "")
    assert LEASE not in api.asked
