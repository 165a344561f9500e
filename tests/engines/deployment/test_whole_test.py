"""One A/B test from its first request to its end: the log, outcomes, the evaluation and the controller together.

Only what is around them stands in: the cluster, Prometheus, and the weeks.
"""

import copy
import json
import random
import shutil
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.engines.ab_test.world import DAY, SINCE, TEMPLATES, Row, imported
from tests.engines.ab_test.world import World as Evaluated
from tests.engines.deployment.stepwise import HERE, change, image, replicas, rules, state, weights
from tests.engines.deployment.test_stepwise import aliases, tags
from tests.engines.deployment.test_tested import LEASE, decided
from tests.engines.deployment.world import World

IDS = 12_000
RATE = 0.3


@pytest.fixture
def evaluated(testing: World) -> World:
    """Return the repository with its own evaluation, and a log in a folder of its own."""
    for name in ("ab_look", "ab_seen"):
        shutil.copy(TEMPLATES / f"ab_test/ops/{name}.py", testing.root / "ops")
    log = {"path": f"file://{testing.root}/logs/"}
    testing.configure(HERE, serving=settings(testing)["serving"] | {"prediction_log": log})
    return testing


def settings(world: World) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((world.root / f"config/{HERE}.json").read_text())
    return found


def arms(world: World) -> ModuleType:
    """Return the module of the service that deals the arms."""
    spec = util.spec_from_file_location("compiled_arms", world.root / "serving/arms.py")
    assert spec and spec.loader
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def weeks_ago(world: World, days: float) -> float:
    """Let the A/B test have begun so many days earlier; returns since when it runs."""
    lease = copy.deepcopy(world.objects()[LEASE])
    found = state(world)
    for name in ("since", "deadline"):
        found[name] -= days * DAY
    lease["metadata"]["annotations"]["mlops/rollout"] = json.dumps(found)
    change(world, **{LEASE: lease})
    return float(found["since"])


def answered(world: World, since: float, right: dict[str, float], tmp_path: Path) -> None:
    """Let each id be answered by its arm's version, right with such a probability, and its outcome arrive."""
    test, dealt = settings(world)["ab_test"], arms(world)
    log = Evaluated(world.root, imported(tmp_path / "writers"))
    chance, rows = random.Random(3), {"control": list[Row](), "treatment": list[Row]()}
    for number in range(IDS):
        churned = chance.random() < RATE
        arm = dealt.arm(test["experiment"], test["share"], str(number))
        answer = int(churned == (chance.random() < right[arm]))
        at = since - SINCE + test["enrolment_seconds"] * (number // 50 * 50 + 25) / IDS
        rows[arm].append({"at": at, "id": number, "arm": arm, "answer": answer})
        log.outcomes[number] = int(churned)
    for version, arm in (("1", "control"), ("2", "treatment")):
        log.log(version, rows[arm])
    log.arrive()


@pytest.mark.parametrize(
    ("right", "wanted"),
    [
        ({"control": 0.75, "treatment": 0.85}, "promoted"),
        ({"control": 0.75, "treatment": 0.75}, "keep"),
        ({"control": 0.85, "treatment": 0.75}, "keep"),
    ],
    ids=["better", "equal", "worse"],
)
def test_requests_outcomes_verdict_and_end(
    evaluated: World, tmp_path: Path, right: dict[str, float], wanted: str
) -> None:
    # Nothing is due yet, and there is no log.
    assert evaluated.step("finish-rollout", "", HERE)["verdict"] == "running"
    assert decided(evaluated) is None and rules(evaluated) == ["ab-test", "weighted"]

    answered(evaluated, weeks_ago(evaluated, 22), right, tmp_path)
    report = evaluated.step("finish-rollout", "", HERE)
    page = json.loads((evaluated.root / "reports/ab-test.json").read_text())
    assert report["verdict"] == wanted, report
    promoted = wanted == "promoted"
    assert page["verdict"] == ("promote" if promoted else "keep")
    lines = [each["line"] for each in state(evaluated)["decisions"]]
    assert any(f"says {page['verdict']}: {page['reasons'][0][:200]}" in line for line in lines), lines
    assert image(evaluated) == ("churn-v2" if promoted else "churn-v1")
    assert aliases(evaluated)["champion"] == ("2" if promoted else "1")
    assert (state(evaluated)["phase"], replicas(evaluated)) == ("ended", 0)
    assert (rules(evaluated), weights(evaluated)) == (["weighted"], [100, 0])
    assert tags(evaluated, "2") == {}
