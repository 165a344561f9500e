"""The pipeline that puts one version into service, environment by environment."""

from collections.abc import Iterator
from typing import Any

from mlopsc.model import Environment
from mlopsc.targets.jenkins.grouped import group, setup, there, told
from mlopsc.targets.jenkins.parts import Call, Group, Offered, Parameter, Pipeline, Step


def deploy(offered: Offered) -> Pipeline:
    """Return the pipeline that puts one version into service, environment by environment."""
    environments = offered.model.environments
    image = (setup(offered), offered.step("Build", "image"))
    groups = [
        group(offered, "Image", image, environment=environments[-1].name),
        *(_place(offered, each, each is environments[-1]) for each in environments),
    ]
    return Pipeline(
        "jenkins/deploy.groovy",
        "Puts one version into service: image, then each environment in turn; takes it back if it fails.",
        there(groups),
        72 if any(each.approval for each in environments) else 12 if offered.model.rollouts else 6,
        parameters=(Parameter("VERSION", "Version in the registry, e.g. 7; empty: the candidate"),),
        told=told(offered, "image", "deploy", "integration-test", "verify", "promote"),
        apart=True,
    )


def _place(offered: Offered, environment: Environment, last: bool) -> Group | None:
    name = environment.name
    tests = ["integration-test"] if name == "staging" else []
    more: dict[str, Any] = {"undone": "back-out"} if offered.has("back-out") else {}
    title = name.capitalize() or "Service"
    first = setup(offered, f"Setup for {name}" if name else "Setup for service")
    where = f"Deploy to {name}" if name else "Deploy"
    rollout = environment.deployment.rollout if environment.deployment else None
    if rollout:
        rolled = tuple(_stepwise(offered, where, name, tests, last, more))
    else:
        roll = offered.step(where, "deploy", *tests, "verify", **more)
        # Apart: a version that serves well stays when only its title could not be changed.
        rolled = (roll, offered.step("Make it the champion", "promote") if last else None)
    question = f"Deploy this version of {offered.model.name} to {name}?" if environment.approval else ""
    return group(offered, title, (first, *rolled), environment=name, approval=question)


def _stepwise(
    offered: Offered, where: str, name: str, tests: list[str], last: bool, more: dict[str, Any]
) -> Iterator[Step | None]:
    """Yield what gives a version its traffic in steps: what is taken back by itself is not taken back again.

    One that goes on is finished by the scheduler's next run; before another environment it must have ended.
    """
    yield Step(where, (Call("deploy", judged=True),))
    done = {"after": "deploy", "verdict": "done"} if last else {}
    title = f"Look at {name}" if name else "Look at it"
    yield offered.step(title, *tests, "verify", **done, **more)
    if last:
        yield offered.step("Make it the champion", "promote", **done)
