"""What the registry says of the champion: its version, since when, and with which figures."""

from __future__ import annotations

from typing import Any

from registry import PROMOTED, connected


def champion(config: dict[str, Any]) -> dict[str, Any]:
    """Return version, promoted (seconds since 1970) and metrics; empty where there is no champion yet.

    A champion that something else than `make promote` made counts from when its version was created.
    Raises ConnectionError when the store does not answer.
    """
    with connected(config) as store:
        number = store.aliases().get("champion")
        if number is None:
            return {}
        version = store.version(number)
        promoted = version.tags.get(PROMOTED) or version.creation_timestamp / 1000
        metrics = dict(store.client.get_run(str(version.run_id)).data.metrics)
    return {"version": int(number), "promoted": float(promoted), "metrics": metrics}
