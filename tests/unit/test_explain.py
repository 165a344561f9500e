"""The stories of codes and fields."""

import pytest
from mlopsc.explain import story
from mlopsc.spec.units.figures import Change
from mlopsc.workspace import UsageError


@pytest.mark.parametrize("asked", ["registry.gate[].by", "registry.gate.by", "registry.gate[0].by"])
def test_a_difference_is_shown_both_ways_on_an_example(asked: str) -> None:
    told = story(asked)
    assert told.startswith("registry.gate[].by\n")
    assert "compared with 0.90, `0.05` is a difference of 0.05 and `5%` one of 0.045" in told
    assert Change.read(0.05).absolute(0.90) == 0.05
    assert Change.read("5%").absolute(0.90) == pytest.approx(0.045)


def test_a_name_stands_where_the_language_has_any_name() -> None:
    assert story("validation.columns.age.between").startswith("validation.columns.*.between\n")


def test_a_list_is_meant_before_its_items() -> None:
    assert story("deployment.steps").startswith("deployment.steps\n")


def test_what_is_neither_is_refused_with_a_proposal() -> None:
    with pytest.raises(UsageError, match=r"did you mean drift\.schedule"):
        story("drift.shedule")
