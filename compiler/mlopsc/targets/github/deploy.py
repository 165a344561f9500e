"""The workflow that puts one version into service, environment by environment, and takes it back itself."""

from collections.abc import Iterator

from mlopsc.model import Environment
from mlopsc.targets.github.expressions import expression, verdict
from mlopsc.targets.github.images import OF_GITHUB, builder, registries, sign_in
from mlopsc.targets.github.parts import Event, Job, Permissions, Step, Workflow, joined
from mlopsc.targets.github.rights import OIDC, READ, TOKEN
from mlopsc.targets.github.steps import Steps

_ABOUT = "Puts one version into service: image, then each environment in turn; takes it back if it fails."
_VERSION = {"VERSION": expression("inputs.version")}
_MINUTES = 60
# Under GitHub's six hours, and over the five for which make deploy follows a rollout.
_FOLLOWING_MINUTES = 350
# A session of a role lasts an hour, unless somebody has changed the role: what is left goes on by itself.
_SESSION = {"FOLLOW": "50m"}
_TEST, _PROMOTE = ["integration-test"], ["promote"]
_PULL: Permissions = {"packages": ("read", "to pull the image")}
_FAILED = "(failure() || cancelled()) && steps.deploy.outputs.changed == 'true'"


def deploy(steps: Steps) -> Workflow:
    """Return <model>-deploy.yml."""
    version = {"description": "Version in the registry, e.g. 7", "type": "string", "required": True}
    events = (Event("workflow_dispatch", inputs={"version": version}),)
    return Workflow("deploy", _ABOUT, events, tuple(_jobs(steps)), f"{steps.model.name}-deploy", waits=True)


def _jobs(steps: Steps) -> Iterator[Job]:
    yield _guard(steps)
    yield _image(steps)
    before = "image"
    environments = [each for each in steps.model.environments if each.deployment]
    for environment in environments:
        job = _environment(steps, environment, before, last=environment is environments[-1])
        yield job
        before = job.id


def _guard(steps: Steps) -> Job:
    permissions = {**READ, "actions": ("read", "to see how the environments are protected")}
    step = steps.make("protected", "Only from main, and only behind an approval", strict=True, env=TOKEN)
    given = joined((steps.checkout(), step, steps.tell("protected")))
    name = "May it be deployed?"
    return Job("guard", name, steps.runner, given, minutes=10, permissions=permissions, env=steps.plain)


def _image(steps: Steps) -> Job:
    given = (
        steps.checkout(),
        *steps.setup(),
        steps.cloud(),
        builder(),
        *sign_in(steps.model),
        *_images(steps),
        steps.tell("image"),
    )
    pushed: Permissions = {"packages": ("write", "to push the image")}
    permissions = {**steps.reading, **(pushed if OF_GITHUB in registries(steps.model) else {})}
    return Job(
        "image",
        "Image",
        steps.runner,
        joined(given),
        ("guard",),
        minutes=_MINUTES,
        permissions=permissions,
        env=steps.settings(),
    )


def _images(steps: Steps) -> Iterator[Step]:
    """Yield a step for each image: environments may name different ones."""
    made: set[str] = set()
    for environment in reversed(steps.model.environments):
        if environment.deployment and environment.deployment.image not in made:
            named = {"MLOPS_ENV": environment.name} if made else {}
            made.add(environment.deployment.image)
            where = f" for {environment.name}" if named else ""
            name = f"Build the image of this version{where}, and push it"
            yield steps.make("image", name, env={**named, **_VERSION})


def _environment(steps: Steps, environment: Environment, before: str, last: bool) -> Job:
    name = environment.name
    # A cluster pulls with a secret of its own; docker on a host is told here.
    on_a_host = environment.deployment is not None and environment.deployment.cluster is None
    rollout = environment.deployment.rollout if environment.deployment else None
    tested = name == "staging" and steps.has("integration-test")
    test = steps.make("integration-test", "Test it there", env=_VERSION) if tested else None
    # What goes on is finished by the scheduler's next run; before another environment it must have ended.
    done = f"{verdict('deploy')} == 'done'" if rollout and last else ""
    promote = steps.make("promote", "Make it the champion", strict=True, env=_VERSION, when=done)
    given = (
        steps.checkout(),
        *steps.setup(),
        steps.cloud(of=environment),
        *(sign_in(steps.model) if on_a_host else []),
        _deploy(steps, environment),
        steps.cloud(of=environment, when=done) if rollout else None,
        test,
        steps.make("verify", "See that it serves", strict=True, env=_VERSION, when=done),
        promote if last else None,
        steps.make("back-out", "Take it back", env=_VERSION, when=_FAILED),
        _shown(steps, environment),
        steps.tell(*["deploy", *_TEST * tested, "verify", *_PROMOTE * last, "back-out"]),
    )
    return Job(
        name or "service",
        name.capitalize() or "Service",
        steps.runner,
        joined(given),
        (before,),
        minutes=_FOLLOWING_MINUTES if rollout else _MINUTES,
        environment=name,
        permissions={
            **READ,
            **(OIDC if environment.aws_role else {}),
            **(_PULL if on_a_host and OF_GITHUB in registries(steps.model) else {}),
        },
        env=steps.settings(name),
    )


def _deploy(steps: Steps, environment: Environment) -> Step:
    """Return the step that changes what serves; one that is taken back by itself is red."""
    if environment.deployment is None or environment.deployment.rollout is None:
        return steps.make("deploy", "Replace what runs", id="deploy", env=_VERSION)
    env = {**_VERSION, **(_SESSION if environment.aws_role else {})}
    return steps.make("deploy", "Give it its traffic, step by step", id="deploy", strict=True, env=env)


def _shown(steps: Steps, environment: Environment) -> Step | None:
    """Return the step that keeps what an A/B test shows; it is looked at by `make deploy`."""
    if environment.name not in steps.model.experiments:
        return None
    name = f"{steps.model.name}-{environment.name}-ab-test"
    return steps.upload("what the A/B test shows", name, ["reports/ab-test.html", "reports/ab-test.json"])
