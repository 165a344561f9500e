"""Tags: a changed one takes the fields of its old value along."""

from typing import Literal, get_args, get_origin

import pytest
from mlopsc.diagnostics import Path
from mlopsc.spec.root import KEYS
from mlopsc.spec.tags import FOLLOWERS, TAGS, lost, tags_at
from mlopsc.spec.walk import children, kind_at, unwrap

ALL = {"steps", "hold", "promote_if", "on_no_data", "shadow_first"}
LOST = [
    (("deployment",), {"strategy": "canary", "steps": ["5%"], "test": "t"}, {"strategy": "rolling"}, ALL),
    (("deployment",), {"strategy": "canary"}, {"strategy": "shadow"}, ALL - {"shadow_first"}),
    (("deployment",), {"strategy": "canary"}, {"strategy": "canary"}, set()),
    (("deployment",), {"strategy": "canary"}, {"hold": "5m"}, set()),
    (("deployment",), {"strategy": "canary"}, {"strategy": None}, ALL),
    (("deployment",), {"provider": "kserve"}, {"provider": "istio"}, {"mode"}),
    (("environments", "staging", "deployment"), {"provider": "kserve"}, {"provider": "istio"}, {"mode"}),
    (("serving", "prediction_log"), {"broker": "rabbitmq"}, {"broker": "kafka"}, {"queue"}),
    (("retraining",), {"strategy": {"mode": "full"}}, {"strategy": {"mode": "incremental"}}, set()),
    (("tracking", "uri"), {"env": "A"}, {"secret": "B"}, {"env"}),
    (("connections", "redis"), {"url": "a"}, {"url": "b"}, set()),
]  # fmt: skip


@pytest.mark.parametrize(("path", "base", "over", "gone"), LOST)
def test_what_goes_with_a_tag(
    path: Path, base: dict[str, object], over: dict[str, object], gone: set[str]
) -> None:
    assert lost(path, base, over) == gone


def test_every_tag_and_field_is_of_the_language() -> None:
    for pattern, tags in TAGS.items():
        kind = kind_at(tuple(0 if step == "*" else step for step in pattern))
        for tag, values in tags.items():
            core = unwrap(children(kind)[tag])[0]
            assert get_origin(core) is Literal
            assert set(values) == set(get_args(core))
            assert frozenset().union(*values.values()) <= set(children(kind))


def test_followers_are_sections() -> None:
    for (section, tag, value), followers in FOLLOWERS.items():
        assert value in tags_at((section,))[tag]
        assert set(followers) <= set(KEYS)


def test_a_list_of_tests_has_tags_in_each() -> None:
    assert tags_at(("drift", "tests", 3))["method"]["msd"] == {"above", "pair"}
