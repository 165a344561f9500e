"""The controller that gives a version its traffic step by step, and takes it back by itself."""

from collections.abc import Iterator
from typing import Any

from mlopsc.files import File, Verbatim
from mlopsc.model import Experiment, Model, Rollout
from mlopsc.model.delivery import SETTLE_SECONDS
from mlopsc.model.experiment import HEADER
from mlopsc.symbols import Metric, Setting, Symbol, Table
from mlopsc.targets.offered import own

SECTIONS = ("deployment: canary",)
SUMMARY = "ops/rollout.py: a version gets its traffic in steps, and is taken back by itself"

_AT = ("deployment",)
# Of the controller's pod, while it runs: port 8081.
_GAUGES = {
    "model_rollout_share": "the canary's share of the traffic",
    "model_rollout_step": "the step of the rollout, from 1; 0 before the first",
}
_OWN = (
    "rollout rollout_api rollout_course rollout_gauges rollout_hold rollout_inference rollout_kserve "
    "rollout_lease rollout_network rollout_plan rollout_pods rollout_promql rollout_providers "
    "rollout_queries rollout_route rollout_rule rollout_shapes rollout_split rollout_state rollout_testing "
    "rollout_told rollout_trials rollout_verdict"
)
# What is on its way when the weights change is answered by the pods that it went to.
_DRAIN_SECONDS = 60
# As long as a Deployment may take to make progress, and some more.
_READY_SECONDS = 300
# Whoever looks at a test has a week for it after its end: the cluster asks nobody.
_SLACK_SECONDS = 7 * 86400


def offers(model: Model) -> Iterator[Symbol]:
    """Bring the settings of the controller."""
    if not model.rollouts:
        return
    values = {name: _settings(name, each) for name, each in model.rollouts.items()}
    yield Setting("rollout", instead=values, at=_AT)
    if _controlled(model):
        yield from own(_OWN, _AT)
        for name, about in _GAUGES.items():
            yield Metric(name, about, ("model", "environment", "version"), at=_AT)


def files(model: Model, _table: Table) -> Iterator[File]:
    """Write the programs."""
    if _controlled(model):
        for program in own(_OWN, _AT):
            yield File(program.name, Verbatim(program.name), at=_AT)


def _controlled(model: Model) -> bool:
    return any(each.controlled for each in model.rollouts.values())


def _settings(environment: str, rollout: Rollout) -> dict[str, Any]:
    return {
        "provider": rollout.provider,
        **({"mode": rollout.mode} if rollout.mode else {}),
        "environment": environment,
        "steps": list(rollout.steps),
        **({"pods": list(rollout.pods)} if rollout.pods else {}),
        "hold_seconds": rollout.hold,
        "shadow_seconds": rollout.shadow,
        "settle_seconds": SETTLE_SECONDS,
        "check_seconds": rollout.check_seconds,
        "ready_seconds": _READY_SECONDS,
        "drain_seconds": _DRAIN_SECONDS,
        "deadline_seconds": rollout.deadline,
        **({"ab_test": _tested(rollout.experiment)} if rollout.experiment else {}),
        "limits": dict(rollout.limits),
        "min_requests": rollout.min_requests,
        "on_no_data": rollout.on_no_data,
        "prometheus": rollout.prometheus,
    }


def _tested(experiment: Experiment) -> dict[str, Any]:
    return {
        "share": experiment.share,
        "seconds": experiment.seconds,
        "slack_seconds": _SLACK_SECONDS,
        "guardrails": dict(experiment.guardrails),
        "header": HEADER,
    }
