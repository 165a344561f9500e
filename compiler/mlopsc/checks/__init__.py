"""Rules across fields: what no single value can show.

A rule is a small function that looks at one view of the spec and yields what is wrong there. The
rules of a section are imported only where the spec has that section.
"""

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import replace
from importlib import import_module

from mlopsc.diagnostics import Diagnostic, Rejected
from mlopsc.resolve import View

Rule = Callable[[View], Iterator[Diagnostic]]

# Rules about what no environment can change.
_ONCE = {
    "version": "complete paths",
    "data": "data",
    "validation": "columns expectations",
    "pipeline": "stages",
    "registry": "meaning",
    "drift": "meaning",
    "features": "features",
    "scoring": "scoring scored",
    "deployment": "environments kubernetes",
    "ci": "scheduler",
    "airflow": "scheduler airflow",
    "scheduler": "scheduler",
    "schedule_with": "scheduler",
    "hooks": "scheduler",
    "delivery": "delivery",
    "ab_test": "tested",
    "serving": "one_image",
}
# Rules about what an environment may change, alone or together with something else.
_EACH = {
    "version": "paths",
    "pipeline": "stores",
    "registry": "metrics gate stores",
    "drift": "choices metrics drift",
    "retraining": "metrics retraining stores",
    "scoring": "stores",
    "serving": "choices serving service",
    "deployment": "choices deployment judging deciding providers",
    "ab_test": "metrics ab_test arms experiment",
    "monitoring": "metrics monitoring",
    "ci": "choices",
    "events": "choices",
}


def check(views: tuple[View, ...], beside: Container[str], covered: frozenset[str]) -> tuple[Diagnostic, ...]:
    """Return what is worth saying about a spec that makes sense: warnings and notes, placed.

    `views` are the spec itself and one view for each environment, `beside` says what exists beside
    the spec, `covered` names the sections from which something is generated. Raises `Rejected` with
    all errors and warnings of all rules and views (codes M3xx and M4xx).
    """
    base, environments = views[0], views[1:] or views
    found = [base.document.place(d) for d in _facts(base, beside, covered)]
    if not _is_house(base):
        found += (base.document.place(d) for rule in _rules(base, _ONCE) for d in rule(base))
        found += _across(environments)
    once = tuple(dict.fromkeys(found))
    return _accepted(once) if once else ()


def _facts(base: View, beside: Container[str], covered: frozenset[str]) -> Iterator[Diagnostic]:
    from mlopsc.checks.coverage import uncovered
    from mlopsc.checks.credentials import credentials
    from mlopsc.checks.missing import missing
    from mlopsc.checks.paths import templates
    from mlopsc.source.surprises import surprises

    yield from surprises(base.document.root)
    yield from credentials(base.document)
    yield from templates(base)
    if not _is_house(base):
        yield from uncovered(base.spec, covered)
        yield from missing(base, beside)


def _across(views: tuple[View, ...]) -> Iterator[Diagnostic]:
    """Yield what the environments show; one that only some of them show is said to be theirs."""
    found: dict[Diagnostic, list[str]] = {}
    for view in views:
        for diagnostic in dict.fromkeys(
            view.document.place(d) for rule in _rules(view, _EACH) for d in rule(view)
        ):
            found.setdefault(diagnostic, []).append(view.environment)
    for diagnostic, where in found.items():
        if len(where) == len(views):
            yield diagnostic
        else:
            names = " and ".join(f"`{name}`" for name in where)
            yield replace(diagnostic, message=f"{diagnostic.message} (in {names})")


def _rules(view: View, table: dict[str, str]) -> tuple[Rule, ...]:
    present = view.document.root.value if isinstance(view.document.root.value, dict) else {}
    names = dict.fromkeys(name for key in table if key in present for name in table[key].split())
    return tuple(rule for name in names for rule in import_module(f"{__name__}.{name}").RULES)


def _accepted(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    from mlopsc.diagnostics.codes import find

    severities = [find(diagnostic.code).severity for diagnostic in found]
    if "error" in severities:
        raise Rejected(d for d, severity in zip(found, severities, strict=True) if severity != "note")
    return tuple(found)


def _is_house(view: View) -> bool:
    return view.spec.models is not None and view.spec.model is None
