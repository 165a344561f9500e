"""What the stand-in for Kubernetes' API server keeps: objects with versions, and how they may change.

An object as it is in etcd changes in one place, under one lock: a version that is out of date is a 409, a
change that changes nothing makes no new version, and a status changes only through its own address.
"""

import copy
import itertools
import json
import threading
import uuid
from datetime import UTC, datetime
from typing import Any

import jsonpatch
import jsonpointer

from tests.engines.canary.kinds import Answer, Kind, Object, invalid

JSON_PATCH, MERGE_PATCH = "application/json-patch+json", "application/merge-patch+json"
STRATEGIC, APPLY = "application/strategic-merge-patch+json", "application/apply-patch+yaml"
# What a change by the address of the object keeps as it was.
KEPT = ("uid", "creationTimestamp", "generation", "resourceVersion", "name", "namespace")
_ANNOTATIONS = 256 * 1024


def merged(old: Any, change: Any) -> Any:
    """Return what RFC 7396 makes of both."""
    if not isinstance(change, dict):
        return change
    kept = dict(old) if isinstance(old, dict) else {}
    for key, value in change.items():
        if value is None:
            kept.pop(key, None)
        else:
            kept[key] = merged(kept.get(key), value)
    return kept


def patched(old: Object, kind: Kind, form: str, change: bytes) -> Object:
    """Return a patched object; raises what the API server answers where it refuses."""
    if form not in (JSON_PATCH, MERGE_PATCH):
        if form == STRATEGIC and kind.custom:
            raise Answer(415, "UnsupportedMediaType", "strategic merge patch is not for custom resources")
        known = form in (STRATEGIC, APPLY)
        raise Answer(501 if known else 415, "UnsupportedMediaType", f"{form} is not played by this stand-in")
    try:
        said = json.loads(change)
    except ValueError as fault:
        raise Answer(400, "BadRequest", f"error decoding patch: {fault}") from None
    if form == MERGE_PATCH:
        if not isinstance(said, dict):
            raise Answer(400, "BadRequest", "Invalid JSON Patch")
        found: Object = merged(old, said)
        return found
    if not isinstance(said, list):
        raise Answer(400, "BadRequest", "error decoding patch: not a list")
    try:
        done: Object = jsonpatch.apply_patch(old, said)
    except jsonpatch.InvalidJsonPatch as fault:
        raise Answer(400, "BadRequest", str(fault)) from None
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException) as fault:
        message = f"the server rejected our request due to an error in our request: {fault}"
        raise Answer(422, "Invalid", message) from None
    return done


