"""The one table of actions: every `uses:` of a generated workflow comes from here.

A tag can be moved, a commit cannot; the version beside it is for people. `make pins` shows how to renew them.
"""

from dataclasses import dataclass

ACTIONS = {
    "actions/cache": ("v6.1.0", "55cc8345863c7cc4c66a329aec7e433d2d1c52a9"),
    "actions/checkout": ("v7.0.1", "3d3c42e5aac5ba805825da76410c181273ba90b1"),
    "actions/download-artifact": ("v8.0.1", "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"),
    "actions/upload-artifact": ("v7.0.1", "043fb46d1a93c77aae656e7c1c64a875d1fc6a0a"),
    "astral-sh/setup-uv": ("v10.0.1", "20cfd1bf945f4377ade1205e4dbc17946fc9a30d"),
    "aws-actions/configure-aws-credentials": ("v6.2.3", "e6de054238d6b7531b4efff3b6587d9aade6a06c"),
    "docker/login-action": ("v4.6.0", "dbcb813823bdd20940b903addbd779551569679f"),
    "docker/setup-buildx-action": ("v4.3.0", "37fe631027851001ddb9b187196cc803df7f5f0e"),
}


@dataclass(frozen=True, slots=True)
class Action:
    """A pinned action: `ref` is what `uses:` says, `version` the release that its commit is."""

    ref: str
    version: str


def uses(name: str) -> Action:
    """Return the pin of an action; raises `KeyError` for one that the table lacks."""
    version, commit = ACTIONS[name]
    return Action(f"{name}@{commit}", version)
