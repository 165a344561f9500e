"""What `explain FIELD` tells."""

import pytest
import yaml
from mlopsc.spec.story import field_names, field_story, stories, yaml_line
from mlopsc.spec.walk import everywhere

from tests.unit.spec.documents import faults_of


def test_a_story_is_complete() -> None:
    assert field_story("deployment.on_no_data") == (
        "deployment.on_no_data\n"
        "Without data: roll back, or wait until the deadline; it never promotes.\n"
        "type: one of `rollback`, `wait`\n"
        "default: rollback\n"
        "example: on_no_data: rollback"
    )


@pytest.mark.parametrize(
    ("field", "part"),
    [
        ("drift.tests[].method", "one of `ks`, `chi2`, `psi`, `wasserstein`, `msd`"),
        ("validation.columns.*.nulls", "default: allowed"),
        ("serving.replicas", "example: replicas: 3"),
        ("environments.*.cluster", "keys: context, namespace"),
        ("version", "required"),
        ("timezone", "default: UTC"),
        ("ab_test.for", "a duration such as"),
    ],
)
def test_a_story_names_what_matters(field: str, part: str) -> None:
    assert part in field_story(field)


def test_there_is_a_story_for_every_field() -> None:
    assert [story.path for story in stories()] == list(field_names())
    assert len(set(field_names())) == len(field_names()) > 250
    for story in stories():
        container = story.path.endswith(("*", "[]"))
        assert story.type and (story.about or container), story.path


def test_no_story_of_what_is_no_field() -> None:
    with pytest.raises(KeyError):
        field_story("drift.shedule")


def test_every_example_is_yaml_that_means_itself() -> None:
    for story in stories():
        if story.example:
            assert yaml.safe_load(story.example) is not None, story.path


def test_yaml_lines_quote_what_would_be_read_otherwise() -> None:
    assert yaml_line({"a": ["x y", "a: b", "#c", 1, True, None]}) == "{a: [x y, 'a: b', '#c', 1, true, null]}"
    assert yaml_line("3.10") == "'3.10'"


def test_examples_of_sections_have_no_faults_of_shape() -> None:
    tops = {pattern[0] for pattern, _ in everywhere()}
    for story in stories():
        if story.path in tops and story.example and story.path != "version":
            assert faults_of(f"{story.path}: {story.example}") == (), story.path
