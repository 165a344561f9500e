"""What the compiler says of a canary is what becomes of simulated ones, within what chance allows."""

from types import SimpleNamespace

import numpy as np
import pytest

from tests.engines.simulation.played import SPECS, of

CANARIES, RUNS = 10_000, 300
# Fixed numbers of one seed: a bound that chance alone breaks once in two thousand.
BOUND = 3.5


def within(seen: int, of_all: int, expected: float) -> bool:
    """Say whether a share is as far from what is expected as chance lets it be, and no farther."""
    error = (expected * (1 - expected) / of_all) ** 0.5
    return abs(seen / of_all - expected) <= BOUND * error + 1e-6


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("version", ["bad", "sound"])
def test_ten_thousand_canaries_are_judged_as_the_compiler_says(
    ops: SimpleNamespace, name: str, version: str
) -> None:
    """Each by the controller's own verdict, at each of its looks."""
    spec = of(name)
    bad = getattr(spec.thought, version)
    given = spec.given(ops, bad)
    seen = ops.simulated_verdicts.promoted(
        spec.config(ops), given, given.errors, CANARIES, np.random.default_rng(11)
    )
    assert within(seen, CANARIES, spec.thought.canary().promoted(bad))


@pytest.mark.parametrize("name", SPECS)
def test_the_whole_controller_ends_as_often_as_the_compiler_says(ops: SimpleNamespace, name: str) -> None:
    spec = of(name)
    # Where half of them are promoted, the figures say most.
    bad = next(
        share
        for times in np.linspace(0.5, 2, 16)
        if spec.thought.canary().promoted(share := float(times * spec.thought.limit)) < 0.6
    )
    given = spec.given(ops, bad)
    ends = [ops.simulated_runs.play(spec.config(ops), given, number).verdict for number in range(RUNS)]
    assert set(ends) == {"promoted", "rolled back"}
    assert within(ends.count("promoted"), RUNS, spec.thought.canary().promoted(bad))


@pytest.mark.parametrize("name", ["churn", "pods", "copies"])
def test_long_sleeps_change_nothing(ops: SimpleNamespace, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Lease is renewed every few seconds in a cluster, and seldom here: nothing else differs."""
    spec = of(name)
    given = spec.given(ops, 0.0)
    fast = ops.simulated_runs.play(spec.config(ops), given, 0)
    monkeypatch.setattr(ops.rollout, "CHUNK", 5.0)
    monkeypatch.setattr(ops.rollout_lease, "RENEW", 5.0)
    slow = ops.simulated_runs.play(spec.config(ops), given, 0)
    assert (fast.verdict, fast.seconds, fast.shares) == ("promoted", slow.seconds, slow.shares)
    assert [(look.at, look.share, look.verdict) for look in fast.looks] == [
        (look.at, look.share, look.verdict) for look in slow.looks
    ]
