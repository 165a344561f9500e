"""Many canaries by the controller's verdict alone: quick enough to see how it changes with the error rate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rollout_verdict import BAD, GOOD, NO_DATA, Figures, judge
from simulated_given import Given
from simulated_service import slow_shares

if TYPE_CHECKING:
    from numpy.random import Generator

# Times the allowed rate: close together where the chance falls.
TIMES = (0, 0.25, 0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3)
CANARIES = 200


def curve(config: Mapping[str, Any], given: Given) -> list[tuple[float, float]]:
    """Return the share of versions that are promoted, for error rates around the one that is allowed."""
    import numpy as np

    allowed = config["limits"].get("error_rate") or 0.01
    rates = sorted({min(1.0, each) for each in (*(times * allowed for times in TIMES), 1.2 * given.errors)})
    chance = np.random.default_rng([given.seed, 0, len(rates)])
    return [(rate, promoted(config, given, rate, CANARIES, chance) / CANARIES) for rate in rates]


def promoted(config: Mapping[str, Any], given: Given, errors: float, canaries: int, chance: Generator) -> int:
    """Return how many canaries of an error rate all steps let pass."""
    pods, replicas = config.get("pods"), given.replicas
    shares = [each / (replicas + each) for each in pods] if pods else list(config["steps"])
    if config["shadow_seconds"]:
        shares.insert(0, 1.0)
    count = 0
    for _ in range(canaries):
        now = 0.0
        for number, share in enumerate(shares):
            shadow = config["shadow_seconds"] and not number
            hold = config["shadow_seconds" if shadow else "hold_seconds"]
            now = _held(config, given, given.traffic * share, errors, hold, now, chance)
            if now < 0:
                break
            now += given.startup
        count += now >= 0
    return count


def _held(
    config: Mapping[str, Any],
    given: Given,
    rate: float,
    errors: float,
    hold: float,
    now: float,
    chance: Generator,
) -> float:
    """Return when a step has let a canary pass that it got at a time; negative where it has not."""
    limits, least = config["limits"], config["min_requests"]
    slow = slow_shares(given.latency, limits)
    requests, failed, left = 0, 0, float(hold)
    slower = dict.fromkeys(slow, 0)
    now += config["settle_seconds"]
    while now <= config["deadline_seconds"]:
        pause = min(config["check_seconds"], left) if left > 0 else config["check_seconds"]
        more = int(chance.poisson(rate * pause))
        requests, left, now = requests + more, left - pause, now + pause
        failed += int(chance.binomial(more, errors))
        for bound, share in slow.items():
            slower[bound] += int(chance.binomial(more, share))
        over = {name: failed if name == "error_rate" else slower[limit] for name, limit in limits.items()}
        kind = judge(Figures(requests, over), limits, least, left <= 0).kind
        if kind == GOOD:
            return now
        if kind == BAD or (kind == NO_DATA and config["on_no_data"] != "wait"):
            return -1.0
    return -1.0
