"""Random faults, many at once: whatever happens, a rollout ends well or is taken back."""

from types import ModuleType

import pytest

from tests.engines.rollout.soak import Case, played

CASES = 200


@pytest.mark.parametrize("part", range(4))
def test_random_faults(rollout: ModuleType, part: int) -> None:
    for seed in range(part, CASES, 4):
        assert not (broken := played(rollout, Case.of(seed)).broken), f"seed {seed}: {broken}"
