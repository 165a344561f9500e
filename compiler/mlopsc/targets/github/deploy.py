"""The workflow that puts one version into service, environment by environment, and takes it back itself."""

from collections.abc import Iterator

from mlopsc.model import Environment
from mlopsc.targets.github.expressions import expression
from mlopsc.targets.github.images import OF_GITHUB, builder, registries, sign_in
from mlopsc.targets.github.parts import Event, Job, Permissions, Step, Workflow, joined
from mlopsc.targets.github.rights import OIDC, READ, TOKEN
from mlopsc.targets.github.steps import Steps

_ABOUT = "Puts one version into service: image, then each environment in turn; takes it back if it fails."
_VERSION = {"VERSION": expression("inputs.version")}
_MINUTES = 60
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
    tested = name == "staging" and steps.has("integration-test")
    test = steps.make("integration-test", "Test it there", env=_VERSION) if tested else None
    promote: Step | None = None
    if last:
        promote = steps.make("promote", "Make it the champion", strict=True, env=_VERSION)
    given = (
        steps.checkout(),
        *steps.setup(),
        steps.cloud(of=environment),
        *(sign_in(steps.model) if on_a_host else []),
        steps.make("deploy", "Replace what runs", id="deploy", env=_VERSION),
        test,
        steps.make("verify", "See that it serves", strict=True, env=_VERSION),
        promote,
        steps.make("back-out", "Take it back", env=_VERSION, when=_FAILED),
        steps.tell(*["deploy", *_TEST * tested, "verify", *_PROMOTE * last, "back-out"]),
    )
    return Job(
        name or "service",
        name.capitalize() or "Service",
        steps.runner,
        joined(given),
        (before,),
        minutes=_MINUTES,
        environment=name,
        permissions={
            **READ,
            **(OIDC if environment.aws_role else {}),
            **(_PULL if on_a_host and OF_GITHUB in registries(steps.model) else {}),
        },
        env=steps.settings(name),
    )
