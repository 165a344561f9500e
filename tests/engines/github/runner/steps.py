"""The steps of a job: conditions, environment, what they print and write, outcome and conclusion."""

from pathlib import Path
from typing import Any

from tests.engines.github.runner import files, shell, uses
from tests.engines.github.runner.engine import EvaluationError, text, texts
from tests.engines.github.runner.job import Job
from tests.engines.github.runner.model import StepResult


def run_all(job: Job) -> None:
    """Run a job's steps, and then what its actions left to be done after them, the last one first."""
    for number, node in enumerate(job.node["steps"]):
        _run(job, node, number)
    for after in reversed(job.after):
        job.result.steps[-1].log += shell.masked(after(), job.masks)


def _run(job: Job, node: dict[str, Any], number: int) -> None:
    step = StepResult(_name(node), node.get("id", ""), node.get("uses", ""))
    step.timeout_minutes = node.get("timeout-minutes")
    job.result.steps.append(step)
    job.course.cancel_at(job, step)
    try:
        env = {**job.env, **texts(job.value(node.get("env", {})))}
        if job.holds(node.get("if"), env):
            _work(job, node, step, env, number)
    except EvaluationError as error:
        step.outcome, step.log = "failure", f"{error}\n"
    except files.FileCommandError as error:
        step.outcome, step.log = (
            "failure",
            f"{step.log}Unable to process file command successfully. {error}\n",
        )
    step.name, step.log, step.summary = (
        shell.masked(each, job.masks) for each in (step.name, step.log, step.summary)
    )
    step.conclusion = step.outcome
    if step.outcome == "failure" and text(job.value(node.get("continue-on-error", False))) == "true":
        step.conclusion = "success"
    if step.conclusion == "failure" and job.status == "success":
        job.status = "failure"
    if step.id:
        told = {"outputs": step.outputs, "outcome": step.outcome, "conclusion": step.conclusion}
        job.contexts["steps"][step.id] = told


def _work(job: Job, node: dict[str, Any], step: StepResult, env: dict[str, str], number: int) -> None:
    """Do what the step says; sets outcome, log, outputs and summary."""
    if step.outcome == "cancelled":
        return
    step.name = text(job.value(step.name, env))
    if "uses" in node:
        step.inputs = texts(job.value(node.get("with", {}), env))
        step.outcome = uses.run(job, step)
        return
    written = files.fresh(job.temporary / "files" / str(number))
    code, printed = _script(job, node, env, written, number)
    step.outcome = "failure" if code else "success"
    job.masks |= shell.to_mask(printed)
    step.log = printed + (f"Error: Process completed with exit code {code}.\n" if code else "")
    _take(job, step, written)


def _script(
    job: Job, node: dict[str, Any], env: dict[str, str], written: dict[str, str], number: int
) -> tuple[int, str]:
    workflow, own = (each.get("defaults", {}).get("run", {}) for each in (job.course.workflow, job.node))
    settings = job.value(
        {**workflow, **own, **{key: node[key] for key in ("shell", "working-directory") if key in node}}, env
    )
    variables = {**job.environment(env), **written, "GITHUB_ACTION": node.get("id") or "__run"}
    return shell.run(
        text(job.value(node["run"], env)),
        settings.get("shell", ""),
        job.workspace / settings.get("working-directory", "."),
        variables,
        job.temporary / f"{number}.sh",
        job.course.machine.seconds,
    )


def _take(job: Job, step: StepResult, written: dict[str, str]) -> None:
    """Take over what the step wrote; of no use to itself, only to the steps after it."""
    step.summary, error = files.summary(Path(written["GITHUB_STEP_SUMMARY"]))
    step.log += f"Error: {error}\n" if error else ""
    job.path += [line for line in Path(written["GITHUB_PATH"]).read_text("utf-8").splitlines() if line]
    job.env |= files.environment(Path(written["GITHUB_ENV"]))
    step.outputs |= files.pairs(Path(written["GITHUB_OUTPUT"]))


def _name(node: dict[str, Any]) -> str:
    return str(node.get("name") or node.get("uses") or next(iter(node["run"].splitlines()), ""))
