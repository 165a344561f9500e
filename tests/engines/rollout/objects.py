"""Kubernetes objects in memory: versions, conflicts, JSON patches, as the API server has them."""

import copy
import json
from typing import Any

Object = dict[str, Any]


class ApiError(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Objects:
    """What is stored, by path; each change counts one version up."""

    def __init__(self) -> None:
        self.stored: dict[str, Object] = {}
        self.version = 100

    def add(self, path: str, found: Object) -> Object:
        if path in self.stored:
            raise ApiError(409, f"{path} already exists")
        found = copy.deepcopy(found)
        found["metadata"] |= {"generation": 1}
        self.stored[path] = self._stamped(found)
        return self.stored[path]

    def replace(self, path: str, wanted: Object) -> Object:
        found = self.get(path)
        given = wanted.get("metadata", {}).get("resourceVersion")
        if given and given != found["metadata"]["resourceVersion"]:
            raise ApiError(
                409, "the object has been modified; please apply your changes to the latest version"
            )
        return self._store(path, found, copy.deepcopy(wanted))

    def patch(self, path: str, patch: list[Object]) -> Object:
        found = self.get(path)
        return self._store(path, found, patched(found, patch))

    def status(self, path: str, status: Object) -> None:
        """Write what a controller of the cluster observes: a new version, the same generation."""
        found = self.stored[path]
        if found.get("status") != status:
            found["status"] = copy.deepcopy(status)
            self._stamped(found)

    def get(self, path: str) -> Object:
        if path not in self.stored:
            raise ApiError(404, f"{path} not found")
        return self.stored[path]

    def _store(self, path: str, before: Object, after: Object) -> Object:
        if after == before:
            # A change that changes nothing is none: the version stays.
            return before
        generation = before["metadata"]["generation"] + (after.get("spec") != before.get("spec"))
        after["metadata"]["generation"] = generation
        after["status"] = before.get("status", {})
        self.stored[path] = self._stamped(after)
        return self.stored[path]

    def _stamped(self, found: Object) -> Object:
        self.version += 1
        found["metadata"]["resourceVersion"] = str(self.version)
        return found


def patched(found: Object, patch: list[Object]) -> Object:
    """RFC 6902 on a copy: add, replace, remove, test; what cannot be done is 422, as the server says."""
    root: Any = copy.deepcopy(found)
    for step in patch:
        keys = [part.replace("~1", "/").replace("~0", "~") for part in step["path"].split("/")[1:]]
        parent = root
        try:
            for key in keys[:-1]:
                parent = parent[int(key)] if isinstance(parent, list) else parent[key]
            last: Any = int(keys[-1]) if isinstance(parent, list) and keys[-1] != "-" else keys[-1]
            _apply(parent, last, step)
        except (KeyError, IndexError, ValueError, TypeError):
            raise ApiError(422, f"the patch does not fit: {json.dumps(step)}") from None
    return root  # type: ignore[no-any-return]


def _apply(parent: Any, key: Any, step: Object) -> None:
    kind = step["op"]
    if kind == "test":
        if parent[key] != step["value"]:
            raise ApiError(422, f"testing value {step['path']} failed")
    elif kind == "remove":
        del parent[key]
    elif kind == "replace":
        parent[key]
        parent[key] = step["value"]
    elif kind == "add" and isinstance(parent, list):
        parent.insert(len(parent) if key == "-" else key, step["value"])
    elif kind == "add":
        parent[key] = step["value"]
    else:
        raise ApiError(422, f"no such operation: {kind}")
