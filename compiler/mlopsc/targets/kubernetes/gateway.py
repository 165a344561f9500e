"""Gateway API: the weights of an HTTPRoute of the Service itself, as meshes read it (GAMMA)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlopsc.targets.kubernetes.provider import Part
from mlopsc.targets.kubernetes.tracks import FOLDERS, TRACK, workload

if TYPE_CHECKING:
    from mlopsc.targets.kubernetes.overlay import Overlay

__all__ = ["ALWAYS_SCALED", "FOLDERS", "TRACK", "parts", "words", "workload"]

ALWAYS_SCALED = False


def parts(_place: "Overlay") -> Iterator[Part]:
    """Yield nothing yet."""
    yield from ()


def words(_place: "Overlay") -> Iterator[str]:
    """Yield what a mesh asks of its callers."""
    yield from ()
