"""Who gets how much of the traffic."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Split:
    """The canary's part: percent by weight, or pods where pods are the share; and percent that is copied.

    A canary of -1 stands for weights that do not sum up to 100, or a rule of an A/B test that is not as we
    write it; `tested` says that there is such a rule, by which the canary gets the ids of its arm.
    """

    canary: int
    mirrored: int = 0
    tested: bool = False


NOTHING, SHADOW, TESTED = Split(0), Split(0, 100), Split(0, 0, tested=True)
