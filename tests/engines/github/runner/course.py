"""The course of a run: its jobs in their order, what they need, their environments, results and outputs."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.engines.github.runner import permissions, plan, steps
from tests.engines.github.runner.engine import EvaluationError, engine, text, texts
from tests.engines.github.runner.job import Job
from tests.engines.github.runner.model import (
    Environment,
    Event,
    JobResult,
    Machine,
    Repository,
    Run,
    RunnerError,
    StepResult,
)
from tests.engines.github.runner.triggers import selected

ALLOWED_IN_JOBS = ("github", "inputs", "vars", "needs")


@dataclass
class Course:
    """All that is common to the jobs of a run."""

    workflow: dict[str, Any]
    event: Event
    repository: Repository
    machine: Machine
    folder: Path
    contexts: dict[str, Any]
    run: Run
    needs: dict[str, dict[str, Any]] = field(default_factory=dict)
    cancelled: bool = False
    started: int = 0

    def go(self) -> None:
        """Run every job; fills in `run`."""
        jobs = self.workflow["jobs"]
        plan.refuse_unsupported(jobs)
        self.run.concurrency = self._value(self.workflow.get("concurrency"), {})
        for name in plan.order(jobs):
            self._job(name, jobs[name])
        results = {job.result for job in self.run.jobs.values()}
        worst = next(
            each for each in ("waiting", "failure", "cancelled", "success", "skipped") if each in results
        )
        self.run.conclusion = "cancelled" if self.cancelled else worst

    def cancel_at(self, job: Job, step: StepResult) -> None:
        """Cancel the run if this is the step at which somebody does; a job whose `if` still holds goes on."""
        if f"{job.result.name}.{step.id}" != self.machine.cancel_at:
            return
        self.cancelled = True
        if not self._holds(job.result.name.split(" (")[0], job.node):
            job.status = step.outcome = "cancelled"

    def _job(self, name: str, node: dict[str, Any]) -> None:
        known = {"needs": {need: self.needs[need] for need in plan.needs(node)}}
        if any(self.needs[need]["result"] == "waiting" for need in plan.needs(node)):
            self._finish(name, [JobResult(name, "waiting", "waiting")])
            return
        if not self._holds(name, node):
            self._finish(name, [JobResult(name)])
            return
        strategy = self._value(node.get("strategy", {}), known)
        legs = plan.legs(strategy.get("matrix"))
        results: list[JobResult] = []
        for index, leg in enumerate(legs or [{}]):
            place = {
                "job-index": index,
                "job-total": len(legs) or 1,
                "fail-fast": strategy.get("fail-fast", True),
            }
            results.append(self._leg(name, node, {**known, "matrix": leg or None, "strategy": place}))
        self._finish(name, results)

    def _leg(self, name: str, node: dict[str, Any], known: dict[str, Any]) -> JobResult:
        said = permissions.effective(
            self.workflow.get("permissions"),
            node.get("permissions"),
            self.repository.token_default,
            fork=self.event.fork,
        )
        result = JobResult(plan.leg_name(name, known["matrix"] or {}), permissions=said)
        result.matrix = known["matrix"] or {}
        result.runs_on = self._value(node["runs-on"], known)
        result.concurrency = self._value(node.get("concurrency"), known)
        result.timeout_minutes = self._value(node.get("timeout-minutes", 360), known)
        where = self._value(node.get("environment", ""), known)
        result.environment = where["name"] if isinstance(where, dict) else text(where)
        environment = self.repository.environments.get(result.environment, Environment())
        result.outcome = self._admitted(result, environment)
        if result.outcome == "success":
            self._work(result, node, known, environment)
        result.result = result.outcome
        if (
            result.outcome == "failure"
            and text(self._value(node.get("continue-on-error", False), known)) == "true"
        ):
            result.result = "success"
        return result

    def _admitted(self, result: JobResult, environment: Environment) -> str:
        if not result.environment:
            return "success"
        if environment.branches and not selected(
            self.contexts["github"]["ref_name"], list(environment.branches)
        ):
            self.run.approvals.append((result.name, result.environment, "branch not allowed"))
            return "failure"
        self.run.approvals.append((result.name, result.environment, environment.review))
        return {"rejected": "failure", "waiting": "waiting"}.get(environment.review, "success")

    def _work(
        self, result: JobResult, node: dict[str, Any], known: dict[str, Any], environment: Environment
    ) -> None:
        secrets = {} if self.event.fork else {**self.contexts["secrets"], **environment.secrets}
        variables = {**self.contexts["vars"], **environment.variables}
        self.started += 1
        given = {**self.contexts, **known, "secrets": secrets, "vars": variables}
        job = Job(self, result, node, given, self.folder / f"job-{self.started}")
        try:
            common = texts(job.value(self.workflow.get("env", {})))
            job.env |= {**common, **texts(job.value(node.get("env", {})))}
            steps.run_all(job)
            outputs = texts(job.value(node.get("outputs", {})))
        except EvaluationError as error:
            raise RunnerError(f"job {result.name}: {error}") from error
        # GitHub leaves an output out when it may hold a secret.
        result.outputs = {
            name: value if not any(mask in value for mask in job.masks) else ""
            for name, value in outputs.items()
        }
        result.outcome = job.status
        self.run.masks |= job.masks

    def _finish(self, name: str, results: list[JobResult]) -> None:
        self.run.jobs |= {result.name: result for result in results}
        outputs = {key: value for result in results for key, value in result.outputs.items() if value}
        together = plan.together([result.result for result in results])
        self.needs[name] = {"result": together, "outputs": outputs}

    def _holds(self, name: str, node: dict[str, Any]) -> bool:
        before = [self.needs[each]["result"] for each in plan.ancestors(name, self.workflow["jobs"])]
        status = {
            "success": not self.cancelled and all(result == "success" for result in before),
            "failure": "failure" in before,
            "cancelled": self.cancelled,
        }
        needs = {need: self.needs[need] for need in plan.needs(node)}
        known = {key: self.contexts.get(key) for key in ALLOWED_IN_JOBS} | {"needs": needs}
        try:
            return engine().holds(node.get("if"), known, status)
        except EvaluationError as error:
            raise RunnerError(f"job {name}: {error}") from error

    def _value(self, node: Any, known: dict[str, Any]) -> Any:
        try:
            return engine().tree(node, {**self.contexts, **known}, {})
        except EvaluationError as error:
            raise RunnerError(str(error)) from error
