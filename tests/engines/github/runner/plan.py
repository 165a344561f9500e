"""Which jobs a workflow has, in which order, and into which legs a matrix unfolds."""

from collections.abc import Mapping
from itertools import product
from typing import Any

from tests.engines.github.runner.model import RunnerError
from tests.engines.github.runner.triggers import listed

Leg = dict[str, Any]


def needs(job: Mapping[str, Any]) -> list[str]:
    """Return the jobs that a job waits for."""
    return listed(job.get("needs", []))


def order(jobs: Mapping[str, Any]) -> list[str]:
    """Return the jobs, each after all that it needs; the parser has refused circles."""
    done: list[str] = []
    while len(done) < len(jobs):
        done += [name for name in jobs if name not in done and set(needs(jobs[name])) <= set(done)]
    return done


def ancestors(name: str, jobs: Mapping[str, Any]) -> set[str]:
    """Return all jobs that a job needs, directly or not."""
    near = needs(jobs[name])
    return set(near).union(*(ancestors(each, jobs) for each in near))


def refuse_unsupported(jobs: Mapping[str, Any]) -> None:
    """Raise RunnerError for what GitHub can and this runner cannot."""
    for name, job in jobs.items():
        if odd := {"uses", "container", "services", "snapshot"} & set(job):
            raise RunnerError(f"job {name}: {', '.join(sorted(odd))} is not supported here")


def legs(matrix: Mapping[str, Any] | None) -> list[Leg]:
    """Return the combinations of a matrix: all products, less `exclude`, widened and followed by `include`.

    RunnerError where an axis is empty, as GitHub refuses it.
    """
    axes = {name: values for name, values in (matrix or {}).items() if name not in ("include", "exclude")}
    given = matrix or {}
    if empty := [name for name, values in axes.items() if not values]:
        raise RunnerError(f"Matrix vector '{empty[0]}' does not contain any values")
    made: list[Leg] = (
        [dict(zip(axes, values, strict=True)) for values in product(*axes.values())] if axes else []
    )
    made = [leg for leg in made if not any(_within(out, leg) for out in given.get("exclude", []))]
    originals = [dict(leg) for leg in made]
    for more in given.get("include", []):
        fitting = [
            leg
            for leg, original in zip(made, originals, strict=False)
            if all(original[name] == more[name] for name in more if name in original)
        ]
        for leg in fitting:
            leg.update(more)
        if not fitting:
            made.append(dict(more))
    return made


def leg_name(name: str, leg: Leg) -> str:
    """Return how GitHub calls one leg of a job's matrix."""
    return f"{name} ({', '.join(map(str, leg.values()))})" if leg else name


def together(results: list[str]) -> str:
    """Return one result for all legs of a job."""
    return next((each for each in ("failure", "cancelled", "waiting") if each in results), results[0])


def _within(some: Mapping[str, Any], leg: Leg) -> bool:
    return all(leg.get(name) == value for name, value in some.items())
