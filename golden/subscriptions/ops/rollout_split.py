"""Who gets how much of the traffic."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Split:
    """The canary's part: percent by weight, or pods where pods are the share; and percent that is copied.

    A canary of -1 stands for weights that do not sum up to 100.
    """

    canary: int
    mirrored: int = 0


NOTHING, SHADOW = Split(0), Split(0, 100)
