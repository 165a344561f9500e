"""Which pipelines a model has at Jenkins, and what each of them does."""

from collections.abc import Iterator

from mlopsc.model import Model
from mlopsc.symbols import Job
from mlopsc.targets.jenkins.clocks import spec
from mlopsc.targets.jenkins.deploying import deploy
from mlopsc.targets.jenkins.grouped import group, setup, there, told
from mlopsc.targets.jenkins.parts import Call, Offered, Parameter, Pipeline, Step

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
        if job.commands == ("finish-rollout",):
            yield finish(offered, job)
        elif job is not clock:
            yield watch(offered, job, trains=job in training)
    if offered.has("deploy"):
        yield deploy(offered)


def ci(offered: Offered) -> Pipeline:
    """Return the pipeline of each change; it registers nothing."""
    code = (setup(offered), offered.step("Lint", "ci-lint"), offered.step("Test", "ci-test"))
    checks = offered.step("Generated files", "outputs")
    work = (
        offered.step("Data and models", "pull"),
        offered.step("Validate", "validate"),
        offered.step("Pipeline", "pipeline"),
        offered.step("Figures", "compare"),
    )
    about = "Looks at each change: lint, tests, data, pipeline, figures. Registers nothing."
    groups = (group(offered, "Code", (*code, checks)), group(offered, "Data", work, guarded=True))
    return Pipeline("Jenkinsfile", about, there(groups), 2, main=False, replaced=True)


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
        group(offered, "Prepare", (setup(offered),)),
        group(offered, "Training", work),
        group(offered, "Lock", (lock and Step(lock.name, (), "retrain", "trained", pushes="commit-lock"),)),
        group(offered, "Start", (start,), secrets=("JENKINS_TOKEN",)),
    )
    return Pipeline(
        "jenkins/train.groovy",
        "Trains again when something asks for it, and leaves the decision to the gate.",
        there(groups),
        12,
        spec(model.timezone, [clock.cron] if clock else []),
        (
            Parameter("TRIGGER", "Who calls; empty: all triggers are looked at", _calls(model, clock)),
            Parameter("EVENT", _ID),
        ),
        told(offered, "drift" if drift else "", "retrain"),
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
        by_report = not fires & {"metric", "new_records"}
        only = {"after": "drift", "verdict": "drift"} if by_report else {}
        start = offered.step("Ask for a training", "dispatch-train", **only)
    groups = (
        group(offered, "Prepare", (setup(offered),)),
        group(offered, "Watch", work),
        group(offered, "Training", (start,), secrets=("JENKINS_TOKEN",)),
    )
    about = f"{job.words}: make {' '.join([*job.commands, *job.variables])}."
    clock = spec(model.timezone, [job.cron])
    return Pipeline(
        f"jenkins/{job.name}.groovy",
        about,
        there(groups),
        2,
        clock,
        told=told(offered, *commands, "dispatch-train" if start else ""),
        stops=False,
    )


def finish(offered: Offered, job: Job) -> Pipeline:
    """Return the pipeline that has a rollout finished; it reads the registry, and reaches no cluster."""
    start = offered.step("Ask for its end", "dispatch-finish")
    steps = (setup(offered), start)
    secrets = (*offered.secrets([start] if start else []), "JENKINS_TOKEN")
    return Pipeline(
        f"jenkins/{job.name}.groovy",
        f"{job.words}: starts the deployment of a version whose rollout must have ended by itself.",
        there((group(offered, "Rollout", steps, secrets=secrets),)),
        2,
        spec(offered.model.timezone, [job.cron]),
        told=told(offered, "dispatch-finish"),
        stops=False,
    )


def _calls(model: Model, clock: Job | None) -> list[str]:
    """Return what TRIGGER may be; Jenkins' clock takes the first."""
    fires = model.retraining.triggers if model.retraining else {}
    first = next((each.removeprefix("TRIGGER=") for each in clock.variables), "") if clock else ""
    return list(
        dict.fromkeys([first, "", "manual", *(n for n in ("drift", "schedule", "webhook") if fires.get(n))])
    )
