"""The workflow that looks at each change: it tests, trains and compares, and registers nothing."""

from collections.abc import Iterator

from mlopsc.targets.github.expressions import expression, verdict
from mlopsc.targets.github.parts import Event, Job, Step, Workflow, joined
from mlopsc.targets.github.rights import READ
from mlopsc.targets.github.steps import Steps

# A pull request's event has a `before` too, once it was pushed to again: its own.
_MAIN = "github.base_ref && format('origin/{0}', github.base_ref) || github.event.before"
# GitHub gives a fork's pull request no identity.
_NOT_A_FORK = "github.event.pull_request.head.repo.fork != true"


def ci(steps: Steps) -> Workflow:
    """Return <model>-ci.yml."""
    model = steps.model
    own = f".github/workflows/{model.name}-*.yml"
    # At the root every path is the model's; elsewhere a change of a neighbour is none of its business.
    paths = {"paths": [f"{model.folder}/**", *model.inherits, own]} if model.folder else {}
    events = (Event("push", {"branches": ["main"], **paths}), Event("pull_request", paths))
    group = f"{model.name}-ci-{expression('github.ref')}"
    cancel = expression("github.event_name == 'pull_request'")
    return Workflow("ci", _about(steps), events, tuple(_jobs(steps)), group, cancel)


def _about(steps: Steps) -> str:
    looks = {"ci-lint": "lint", "ci-test": "tests", "validate": "data", "pipeline": "the pipeline"}
    looks["compare"] = "its figures against champion and main"
    return f"On each change: {', '.join(word for name, word in looks.items() if steps.has(name))}."


def _jobs(steps: Steps) -> Iterator[Job]:
    tests = steps.has("ci-lint") or steps.has("ci-test")
    if tests:
        yield _test(steps)
    yield _pipeline(steps, ("test",) if tests else ())
    if steps.has("outputs"):
        yield _outputs(steps)


def _test(steps: Steps) -> Job:
    commands = [("ci-lint", "Lint"), ("ci-test", "Test")]
    made = [steps.make(command, name) for command, name in commands if steps.has(command)]
    given = (steps.checkout(), *steps.setup(), *made)
    return Job("test", "Lint and test", steps.runner, given, minutes=20, permissions=READ, env=steps.named())


def _pipeline(steps: Steps, needs: tuple[str, ...]) -> Job:
    model = steps.model
    there = f"{verdict('pull')} == 'done'" if steps.pulls else ""
    made: list[Step] = []
    if steps.has("validate"):
        made.append(steps.make("validate", "Validate the data", when=there, strict=True))
    if steps.has("pipeline"):
        made.append(steps.make("pipeline", "Run what changed", when=there))
    if steps.has("compare"):
        since = expression(_MAIN)
        made.append(steps.make("compare", "Compare the figures", when=there, env={"COMPARE_WITH": since}))
    given = (
        steps.checkout(whole=steps.has("compare")),
        *steps.setup(),
        steps.cache(),
        steps.cloud(when=_NOT_A_FORK, lenient=True),
        steps.pull(),
        *made,
        steps.upload("the reports", f"{model.name}-ci", ["reports"]),
    )
    name = "Data, pipeline, figures" if model.pipeline else "Data"
    return Job(
        "pipeline",
        name,
        steps.runner,
        joined(given),
        needs,
        minutes=120,
        permissions=steps.reading,
        env=steps.settings(),
    )


def _outputs(steps: Steps) -> Job:
    given = (steps.checkout(), steps.uv({}), steps.make("outputs", "Check the generated files"))
    name = "Generated files are up to date"
    return Job("outputs", name, steps.runner, given, minutes=10, permissions=READ, env=steps.plain)
