"""Which pipelines a model has at Jenkins, and what each of them does."""

from collections.abc import Iterable, Iterator
from typing import Any

from mlopsc.model import Environment, Model
from mlopsc.symbols import Job
from mlopsc.targets.jenkins.clocks import spec
from mlopsc.targets.jenkins.parts import Call, Group, Offered, Parameter, Pipeline, Step

_ID = "Id of what is called for; the same id trains once"


def pipelines(offered: Offered) -> Iterator[Pipeline]:
    """Yield the pipelines of a model: one per job of Jenkins."""
    yield ci(offered)
    scheduled = offered.model.scheduler == "jenkins"
    jobs = offered.table[Job] if scheduled else ()
    # What trains has one clock; that of the schedule is the last by name.
    training = [job for job in jobs if job.commands == ("retrain",)]
    clock = training[-1] if training else None
    if scheduled and offered.has("retrain"):
        yield train(offered, clock)
    for job in jobs:
        if job is not clock:
            yield watch(offered, job, trains=job in training)
    if offered.has("deploy"):
        yield deploy(offered)


def ci(offered: Offered) -> Pipeline:
    """Return the pipeline of each change; it registers nothing."""
    code = (_setup(offered), offered.step("Lint", "ci-lint"), offered.step("Test", "ci-test"))
    checks = offered.step("Generated files", "outputs")
    work = (
        offered.step("Data and models", "pull"),
        offered.step("Validate", "validate"),
        offered.step("Pipeline", "pipeline"),
        offered.step("Figures", "compare"),
    )
    about = "Looks at each change: lint, tests, data, pipeline, figures. Registers nothing."
    groups = (_group(offered, "Code", (*code, checks)), _group(offered, "Data", work, guarded=True))
    return Pipeline("Jenkinsfile", about, _there(groups), 2, main=False, replaced=True)


def train(offered: Offered, clock: Job | None) -> Pipeline:
    """Return the pipeline that trains; its first choice of TRIGGER is what its clock means."""
    model = offered.model
    drift = None
    if model.retraining and model.retraining.triggers.keys() & {"drift", "metric"}:
        # Its verdict is what `make retrain` reads: it does not make this build unstable.
        drift = Step("Drift", (Call("drift", judged=False),), uncalled=True) if offered.has("drift") else None
    work = (
        offered.step("Data and models", "pull"),
        drift,
        offered.step("Train", "retrain"),
        offered.step("Keep", "push", after="retrain", verdict="trained"),
    )
    lock = offered.step("dvc.lock", "commit-lock", after="retrain", verdict="trained")
    start = offered.step("Deployment", "dispatch-deploy", after="retrain", verdict="trained")
    groups = (
        _group(offered, "Prepare", (_setup(offered),)),
        _group(offered, "Training", work),
        _group(offered, "Lock", (lock and Step(lock.name, (), "retrain", "trained", pushes="commit-lock"),)),
        _group(offered, "Start", (start,), secrets=("JENKINS_TOKEN",)),
    )
    return Pipeline(
        "jenkins/train.groovy",
        "Trains again when something asks for it, and leaves the decision to the gate.",
        _there(groups),
        12,
        spec(model.timezone, [clock.cron] if clock else []),
        (
            Parameter("TRIGGER", "Who calls; empty: all triggers are looked at", _calls(model, clock)),
            Parameter("EVENT", _ID),
        ),
        _told(offered, "drift" if drift else "", "retrain"),
    )


def watch(offered: Offered, job: Job, trains: bool) -> Pipeline:
    """Return the pipeline of a scheduled job; what asks for a training only starts the one that trains."""
    model = offered.model
    fires = model.retraining.triggers.keys() if model.retraining else set()
    commands = [name for name in job.commands if name != "retrain"]
    work: tuple[Step | None, ...] = ()
    if commands:
        steps = (offered.step(name.capitalize(), name) for name in commands)
        work = (offered.step("Data and models", "pull"), *steps)
    start = None
    if trains:
        start = offered.step("Ask for a training", "dispatch-train")
    elif "retrain" in job.commands:
        # What the report does not say by itself is seen by the training alone.
        told = not fires & {"metric", "new_records"}
        only = {"after": "drift", "verdict": "drift"} if told else {}
        start = offered.step("Ask for a training", "dispatch-train", **only)
    groups = (
        _group(offered, "Prepare", (_setup(offered),)),
        _group(offered, "Watch", work),
        _group(offered, "Training", (start,), secrets=("JENKINS_TOKEN",)),
    )
    about = f"{job.words}: make {' '.join([*job.commands, *job.variables])}."
    clock = spec(model.timezone, [job.cron])
    return Pipeline(
        f"jenkins/{job.name}.groovy",
        about,
        _there(groups),
        2,
        clock,
        told=_told(offered, *commands, "dispatch-train" if start else ""),
        stops=False,
    )


def deploy(offered: Offered) -> Pipeline:
    """Return the pipeline that puts one version into service, environment by environment."""
    environments = offered.model.environments
    image = (_setup(offered), offered.step("Build", "image"))
    groups = [
        _group(offered, "Image", image, environment=environments[-1].name),
        *(_place(offered, each, each is environments[-1]) for each in environments),
    ]
    return Pipeline(
        "jenkins/deploy.groovy",
        "Puts one version into service: image, then each environment in turn; takes it back if it fails.",
        _there(groups),
        72 if any(each.approval for each in environments) else 6,
        parameters=(Parameter("VERSION", "Version in the registry, e.g. 7; empty: the candidate"),),
        told=_told(offered, "image", "deploy", "integration-test", "verify", "promote"),
        apart=True,
    )


def _place(offered: Offered, environment: Environment, last: bool) -> Group | None:
    name = environment.name
    tests = ["integration-test"] if name == "staging" else []
    more: dict[str, Any] = {"undone": "back-out"} if offered.has("back-out") else {}
    roll = offered.step(f"Deploy to {name}" if name else "Deploy", "deploy", *tests, "verify", **more)
    # Apart: a version that serves well stays when only its title could not be changed.
    promote = offered.step("Make it the champion", "promote") if last else None
    question = f"Deploy this version of {offered.model.name} to {name}?" if environment.approval else ""
    title = name.capitalize() or "Service"
    steps = (_setup(offered, f"Setup for {name}" if name else "Setup for service"), roll, promote)
    return _group(offered, title, steps, environment=name, approval=question)


def _group(offered: Offered, name: str, steps: Iterable[Step | None], **more: Any) -> Group | None:
    found = tuple(step for step in steps if step)
    secrets = more.pop("secrets", ()) or offered.secrets(found)
    guarded = more.pop("guarded", False) and bool(secrets)
    return Group(name, found, secrets, guarded, **more) if found else None


def _setup(offered: Offered, name: str = "Setup") -> Step | None:
    return offered.step(name, "setup")


def _calls(model: Model, clock: Job | None) -> list[str]:
    """Return what TRIGGER may be; Jenkins' clock takes the first."""
    fires = model.retraining.triggers if model.retraining else {}
    first = next((each.removeprefix("TRIGGER=") for each in clock.variables), "") if clock else ""
    return list(
        dict.fromkeys([first, "", "manual", *(n for n in ("drift", "schedule", "webhook") if fires.get(n))])
    )


def _told(offered: Offered, *commands: str) -> tuple[str, ...]:
    return tuple(name for name in commands if offered.has(name)) if offered.has("tell") else ()


def _there(groups: Iterable[Group | None]) -> tuple[Group, ...]:
    return tuple(group for group in groups if group)
