"""Writes that fail each time: the version goes back, instead of staying half-way for ever."""

from collections.abc import Callable
from typing import Any

from tests.engines.rollout.cluster import CANARY, CONFIG, STABLE, Answer, Cluster

ROUTE = "/virtualservices/"


def refusing(cluster: Cluster, status: int, when: Callable[[], bool]) -> Callable[[str, str], Answer | None]:
    """Refuse each change of the route while something holds."""

    def before(method: str, path: str) -> Answer | None:
        if method == "PATCH" and ROUTE in path and when():
            return status, b'{"kind": "Status", "message": "refused"}'
        return None

    return before


def test_a_change_that_is_refused_each_time_ends_it(lead: Callable[..., int]) -> None:
    cluster = Cluster(CONFIG)
    cluster.before = refusing(cluster, 422, lambda: cluster.weight() == 0)
    said: list[Any] = []
    assert lead(cluster, said=said) == 3
    assert cluster.state["verdict"] == "rolled back"
    assert "refused" in cluster.state["reason"]
    assert cluster.images() == {STABLE}
    assert not cluster.unanswered


def test_a_step_that_cannot_begin_ends_at_the_deadline(lead: Callable[..., int]) -> None:
    """A webhook that is down answers 500 for each change: the first share stays, and nobody looks at it."""
    cluster = Cluster(CONFIG)
    begun = cluster.now
    late = begun + CONFIG["deadline_seconds"] + 600
    cluster.before = refusing(cluster, 500, lambda: cluster.weight() == 5 and cluster.now < late)
    assert lead(cluster) == 3
    assert cluster.state["reason"] == "the deadline has passed"
    assert cluster.shares == [0, 5, 0]
    assert late <= cluster.now < late + 600
    assert cluster.images() == {STABLE}


def test_what_is_refused_for_a_while_is_promoted_in_the_end(lead: Callable[..., int]) -> None:
    cluster = Cluster(CONFIG)
    late = cluster.now + 900
    cluster.before = refusing(cluster, 500, lambda: cluster.weight() == 5 and cluster.now < late)
    assert lead(cluster) == 0
    assert cluster.images() == {CANARY}
