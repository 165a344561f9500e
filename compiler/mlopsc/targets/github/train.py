"""The workflow that trains: new data, the pipeline, the gate; then dvc.lock and the deployment."""

from collections.abc import Iterator

from mlopsc.model import Model
from mlopsc.targets.github.expressions import any_of, expression, literal, verdict
from mlopsc.targets.github.parts import Event, Job, Permissions, Step, Workflow, joined
from mlopsc.targets.github.rights import DISPATCH, READ, TOKEN
from mlopsc.targets.github.steps import Steps

_ABOUT = "Trains again when something asks for it, and leaves the decision to the gate."
_TRAINED = "needs.train.outputs.verdict == 'trained'"
# Just below what GitHub allows a job, so that it still has time to say that it was too slow.
_MINUTES = 350
_KEPT = ("dvc.lock", "**/*.dvc", "**/*.fetched.json")


def train(steps: Steps) -> Workflow:
    """Return <model>-train.yml."""
    model = steps.model
    jobs = tuple(_jobs(steps))
    return Workflow("train", _ABOUT, tuple(_events(model)), jobs, f"{model.name}-train", waits=True)


def _events(model: Model) -> Iterator[Event]:
    retraining = model.retraining
    triggers = retraining.triggers if retraining else {}
    clocks = [retraining.schedule, retraining.poll] if retraining else []
    if "new_records" in triggers and model.drift:
        # Records are counted as often as recent data is looked at.
        clocks.append(model.drift.schedule)
    if any(clocks):
        crons = dict.fromkeys(when.cron for when in clocks if when)
        rows = tuple({"cron": cron, "timezone": model.timezone} for cron in crons)
        yield Event("schedule", rows=rows)
    calls = ["manual", *(name for name in ("drift", "metric", "schedule", "webhook") if name in triggers)]
    trigger = {"description": "Who calls", "type": "choice", "default": "manual", "options": calls}
    event = {"description": "Id of what it calls for; the same id trains once", "type": "string"}
    yield Event("workflow_dispatch", inputs={"trigger": trigger, "event": event})
    if "webhook" in triggers:
        yield Event("repository_dispatch", {"types": [f"{model.name}-train"]})


def _jobs(steps: Steps) -> Iterator[Job]:
    yield _train(steps)
    if steps.has("commit-lock"):
        yield _lock(steps)
    if steps.has("dispatch-deploy"):
        yield _deploy(steps)


def _train(steps: Steps) -> Job:
    model = steps.model
    made = f"{verdict('retrain')} == 'trained' || {verdict('retrain')} == 'refused'"
    # A training may outlast the hour for which AWS lends a role.
    again = steps.cloud(when=made) if steps.has("push") else None
    push = steps.make("push", "Keep data and models", when=made) if steps.has("push") else None
    kept = None
    if steps.has("commit-lock") and model.pipeline:
        plots = [path for stage in model.pipeline.stages for path in stage.plots]
        paths = [*_KEPT, *model.pipeline.metrics, *plots]
        when = f"{verdict('retrain')} == 'trained'"
        kept = steps.upload("what says which data it was", f"{model.name}-lock", paths, when)
    given = (
        steps.checkout(whole=True),
        *steps.setup(),
        steps.cache(),
        steps.cloud(),
        steps.make("retrain", "Train, and ask the gate", id="retrain", env=_call(model)),
        again,
        push,
        kept,
        steps.upload("the reports", f"{model.name}-train", ["reports"]),
        steps.tell("retrain"),
    )
    outputs = {name: expression(f"steps.retrain.outputs.{name}") for name in ("verdict", "version")}
    return Job(
        "train",
        "Train",
        steps.runner,
        joined(given),
        minutes=_MINUTES,
        permissions=steps.reading,
        outputs=outputs,
        env=steps.settings(),
    )


def _call(model: Model) -> dict[str, str]:
    """Return who calls, and the event that it calls for; a person says so, the others are known by how."""
    calls = ["inputs.trigger"]
    if model.retraining and model.retraining.schedule:
        calls.append(f"(github.event.schedule == {literal(model.retraining.schedule.cron)} && 'schedule')")
    events = ["inputs.event"]
    if model.retraining and "webhook" in model.retraining.triggers:
        calls.append("(github.event_name == 'repository_dispatch' && 'webhook')")
        events.append("github.event.client_payload.event")
    return {"TRIGGER": _first(calls), "EVENT": _first(events)}


def _first(terms: list[str]) -> str:
    return expression(any_of([*terms, "''"]))


def _lock(steps: Steps) -> Job:
    name = steps.model.name
    given = (
        steps.checkout(whole=True),
        steps.download(f"{name}-lock"),
        steps.download(f"{name}-train", "reports"),
        steps.make("commit-lock", "Bring dvc.lock back", env=TOKEN),
        steps.tell("commit-lock"),
    )
    permissions = {
        "contents": ("write", "to push the commit"),
        "pull-requests": ("write", "to open the pull request"),
    }
    if steps.model.ci and steps.model.ci.commit_lock == "push":
        del permissions["pull-requests"]
    return _after(steps, "lock", "Data and model of this training", given, permissions)


def _deploy(steps: Steps) -> Job:
    version = {"VERSION": expression("needs.train.outputs.version")}
    start = steps.make("dispatch-deploy", "Start the deployment", env={**version, **TOKEN})
    given = (steps.checkout(), start, steps.tell("dispatch-deploy"))
    return _after(steps, "deploy", "Start the deployment", given, {**READ, **DISPATCH})


def _after(
    steps: Steps, id_: str, name: str, given: tuple[Step | None, ...], permissions: Permissions
) -> Job:
    return Job(
        id_,
        name,
        steps.runner,
        joined(given),
        ("train",),
        _TRAINED,
        10,
        permissions=permissions,
        env=steps.plain,
    )
