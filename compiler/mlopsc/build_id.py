"""The build id: one hash over compiler and templates, so that a lock says what wrote it.

A wheel carries it, fixed when it was built. In a checkout it is computed, and kept beside the
bytecode under a key made of the sources' sizes and times. Imports next to nothing: `check`
asks before anything else is loaded.
"""

import os

from mlopsc.sha256 import sha256

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
_SOURCES = (".py", ".j2", ".json", ".gitignore")


def build_id() -> str:
    """Return 16 hexadecimal digits that change with any source of the compiler or any template."""
    try:
        with open(os.path.join(_PACKAGE, "BUILD"), encoding="utf-8") as file:
            return file.read().strip()
    except FileNotFoundError:
        return _of_checkout()


def hash_sources(folders: "tuple[str, ...]") -> str:
    """Return the hash over all sources below some folders, by relative path and content."""
    total = sha256()
    for folder in folders:
        for path in _sources(folder):
            with open(path, "rb") as file:
                content = file.read()
            total.update(f"{os.path.relpath(path, folder)}\0{len(content)}\0".encode() + content)
    return str(total.hexdigest()[:16])


def _of_checkout() -> str:
    folders = (_PACKAGE, os.path.join(os.path.dirname(os.path.dirname(_PACKAGE)), "templates"))
    key = _key(folders)
    cache = os.path.join(_PACKAGE, "__pycache__", "build-id")
    try:
        with open(cache, encoding="utf-8") as file:
            known, _, value = file.read().partition(" ")
            if known == key:
                return value
    except OSError:
        pass
    value = hash_sources(folders)
    _keep(cache, f"{key} {value}")
    return value


def _key(folders: "tuple[str, ...]") -> str:
    stats = sha256()
    for folder in folders:
        for path in _sources(folder):
            stat = os.stat(path)
            stats.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return str(stats.hexdigest())


def _sources(folder: str) -> "list[str]":
    found = []
    for where, folders, names in os.walk(folder):
        # What tools leave behind: __pycache__, .ruff_cache, .mypy_cache.
        folders[:] = sorted(name for name in folders if not name.endswith(("_cache", "__pycache__")))
        found += [os.path.join(where, name) for name in names if name.endswith(_SOURCES)]
    return sorted(found)


def _keep(path: str, text: str) -> None:
    try:
        with open(f"{path}.{os.getpid()}", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(f"{path}.{os.getpid()}", path)
    except OSError:
        pass  # a read-only checkout hashes its sources each time
