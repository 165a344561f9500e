"""What an A/B test decides, from logs that the service's own writer wrote and from outcomes that came later."""

import pytest

from tests.engines.ab_test.world import World


@pytest.fixture(params=["csv", "parquet"])
def each(request: pytest.FixtureRequest, world: World) -> World:
    """Return a world of either format."""
    world.suffix = request.param
    return world


def test_a_better_version_is_promoted(each: World) -> None:
    each.people(rates=(0.3, 0.2))
    each.arrive()
    report = each.command()
    assert report["verdict"] == "promote"
    assert report["reasons"][0] == "version 8 is better: churned is 21.42%, with version 7 29.89%"


def test_one_that_is_no_better_is_kept_out(each: World) -> None:
    each.people(rates=(0.3, 0.3))
    each.arrive()
    report = each.command()
    assert report["verdict"] == "keep"
    assert report["reasons"][0].startswith("keep version 7: version 8 is not better; churned is 31.17%")