class Store:
    """All objects, by kind, namespace and name."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.found: dict[tuple[str, str, str], Object] = {}
        self._numbers = itertools.count(1000)
        self._newest = 1000
        self._log: list[tuple[int, Kind, str, Object]] = []

    def get(self, kind: Kind, namespace: str, name: str) -> Object:
        """Return a copy of an object; 404 where there is none."""
        with self.lock:
            if found := self.found.get((kind.plural, namespace, name)):
                return copy.deepcopy(found)
        raise Answer(404, "NotFound", f'{kind.plural}.{kind.group} "{name}" not found')

    def peek(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """Return an object as it is kept, for a reader that changes nothing: it is replaced, never changed."""
        return self.found.get((kind.plural, namespace, name))

    def all(self, kind: Kind, namespace: str) -> list[Object]:
        """Return copies of all objects of a kind, by name."""
        with self.lock:
            keys = sorted(key for key in self.found if key[:2] == (kind.plural, namespace))
            return [copy.deepcopy(self.found[key]) for key in keys]

    @property
    def version(self) -> str:
        """Return the newest version of anything."""
        return str(self._newest)

    def create(self, kind: Kind, namespace: str, body: Object) -> Object:
        """Keep a new object; 409 where its name is taken."""
        new = copy.deepcopy(body)
        if (new.get("apiVersion"), new.get("kind")) != (kind.api_version, kind.name):
            raise Answer(400, "BadRequest", f"the object is no {kind.api_version} {kind.name}")
        meta = new.setdefault("metadata", {})
        if meta.setdefault("namespace", namespace) != namespace:
            raise Answer(400, "BadRequest", "the namespace of the object is not that of the request")
        if not meta.get("name"):
            if not meta.get("generateName"):
                raise invalid("metadata.name: Required value: name or generateName is required")
            meta["name"] = meta["generateName"] + uuid.uuid4().hex[:5]
        if meta.get("resourceVersion"):
            raise Answer(400, "BadRequest", "resourceVersion should not be set on objects to be created")
        if kind.status:
            new["status"] = {}
        if kind.name == "Deployment":
            new["spec"] = {"replicas": 1, "progressDeadlineSeconds": 600} | new["spec"]
        _check(kind, new)
        with self.lock:
            if (kind.plural, namespace, meta["name"]) in self.found:
                raise Answer(409, "AlreadyExists", f'{kind.plural} "{meta["name"]}" already exists')
            meta |= {"uid": str(uuid.uuid4()), "creationTimestamp": now(), "generation": 1}
            return self._keep(kind, new, "ADDED")

    def replace(self, kind: Kind, namespace: str, name: str, body: Object, part: str = "") -> Object:
        """Put an object in the place of the one of before, as a PUT does."""
        with self.lock:
            if kind.made_by_put and (kind.plural, namespace, name) not in self.found:
                return self.create(kind, namespace, body)
            old = self.get(kind, namespace, name)
            if body.get("metadata", {}).get("name") != name:
                raise Answer(400, "BadRequest", "the name of the object does not match the name on the URL")
            version = body["metadata"].get("resourceVersion")
            if not version and not kind.unconditional:
                raise invalid("metadata.resourceVersion: Invalid value: 0x0: must be specified for an update")
            return self._change(kind, old, copy.deepcopy(body), part)

    def patch(
        self, kind: Kind, namespace: str, name: str, form: str, change: bytes, part: str = ""
    ) -> Object:
        """Change an object as a PATCH does."""
        with self.lock:
            old = self.get(kind, namespace, name)
            return self._change(kind, old, patched(copy.deepcopy(old), kind, form, change), part)

    def delete(self, kind: Kind, namespace: str, name: str) -> Object:
        """Take an object away."""
        with self.lock:
            old = self.get(kind, namespace, name)
            del self.found[kind.plural, namespace, name]
            self._newest = next(self._numbers)
            self._tell(kind, "DELETED", old)
            return old

    def set_status(self, kind: Kind, namespace: str, name: str, status: Object) -> None:
        """Write the status of an object that is still there, as the controllers of a cluster do."""
        with self.lock:
            if old := self.found.get((kind.plural, namespace, name)):
                self._change(kind, copy.deepcopy(old), {**copy.deepcopy(old), "status": status}, "status")

    def watch(self, kind: Kind, namespace: str, after: int, patience: float) -> list[tuple[int, str, Object]]:
        """Return the changes of a kind after a version: version, type and object; waits for some."""

        def found() -> list[tuple[int, str, Object]]:
            return [
                (version, what, about)
                for version, of, what, about in self._log
                if version > after and of == kind and about["metadata"]["namespace"] == namespace
            ]

        with self.changed:
            self.changed.wait_for(found, patience)
            return found()

    def _change(self, kind: Kind, old: Object, new: Object, part: str) -> Object:
        meta = new.setdefault("metadata", {})
        version = meta.get("resourceVersion")
        if version and version != old["metadata"]["resourceVersion"]:
            name = old["metadata"]["name"]
            message = "the object has been modified; please apply your changes to the latest version"
            raise Answer(
                409, "Conflict", f'Operation cannot be fulfilled on {kind.plural} "{name}": {message}'
            )
        for name in KEPT:
            meta[name] = old["metadata"][name]
        if part == "status":
            new = {**old, "status": new.get("status", {})}
        elif kind.status:
            new["status"] = old.get("status", {})
        if kind.name == "Deployment" and new["spec"].get("selector") != old["spec"].get("selector"):
            raise invalid("spec.selector: Invalid value: field is immutable")
        _check(kind, new)
        if new == old:
            return old
        if new.get("spec") != old.get("spec"):
            new["metadata"]["generation"] = old["metadata"]["generation"] + 1
        return self._keep(kind, new, "MODIFIED")

    def _keep(self, kind: Kind, new: Object, what: str) -> Object:
        self._newest = next(self._numbers)
        meta = new["metadata"]
        meta["resourceVersion"] = str(self._newest)
        self.found[kind.plural, meta["namespace"], meta["name"]] = new
        self._tell(kind, what, new)
        return copy.deepcopy(new)

    def _tell(self, kind: Kind, what: str, about: Object) -> None:
        self._log.append((self._newest, kind, what, copy.deepcopy(about)))
        self.changed.notify_all()


def now() -> str:
    """Return this second as Kubernetes writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _check(kind: Kind, new: Object) -> None:
    notes = new["metadata"].get("annotations") or {}
    if any(not isinstance(each, str) for each in notes.values()):
        raise Answer(400, "BadRequest", "metadata.annotations: a value is no string")
    if sum(len(key) + len(value) for key, value in notes.items()) > _ANNOTATIONS:
        raise invalid(f"metadata.annotations: Too long: may not be more than {_ANNOTATIONS} bytes")
    if faults := list(kind.rules(new)):
        name = new["metadata"].get("name", "")
        if kind.custom and kind.group.endswith("istio.io"):
            # A webhook's refusal.
            hook = 'admission webhook "validation.istio.io" denied the request'
            raise Answer(400, "BadRequest", f"{hook}: configuration is invalid: {'; '.join(faults)}")
        raise invalid(f'{kind.name} "{name}" is invalid: {"; ".join(faults)}')
