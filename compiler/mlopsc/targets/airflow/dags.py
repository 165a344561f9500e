"""Which DAGs a model has, and what each of them does."""

from collections.abc import Iterator
from typing import Any

from mlopsc.model import Model
from mlopsc.symbols import Job
from mlopsc.targets.airflow.parts import Flow, Offered
from mlopsc.targets.airflow.training import by_hand, retrain

# Jobs whose DAG is more than their commands.
_KNOWN = ("validate", "drift", "retrain", "records", "rollout", "ab-test")


def kinds(model: Model) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the DAGs that the model alone decides about, with the make commands that they surely run."""
    if model.validation:
        yield "validate", ("validate",)
    if model.drift:
        yield "drift", ("drift",)
    if model.training_steps:
        yield "retrain", model.training_steps
    if model.experiments:
        yield "ab-test", ("ab-test",)
    if model.rollouts:
        yield "promote", ("finish-rollout",)
    if model.scoring and model.scoring.schedule:
        yield "score", ("score",)


def dags(offered: Offered) -> Iterator[Flow]:
    """Yield the DAGs of a model."""
    model = offered.model
    if model.validation:
        yield _validate(offered)
    if model.drift:
        yield _drift(offered)
    if model.retraining and model.retraining.poll:
        yield _records(offered)
    if model.training_steps:
        yield retrain(offered)
        yield from by_hand(offered)
    if model.experiments:
        yield _ab_test(offered)
    if model.rollouts:
        yield _promote(offered)
    for job in offered.table[Job]:
        if job.name not in _KNOWN:
            yield _other(offered, job)


def _validate(offered: Offered) -> Flow:
    validation = offered.model.validation
    when = validation.schedule if validation else None
    return Flow(
        "validate",
        "Looks at the data before anything else does",
        (
            f"Runs {'on its schedule, and ' if when else ''}when the asset `{offered.asset('data')}` is new.",
            "Skipped: the data is blocked. reports/validate.json says why; mend the data, and start again.",
        ),
        ((offered.step("validate", emits=offered.asset("validated")),),),
        when.cron if when else "",
        (offered.asset("data"),),
    )


def _drift(offered: Offered) -> Flow:
    model = offered.model
    triggers = model.retraining.triggers.keys() if model.retraining else set()
    # What the verdict does not say is seen by the training alone.
    found = () if triggers & {"metric", "new_records"} else ("drift", "drift")
    job = offered.job("drift")
    others = [name for name in job.commands if name not in ("drift", "retrain")]
    return Flow(
        "drift",
        "Compares recent data with what the champion has learned from",
        (
            "Drift is a result, no failure: reports/drift.html shows it.",
            "Skipped at `drifted`: there is no drift.",
        ),
        (
            (
                offered.step("drift", judged=True),
                offered.news("drifted", *found),
                *(offered.step(name, trigger_rule="none_failed") for name in others),
            ),
        ),
        job.cron,
        (offered.asset("validated"),) if model.validation else (),
    )


def _records(offered: Offered) -> Flow:
    """Return the clock by which new records are counted, where the training has another clock."""
    return Flow(
        "records",
        "Has new records counted, which may ask for a training",
        ("A clock: the DAG that trains does the counting.",),
        ((offered.news("records"),),),
        offered.job("records").cron,
    )


def _ab_test(offered: Offered) -> Flow:
    looks = [
        (
            offered.step("ab-test", name=f"ab-test-{name}", judged=True, given={"MLOPS_ENV": name}),
            offered.news(
                "decided", f"ab-test-{name}", "promote", "keep", "undecided", name=f"decided-{name}"
            ),
        )
        for name in offered.model.experiments
    ]
    return Flow(
        "ab-test",
        "Looks at the test on real users, whenever a look is due",
        (
            "Which version is better: reports/ab-test.html shows it.",
            "Skipped at `decided`: nothing is decided yet. Once it is, the DAG that promotes acts on it.",
        ),
        tuple(looks),
        offered.job("rollout").cron,
    )


def _promote(offered: Offered) -> Flow:
    model = offered.model
    finished = [
        (offered.step("finish-rollout", name=f"finish-rollout-{name}", given={"MLOPS_ENV": name}),)
        if name
        else (offered.step("finish-rollout"),)
        for name in model.rollouts
    ]
    return Flow(
        "promote",
        "Finishes what a rollout has ended by itself: looks at the version, and makes it the champion",
        ("Skipped: the version was taken back: reports/finish-rollout.json says why. What ran before runs.",),
        tuple(finished),
        offered.job("rollout").cron,
        (offered.asset("decided"),) if model.experiments else (),
    )


def _other(offered: Offered, job: Job) -> Flow:
    variables = dict(each.split("=", 1) for each in job.variables)
    given: dict[str, Any] = {"given": variables} if variables else {}
    return Flow(
        job.name,
        f"Runs make {' '.join([*job.commands, *job.variables])}: {job.words}",
        ("Skipped: a verdict asks for something; reports/ says for what.",),
        (tuple(offered.step(name, **given) for name in job.commands),),
        job.cron,
    )
