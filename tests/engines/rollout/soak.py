"""Random rollouts under random faults; python -m tests.engines.rollout.soak N plays N of them."""

import importlib
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

from tests.engines.rollout.cluster import CANARY, CONFIG, STABLE, Cluster
from tests.engines.rollout.faults import Controllers, Faults, schedule
from tests.engines.rollout.pods import Kind

OPS = Path(__file__).parents[3] / "templates" / "rollout" / "ops"
SHAPES: tuple[dict[str, Any], ...] = (
    {},
    {"provider": "gateway-api"},
    {"provider": "none", "steps": [1 / 3, 0.5], "pods": [2, 4]},
    {"shadow_seconds": 120},
    {"provider": "gateway-api", "shadow_seconds": 120, "steps": []},
    {"on_no_data": "wait"},
    {"ab_test": {}},
    {"provider": "gateway-api", "ab_test": {"guardrails": {}}, "shadow_seconds": 120},
)
# Short beside the faults of a schedule; nobody says anything in some of them.
TEST = {
    "share": 0.2,
    "seconds": 600,
    "slack_seconds": 300,
    "guardrails": {"error_rate": 0.01},
    "header": "x-mlops-arm",
}
VERDICTS = ("promote", "promote", "keep", "undecided", "")
KINDS = {
    "healthy": Kind(),
    "slow to start": Kind(ready=40.0),
    "few errors": Kind(errors=0.004),
    "errors": Kind(errors=0.05),
    "slow": Kind(slow=0.2),
    "crash-looping": Kind(fault="CrashLoopBackOff"),
    "never ready": Kind(ready=1e9),
}
SOUND = ("healthy", "slow to start", "few errors")
DATA = ("", "", "", "", "nan", "empty", "gone")


@dataclass(frozen=True)
class Case:
    """One rollout: its settings, how the version is, what Prometheus says, and what goes wrong."""

    seed: int
    shape: dict[str, Any]
    kind: str
    data: str
    traffic: float
    comes_up: bool
    plan: dict[int, str]
    abort: bool
    verdict: str

    @staticmethod
    def of(seed: int) -> "Case":
        random = Random(seed)
        return Case(
            seed,
            random.choice(SHAPES),
            random.choice((*SOUND, *KINDS)),
            random.choice(DATA),
            random.choice((20.0, 20.0, 20.0, 5.0, 0.0)),
            random.random() < 0.9,
            schedule(random, random.choice((60, 250))),
            random.random() < 0.15,
            random.choice(VERDICTS),
        )

    @property
    def promotes(self) -> bool:
        """Whether an A/B test, where there is one, says so."""
        return "ab_test" not in self.shape or self.verdict == "promote"


@dataclass(frozen=True)
class Played:
    """How it ended, and which promises were broken."""

    code: int
    broken: list[str]
    met: list[str]


def played(rollout: ModuleType, case: Case) -> Played:
    """Play one case to its end."""
    config = {
        **CONFIG,
        "hold_seconds": 120,
        "settle_seconds": 15,
        "check_seconds": 20,
        "drain_seconds": 30,
        "ready_seconds": 90,
        "deadline_seconds": 1500,
        "min_requests": 40,
        "steps": [0.1, 0.5],
        **case.shape,
    }
    if "ab_test" in config:
        config["ab_test"] = {**TEST, **config["ab_test"]}
    promoted = KINDS[case.kind] if case.comes_up else Kind(fault="CrashLoopBackOff")
    cluster = Cluster(config, canary=KINDS[case.kind], promoted=promoted)
    cluster.prometheus, cluster.traffic = case.data, case.traffic
    controllers = Controllers(rollout, cluster)
    faults = Faults(cluster, dict(case.plan), controllers.once)
    if case.abort:
        cluster.at(Random(case.seed).uniform(1, 600), cluster.abort)
    if case.verdict and "ab_test" in case.shape:
        _decided(cluster, case)
    code = controllers.to_the_end()
    return Played(code, [*cluster.broken, *_judged(case, cluster, code)], faults.met)


def _decided(cluster: Cluster, case: Case) -> None:
    """Let the verdict come some time after the test has begun, whatever becomes of the rollout."""

    def look() -> None:
        state = cluster.state
        if state["phase"] == "testing" and state["since"]:
            cluster.at(Random(case.seed).uniform(1, 500), lambda: cluster.decide(case.verdict))
        elif state["phase"] != "ended":
            cluster.at(20, look)

    look()


def _judged(case: Case, cluster: Cluster, code: int) -> list[str]:
    """Return what is wrong with an end."""
    state, wrong = cluster.state, []
    ahead = "clock ahead" in case.plan.values()
    promoted = state["verdict"] == "promoted"
    codes = {"promoted": 0, "keep": 0, "rolled back": 3}
    if state["phase"] != "ended" or code != codes.get(state["verdict"]):
        wrong.append(f"ended with {code}, and says {state['phase']}, {state['verdict']}")
    if state["verdict"] == "keep" != case.verdict:
        wrong.append(f"ended with keep, and its test says {case.verdict or 'nothing'}")
    if cluster.images() != {CANARY if promoted else STABLE}:
        wrong.append(f"stable runs {cluster.images()} after {code}")
    if cluster.workloads["canary"].pods or cluster.weight() or cluster.mirrored() or cluster.tested():
        wrong.append(f"the canary is left: {len(cluster.workloads['canary'].pods)} pods, {cluster.weight()}")
    if promoted and (case.kind not in SOUND or case.data or not case.traffic or not case.comes_up):
        wrong.append("a version was promoted that had no data, or bad data, or did not come up")
    if promoted and not case.promotes:
        wrong.append(f"a version was promoted although its test says {case.verdict or 'nothing'}")
    usual = case.kind in SOUND and not case.data and case.traffic >= 5 and case.comes_up and case.promotes
    if code == 3 and usual and not case.abort and not case.plan and not ahead:
        wrong.append(f"a sound version was taken back: {state['reason']}")
    if case.kind in SOUND and not {"frozen"} & set(case.plan.values()) and cluster.unanswered:
        wrong.append(f"{cluster.unanswered:.0f} requests went to no pod")
    return wrong


def main() -> int:
    """Play as many as are asked for; return 1 if a promise was broken."""
    sys.path.insert(0, str(OPS))
    rollout = importlib.import_module("rollout")
    ends: Counter[str] = Counter()
    failed = 0
    for seed in range(int(sys.argv[1]) if len(sys.argv) > 1 else 2000):
        case = Case.of(seed)
        try:
            end = played(rollout, case)
        except Exception as fault:
            failed += 1
            print(f"seed {seed}: {type(fault).__name__}: {fault}")
            continue
        ends[f"exit {end.code}"] += 1
        ends.update(f"fault: {each}" for each in end.met)
        if end.broken:
            failed += 1
            print(f"seed {seed}: {end.broken}")
    print(dict(ends), f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
