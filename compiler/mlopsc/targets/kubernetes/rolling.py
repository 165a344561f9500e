"""Kubernetes alone: a version takes the place of the one before, pod by pod."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlopsc.targets.kubernetes.provider import Part, Workload

if TYPE_CHECKING:
    from mlopsc.targets.kubernetes.overlay import Overlay

FOLDERS = ("service", "pods")
TRACK = ""
ALWAYS_SCALED = False


def workload(name: str) -> Workload:
    """Return the one Deployment."""
    return Workload("apps/v1", "Deployment", name)


def parts(_place: "Overlay") -> Iterator[Part]:
    """Yield nothing: the folders are all of it."""
    yield from ()


def words(_place: "Overlay") -> Iterator[str | tuple[str, str]]:
    """Yield nothing that is not said of every overlay."""
    yield from ()
