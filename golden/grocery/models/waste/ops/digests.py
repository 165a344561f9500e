"""Content hashes as DVC writes them, so that data, models and dvc.lock can be compared with each other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def digest(path: str) -> str:
    """Return the MD5 of a file, the `.dir` hash of a folder, the etag of a URL; empty if there is nothing."""
    if "://" in path:
        return _etag(path)
    place = Path(path)
    if not place.is_dir():
        return _md5(place) if place.exists() else ""
    files = sorted(file.relative_to(place).parts for file in place.rglob("*") if file.is_file())
    listed = [{"md5": _md5(place.joinpath(*parts)), "relpath": "/".join(parts)} for parts in files]
    text = json.dumps(listed, sort_keys=True)
    return f"{hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()}.dir"


def locked() -> dict[str, Any]:
    """Return the stages of dvc.lock by name, none if the pipeline never ran."""
    return read_yaml("dvc.lock").get("stages") or {}


def read_yaml(path: str) -> dict[str, Any]:
    """Return a YAML mapping, empty if there is no such file."""
    import yaml

    place = Path(path)
    return (yaml.safe_load(place.read_text(encoding="utf-8")) or {}) if place.exists() else {}


def hash_of(entry: dict[str, Any]) -> str:
    """Return the hash of a file, folder or URL in dvc.lock or in a .dvc file."""
    return str(next((entry[key] for key in ("md5", "etag", "checksum") if key in entry), "")).strip('"')


def _md5(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _etag(url: str) -> str:
    from fsspec.core import url_to_fs

    system, root = url_to_fs(url)
    if not system.exists(root):
        return ""
    if system.isdir(root):
        marks = sorted(f"{name} {content_of(info)}" for name, info in system.find(root, detail=True).items())
        return hashlib.md5("\n".join(marks).encode(), usedforsecurity=False).hexdigest()
    return content_of(system.info(root))


def content_of(info: Mapping[str, Any]) -> str:
    """Return what tells one content of an object from another; without an etag, size and time."""
    names = ("ETag", "etag", "md5", "md5Hash", "checksum", "generation")
    found = next((info[name] for name in names if info.get(name)), None)
    return str(found or f"{info.get('size')}-{info.get('LastModified') or info.get('mtime')}").strip('"')
