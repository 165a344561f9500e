"""The gate decides by exact figures; what is not a number never passes."""

import json
import math
from types import ModuleType
from typing import Any

import pytest

from tests.engines.loop.project import Project

Programs = dict[str, ModuleType]


def figures(programs: Programs, _n: Any = None, **metrics: float) -> Any:
    samples = _n if isinstance(_n, dict) else {"": _n} if _n else {}
    return programs["figures"].Figures(metrics, samples, {})


def judge(
    programs: Programs, rule: dict[str, Any], new: Any, champion: Any = None, better: str = "higher"
) -> Any:
    return programs["gate"].judge([rule], {rule["metric"]: better}, new, champion)


@pytest.mark.parametrize(
    ("rule", "value", "passed"),
    [
        ({"min": 0.9}, 0.9, True),
        ({"min": 0.9}, 0.8999, False),
        ({"max": 2}, 2.0, True),
        ({"max": 2}, 2.01, False),
        ({"max": 0}, 0.0, True),
        ({"max": 0}, 0.01, False),
        ({"min": 0.9}, math.nan, False),
        ({"max": 2}, math.nan, False),
        ({"min": 0.9}, math.inf, False),
    ],
)
def test_thresholds(programs: Programs, rule: dict[str, Any], value: float, passed: bool) -> None:
    (ruling,) = judge(programs, {"metric": "m", **rule}, figures(programs, m=value))
    assert ruling.passed is passed


@pytest.mark.parametrize(
    ("new", "old", "by", "better", "passed"),
    [
        (0.905, 0.9, {"absolute": 0.005}, "higher", True),
        (0.9049, 0.9, {"absolute": 0.005}, "higher", False),
        (99.0, 100.0, {"relative": 0.01}, "lower", True),
        (99.1, 100.0, {"relative": 0.01}, "lower", False),
        (-99.0, -100.0, {"relative": 0.01}, "higher", True),
        (0.9, 0.9, {}, "higher", False),
        (0.9001, 0.9, {}, "higher", True),
        (0.9, 0.8, {}, "lower", False),
        (0.9, math.nan, {}, "higher", False),
        (math.nan, 0.9, {}, "higher", False),
    ],
)
def test_improvement(
    programs: Programs, new: float, old: float, by: dict[str, float], better: str, passed: bool
) -> None:
    rule = {"metric": "m", "improves_on": "champion", "by": by}
    (ruling,) = judge(programs, rule, figures(programs, m=new), figures(programs, m=old), better)
    assert ruling.passed is passed


def test_a_refusal_says_by_how_much(programs: Programs) -> None:
    rule = {"metric": "m", "improves_on": "champion", "by": {"absolute": 0.005}}
    (ruling,) = judge(programs, rule, figures(programs, m=0.88), figures(programs, m=0.9))
    assert ruling.line == "m 0.88 is worse by 0.02 against the champion's 0.9; needed: at least 0.005"
    (ruling,) = judge(programs, {"metric": "m", "min": 0.9}, figures(programs, m=0.88))
    assert ruling.line == "m 0.88 is not at least 0.9: 0.02 off"


def test_a_missing_metric_fails_and_is_named(programs: Programs) -> None:
    (ruling,) = judge(programs, {"metric": "f1", "min": 0.1}, figures(programs, accuracy=1.0))
    assert (ruling.passed, ruling.line) == (False, "f1 is not among the metrics")


def test_without_a_champion_only_thresholds_count(programs: Programs) -> None:
    rule = {"metric": "m", "improves_on": "champion"}
    assert judge(programs, rule, figures(programs, m=0.1)) == []
    assert not judge(programs, rule, figures(programs, m=math.nan))[0].passed


def test_wilson_equals_the_published_example(programs: Programs) -> None:
    # 81 of 263: 0.2553 to 0.3662 (Newcombe 1998, table I, method 3).
    assert programs["figures"].wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert programs["figures"].wilson(0.0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_the_difference_equals_the_published_example(programs: Programs) -> None:
    # 56/70 - 48/80: 0.0524 to 0.3339 (Newcombe 1998, interval estimation for the difference, method 10).
    new, old = figures(programs, 70, accuracy=56 / 70), figures(programs, 80, accuracy=48 / 80)
    assert programs["figures"].difference(new, old, "accuracy") == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_the_verdict_holds_interval_and_sample_size(programs: Programs) -> None:
    rule = {"metric": "accuracy", "improves_on": "champion"}
    new, old = figures(programs, 500, accuracy=0.91), figures(programs, 500, accuracy=0.9)
    (ruling,) = judge(programs, rule, new, old)
    assert "(95% interval 0.8817 to 0.9321, n 500)" in ruling.line
    assert ruling.line.endswith("which this sample cannot tell from none")
    assert ruling.details["n"] == 500
    assert ruling.details["gain_interval"][0] < 0 < ruling.details["gain_interval"][1]


def test_the_gain_of_a_metric_where_less_is_better_turns_its_interval(programs: Programs) -> None:
    rule = {"metric": "error_rate", "improves_on": "champion"}
    new, old = figures(programs, 9000, error_rate=0.1), figures(programs, 9000, error_rate=0.2)
    (ruling,) = judge(programs, rule, new, old, "lower")
    low, high = ruling.details["gain_interval"]
    assert 0.08 < low < 0.1 < high < 0.12


def test_recall_has_an_interval_only_with_a_sample_size_of_its_own(programs: Programs) -> None:
    assert figures(programs, 500, recall=0.9).interval("recall") is None
    assert figures(programs, {"recall": 50}, recall=0.9).interval("recall") is not None
    assert figures(programs, 500, rmse=0.9).interval("rmse") is None


def test_metrics_files(bare: Project) -> None:
    read = bare.ops["figures"].read
    content = {
        "f1": 0.5,
        "recall": {"enterprise": 0.8},
        "note": "x",
        "ok": True,
        "bad": None,
        "n": 10,
        "ci": {"f1": [0.4, 0.6]},
    }
    bare.write("m.json", json.dumps(content))
    bare.write("m.yaml", "rmse: 1.5\nmae: .nan\n")
    found = read(["m.json", "m.yaml"])
    assert {name for name, value in found.metrics.items() if math.isnan(value)} == {"bad", "mae"}
    assert {k: v for k, v in found.metrics.items() if not math.isnan(v)} == {
        "f1": 0.5,
        "recall.enterprise": 0.8,
        "rmse": 1.5,
    }
    assert (found.size("f1"), found.interval("f1")) == (10, (0.4, 0.6))
    bare.write("m.json", '{"a": NaN, "b": "NaN", "c": -Infinity}')
    assert not any(map(math.isfinite, read(["m.json"]).metrics.values()))
