"""What speaks against a verdict: arms that are not alike, too few units, outcomes that do not come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ab_plan import Planned
from ab_rows import ARMS
from ab_sample import Counts, Sample

# Both checks go wrong of themselves in one test of a thousand: Fabijan et al. (2019), KDD, 2156-2164.
DOUBTED = 0.001
# With fewer units no test of ours keeps its error.
FEWEST = 30


def wanted(test: dict[str, Any], look: Planned) -> Counts:
    """Return the fewest outcomes of each arm: of an early look, as large a part as it sees."""
    planned = {name: test.get("sample", {}).get(name, 0) for name in ARMS}
    return {name: max(FEWEST, round(count * look.share)) for name, count in planned.items()}


def broken(found: Sample, share: float) -> Iterator[str]:
    """Yield what is wrong with the arms themselves: no later look mends it."""
    if found.split is not None and found.split < DOUBTED:
        total = sum(found.kept.values())
        part = found.kept[ARMS[1]] / total
        yield (
            f"sample ratio mismatch: {part:.2%} of {total:,} ids are in the treatment, {share:.2%} were to "
            f"be (p = {found.split:.1g}): ids are lost or logged twice in one arm, so the arms are not alike"
        )


def late(found: Sample, least: Mapping[str, int]) -> Iterator[str]:
    """Yield arms that have the ids they need, and wait for their outcomes."""
    for name in ARMS:
        if found.known[name] < least[name] <= found.kept[name]:
            yield (
                f"{name}: {found.known[name]:,} of {found.kept[name]:,} outcomes have arrived, "
                f"{least[name]:,} are needed"
            )


def few(found: Sample, least: Mapping[str, int]) -> Iterator[str]:
    """Yield arms that have too few ids, whatever outcomes arrive."""
    for name in ARMS:
        if found.kept[name] < least[name]:
            yield f"{name}: {found.kept[name]:,} ids, {least[name]:,} outcomes are needed"


def doubtful(found: Sample) -> Iterator[str]:
    """Yield why what is there may mislead."""
    if found.lost is not None and found.lost < DOUBTED:
        parts = {name: found.known[name] / found.kept[name] for name in ARMS}
        yield (
            f"outcomes are known of {parts['treatment']:.2%} of the treatment and of {parts['control']:.2%} "
            f"of the control (p = {found.lost:.1g}): those that are missing may be the bad ones"
        )
    for name in ARMS:
        if found.void[name]:
            yield f"{name}: {found.void[name]:,} answers are none, or no number: what would they have been?"
