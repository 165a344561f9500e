"""Which DAGs a model has, and what each of them does."""

from collections.abc import Iterator
from typing import Any

from mlopsc.symbols import Job
from mlopsc.targets.airflow.parts import Dag, Offered, Step

# Jobs that have DAGs of their own form below.
_LAST: dict[str, Any] = {"trigger_rule": "all_done", "retries": 0}
_KNOWN = ("validate", "drift", "retrain", "records", "rollout")


def dags(offered: Offered) -> Iterator[Dag]:
    """Yield the DAGs of a model."""
    model = offered.model
    if model.validation:
        yield _validate(offered)
    if model.drift:
        yield _drift(offered)
    if model.retraining and model.retraining.poll:
        yield _records(offered)
    if model.training_steps:
        yield _retrain(offered)
    for job in offered.table[Job]:
        if job.name not in _KNOWN:
            yield _job(offered, job)


def _validate(offered: Offered) -> Dag:
    validation = offered.model.validation
    when = validation.schedule if validation else None
    return Dag(
        "validate",
        "Looks at the data before anything else does",
        (
            f"Runs {'on its schedule, and ' if when else ''}when the asset `{offered.asset('data')}` is new.",
            "Skipped: the data is blocked. reports/validate.json says why; mend the data, and start again.",
        ),
        (offered.step("validate", emits=offered.asset("validated")),),
        when.cron if when else "",
        (offered.asset("data"),),
    )


def _drift(offered: Offered) -> Dag:
    model = offered.model
    triggers = model.retraining.triggers.keys() if model.retraining else set()
    # What the verdict does not say is seen by the training alone.
    verdict = "" if triggers & {"metric", "new_records"} else "drift"
    job = next(job for job in offered.table[Job] if job.name == "drift")
    others = [name for name in job.commands if name not in ("drift", "retrain")]
    return Dag(
        "drift",
        "Compares recent data with what the champion has learned from",
        (
            "Drift is a result, no failure: reports/drift.html shows it.",
            "Skipped at `drifted`: there is no drift.",
        ),
        (
            offered.step("drift", judged=True),
            offered.news("drifted", "drift", verdict),
            *(offered.step(name, trigger_rule="none_failed") for name in others),
        ),
        job.cron,
        (offered.asset("validated"),) if model.validation else (),
    )


def _records(offered: Offered) -> Dag:
    """Return the clock by which new records are counted, where the training has another clock."""
    job = next(job for job in offered.table[Job] if job.name == "records")
    return Dag(
        "records",
        "Has new records counted, which may ask for a training",
        ("A clock: the DAG that trains does the counting.",),
        (offered.news("records", ""),),
        job.cron,
    )


def _retrain(offered: Offered) -> Dag:
    model = offered.model
    retraining = model.retraining
    when = retraining.schedule if retraining else None
    fires = retraining.triggers.keys() if retraining else set()
    assets = ["drifted"] * bool(model.drift and fires & {"drift", "metric", "new_records"})
    assets += ["records"] * bool(retraining and retraining.poll)
    return Dag(
        "retrain",
        "Trains when something asks for it, and leaves the decision to the gate",
        (
            "Start it by hand to train now. By its configuration another may call: "
            '`{"trigger": "webhook", "event": "id"}`; the same event trains once.',
            "Skipped at `begin`: nothing asks for a training. At `new_data`: there is none. At `validate`: "
            "it is blocked. At `register`: the gate has refused the version, and the champion stays.",
            "Failed: mend the cause and clear the task, or start a new run, which answers what was asked.",
        ),
        tuple(_training(offered)),
        when.cron if when else "",
        tuple(map(offered.asset, assets)),
    )


def _training(offered: Offered) -> Iterator[Step]:
    begun = offered.model.retraining is not None
    if begun:
        yield offered.step("retrain", "--begin", name="begin", quiet=True, called=True)
    for step in offered.model.training_steps:
        if step == "pipeline" and offered.has("validate"):
            yield offered.step("validate")
        later = {"version_of": "register"} if step in ("promote", "compare-scores", "dispatch-deploy") else {}
        yield offered.step(step, **later)
        if begun and step == "fetch":
            yield offered.step("retrain", "--fetched", name="new_data", quiet=True)
    if begun:
        yield offered.step("retrain", "--end", name="end", quiet=True, needs="begin", **_LAST)


def _job(offered: Offered, job: Job) -> Dag:
    variables = dict(each.split("=", 1) for each in job.variables)
    given: dict[str, Any] = {"given": variables} if variables else {}
    return Dag(
        job.name,
        f"Runs make {' '.join([*job.commands, *job.variables])}: {job.words}",
        ("Skipped: a verdict asks for something; reports/ says for what.",),
        tuple(offered.step(name, **given) for name in job.commands),
        job.cron,
    )
