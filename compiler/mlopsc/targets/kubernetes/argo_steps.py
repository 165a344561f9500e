"""The steps of a Rollout: copies of the traffic, then a weight and its verdict, one after another."""

from collections.abc import Iterator
from typing import Any

from mlopsc.model import Rollout
from mlopsc.targets.kubernetes import argo_analysis
from mlopsc.targets.kubernetes.figures import percent


def steps(name: str, rollout: Rollout) -> Iterator[dict[str, Any]]:
    """Yield the steps in the template's words: each is true, or has a value, in one of them."""
    if rollout.shadow:
        yield _step(mirror=True)
        if rollout.limits:
            yield from _judged(name, "shadow", rollout)
        else:
            yield _step(duration=f"{rollout.shadow}s")
        yield _step(unmirror=True)
    for index, share in enumerate(rollout.steps):
        yield _step(weight=percent(share))
        if rollout.shadow and not index:
            yield _step(follow=True)
        yield from _judged(name, "verdict", rollout)


def _judged(name: str, role: str, rollout: Rollout) -> Iterator[dict[str, Any]]:
    yield from (_step(template=f"{name}-{each}") for each in argo_analysis.roles(role, rollout))


def _step(**word: bool | int | str) -> dict[str, Any]:
    return dict.fromkeys(("mirror", "duration", "unmirror", "weight", "follow", "template")) | word
