"""The DAG that trains, and what brings a version into service where no CI does."""

from collections.abc import Iterator
from typing import Any

from mlopsc.model import Environment
from mlopsc.targets.airflow.parts import Flow, Offered, Step

# Steps that are about the version that was just registered.
_LATER = ("compare-scores", "promote", "dispatch-deploy")
_MINUTE = 60


def retrain(offered: Offered) -> Flow:
    """Return the DAG of a training."""
    model = offered.model
    retraining = model.retraining
    when = retraining.schedule if retraining else None
    fires = retraining.triggers.keys() if retraining else set()
    assets = ["drifted"] * bool(model.drift and fires & {"drift", "metric", "new_records"})
    assets += ["records"] * bool(retraining and retraining.poll)
    places = _places(offered, approved=False)
    served = _served(offered, places, {"version_of": "register"}, after="register")
    return Flow(
        "retrain",
        "Trains when something asks for it, and leaves the decision to the gate",
        tuple(_words(offered)),
        (tuple(_training(offered)), *served),
        when.cron if when else "",
        tuple(map(offered.asset, assets)),
    )


def by_hand(offered: Offered) -> Iterator[Flow]:
    """Yield the DAG that deploys where somebody must approve: whoever starts it does."""
    places = _places(offered, approved=True)
    if places:
        names = ", ".join(each.name for each in places)
        yield Flow(
            "deploy",
            f"Brings a version into service where somebody must approve: {names}",
            (
                'Starting it is the approval. Its configuration names the version: `{"version": 7}`.',
                "Skipped: the version is not good, and what ran before runs. reports/ says why.",
            ),
            tuple(_served(offered, places, {"called": True})),
        )


def _words(offered: Offered) -> Iterator[str]:
    if offered.model.retraining:
        yield (
            "Start it by hand to train now. By its configuration another may call: "
            '`{"trigger": "webhook", "event": "id"}`; the same event trains once.'
        )
        yield "Skipped at `begin`: nothing asks for a training. At `new_data`: there is none."
    else:
        yield "Start it by hand: nothing else asks for a training."
    yield "Skipped at `validate`: the data is blocked. At `register`: the gate has refused the version."
    yield "Failed: mend the cause and clear the task, or start a new run, which answers what was asked."


def _training(offered: Offered) -> Iterator[Step]:
    asked = offered.model.retraining is not None
    if asked:
        yield offered.step("retrain", "--begin", name="begin", quiet=True, called=True)
    for step in offered.model.training_steps:
        if step == "pipeline" and offered.has("validate"):
            yield offered.step("validate")
        yield offered.step(step, **({"version_of": "register"} if step in _LATER else {}))
        if asked and step == "fetch":
            yield offered.step("retrain", "--fetched", name="new_data", quiet=True)
    if asked:
        # What failed has failed for good, and is still to be done: nothing to try again here.
        last: dict[str, Any] = {"trigger_rule": "all_done", "retries": 0}
        # In pods the report of the beginning is that of the end.
        begun: dict[str, Any] = {} if offered.in_pods else {"needs": ["begin", "due"]}
        yield offered.step("retrain", "--end", name="end", quiet=True, **begun, **last)


def _places(offered: Offered, *, approved: bool) -> list[Environment]:
    """Return where a version is brought from here: before the first approval, or from it on."""
    model = offered.model
    if not model.deploys or model.ci:
        return []
    places = [each for each in model.environments if each.deployment]
    first = next((index for index, each in enumerate(places) if each.approval), len(places))
    return places[first:] if approved else places[:first]


def _served(
    offered: Offered, places: list[Environment], version: dict[str, Any], after: str = ""
) -> Iterator[tuple[Step, ...]]:
    """Yield image, deployment and look, place by place, then the ways back, which are at nobody's side."""
    if not places:
        return
    last = offered.model.environments[-1]
    steps, ways_back = [*([Step(after)] if after else []), _image(offered, last, version)], []
    before: dict[str, Any] = {}
    for each in places:
        tail = f"-{each.name}" if each.name else ""
        verify = f"verify{tail}"
        steps += _place(offered, each, each is last, {**_of(each), **version}, before)
        before = {"needs": [verify, "done"]}
        # Also where a test before the look has failed.
        rule: dict[str, Any] = {"needs": [f"deploy{tail}", "done"], "unless": [verify, "done"]}
        rule["trigger_rule"] = "all_done"
        back = offered.step("back-out", name=f"back-out{tail}", **_of(each), **version, **rule)
        ways_back.append((Step(verify), back))
    if places[-1] is last:
        steps.append(offered.step("promote", **_of(last), **version, **before))
    yield tuple(steps)
    yield from ways_back


def _image(offered: Offered, last: Environment, version: dict[str, Any]) -> Step:
    """Return the build; a cluster has its images from elsewhere."""
    clusters = any(each.deployment and each.deployment.cluster for each in offered.model.environments)
    given = {**_of(last).get("given", {}), **({"PUSH": "1"} if clusters else {})}
    options: dict[str, Any] = {"given": given} if given else {}
    return offered.step("image", **options, **version)


def _place(
    offered: Offered, place: Environment, last: bool, given: dict[str, Any], before: dict[str, Any]
) -> Iterator[Step]:
    tail = f"-{place.name}" if place.name else ""
    deploy = f"deploy{tail}"
    rollout = place.deployment.rollout if place.deployment else None
    follow = {"given": {**given.get("given", {}), "FOLLOW": _follow(offered, last)}} if rollout else {}
    yield offered.step("deploy", name=deploy, **{**given, **follow}, **before)
    if place.name == "staging" and offered.has("integration-test"):
        yield offered.step("integration-test", **given, needs=[deploy, "done"])
    yield offered.step("verify", name=f"verify{tail}", judged=True, **given, needs=[deploy, "done"])


def _of(place: Environment) -> dict[str, Any]:
    return {"given": {"MLOPS_ENV": place.name}} if place.name else {}


def _follow(offered: Offered, last: bool) -> str:
    """Return how long a rollout is followed: a DAG of its own finishes the last, others are waited for."""
    airflow = offered.model.airflow
    return "0s" if last or airflow is None else f"{max(1, airflow.timeout * 9 // 10 // _MINUTE)}m"
