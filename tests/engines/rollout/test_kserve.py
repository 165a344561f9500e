"""A rollout by KServe, in both of its modes."""

from collections.abc import Callable
from types import ModuleType

import pytest

from tests.engines.rollout.cluster import CANARY, LEASE, STABLE
from tests.engines.rollout.faults import Controllers, Faults
from tests.engines.rollout.kserve import SERVICE, KServe
from tests.engines.rollout.pods import Kind

Lead = Callable[..., int]
MODES = ("standard", "knative")
BAD = {
    "5 % errors": Kind(errors=0.05),
    "slow": Kind(slow=0.2),
    "crash-looping": Kind(fault="CrashLoopBackOff"),
    "never ready": Kind(ready=1e9),
}


@pytest.mark.parametrize("mode", MODES)
def test_a_healthy_version_is_promoted(lead: Lead, mode: str) -> None:
    cluster = KServe(mode)
    assert lead(cluster) == 0
    assert cluster.shares == [0, 5, 25, 50, 0]
    assert cluster.image() == CANARY
    assert cluster.images() == {CANARY}
    assert "canary" not in cluster._spec
    assert "canaryTrafficPercent" not in cluster._predictor
    assert cluster._predictor.get("name") == ("v8" if mode == "standard" else None)
    assert cluster.objects.get(SERVICE)["metadata"]["annotations"]["mlops/before"] == STABLE
    assert not cluster.broken
    assert not cluster.unanswered


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("mode", MODES)
def test_a_bad_version_is_taken_back(lead: Lead, mode: str, kind: str) -> None:
    cluster = KServe(mode, canary=BAD[kind])
    assert lead(cluster) == 3
    assert set(cluster.shares) <= {0, 5}
    assert cluster.image() == STABLE
    cluster.sleep(60)
    assert cluster.images() == {STABLE}
    assert "canary" not in cluster._spec
    assert "canaryTrafficPercent" not in cluster._predictor
    assert not cluster.broken
    if BAD[kind].fault:
        assert "CrashLoopBackOff" in cluster.state["reason"]


@pytest.mark.parametrize("kind", [Kind(), Kind(errors=0.5)], ids=["healthy", "bad"])
@pytest.mark.parametrize("mode", MODES)
def test_killed_at_each_write(rollout: ModuleType, mode: str, kind: Kind) -> None:
    sample = KServe(mode, canary=kind)
    writes: list[int] = []

    def before(method: str, path: str) -> None:
        if method == "PATCH" or (method == "PUT" and path == LEASE and sample.calls % 7 == 0):
            writes.append(sample.calls)

    sample.before = before  # type: ignore[assignment]
    code = Controllers(rollout, sample).to_the_end()
    for call in writes:
        for when in ("kill before", "kill after"):
            cluster = KServe(mode, canary=kind)
            Faults(cluster, {call: when})
            assert Controllers(rollout, cluster).to_the_end() == code, (call, when)
            assert cluster.shares == sample.shares, (call, when)
            assert cluster.image() == (STABLE if code else CANARY), (call, when)
            assert "canary" not in cluster._spec and "canaryTrafficPercent" not in cluster._predictor
            assert not cluster.broken, (call, when)


@pytest.mark.parametrize("phase", ["starting", "step", "promoting", "draining"])
@pytest.mark.parametrize("mode", MODES)
def test_an_abort_takes_back_from_every_phase(lead: Lead, mode: str, phase: str) -> None:
    cluster = KServe(mode)

    def after(method: str, path: str, answer: tuple[int, bytes]) -> tuple[int, bytes]:
        if cluster.state["phase"] == phase and "mlops/abort" not in str(cluster.lease):
            cluster.abort()
        return answer

    cluster.after = after
    assert lead(cluster) == 3
    assert cluster.image() == STABLE
    cluster.sleep(60)
    assert cluster.images() == {STABLE}
    assert "canary" not in cluster._spec and "canaryTrafficPercent" not in cluster._predictor


def test_a_version_that_has_the_name_of_stable_gets_another(lead: Lead) -> None:
    """As after an abort of a promotion: the pods of this name run the image of before."""
    cluster = KServe("standard")
    cluster.stable.name = "v8"
    cluster.change(SERVICE, lambda found: found["spec"]["predictor"].update(name="v8"))
    assert lead(cluster) == 0
    assert cluster._predictor["name"] == "v8r"
