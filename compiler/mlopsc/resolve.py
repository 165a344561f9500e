"""Spec -> Model: environments laid over, defaults decided, nothing left open."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlopsc import defaults
from mlopsc.diagnostics import Rejected
from mlopsc.model import Column, Data, Model, Python, Validation, When
from mlopsc.source.merge import merge
from mlopsc.source.nodes import Document, Node
from mlopsc.spec import Spec, parse
from mlopsc.spec.tags import FOLLOWERS, lost

if TYPE_CHECKING:
    from mlopsc.spec.units.schedules import Schedule
    from mlopsc.spec.validation import Column as WrittenColumn
    from mlopsc.spec.validation import Validation as WrittenValidation

# These say something about an environment itself; nothing of the spec lies under them.
_OF_THE_ENVIRONMENT = ("cluster", "approval")


@dataclass(frozen=True, slots=True)
class View:
    """The spec as one environment sees it; `environment` is empty for the spec without overlay."""

    document: Document
    spec: Spec
    environment: str = ""


def views_of(document: Document) -> tuple[View, ...]:
    """Return the spec itself, then one view for each environment; raises `Rejected` (M2xx)."""
    base = View(document, parse(document))
    overlays = document.find(("environments",))
    named = overlays.value if overlays and isinstance(overlays.value, dict) else {}
    return (base, *(_overlaid(document, name, node) for name, node in named.items()))


def model_of(views: tuple[View, ...], header: str) -> Model:
    """Return what the targets read."""
    view = views[0]
    spec = view.spec
    return Model(
        spec=header,
        name=spec.model.name if spec.model else "",
        owner=(spec.model.owner or "") if spec.model else "",
        description=(spec.model.description or "") if spec.model else "",
        python=_python(spec),
        scheduler=defaults.scheduler(spec),
        timezone=spec.timezone,
        data=_data(spec),
        # A house spec holds what its models inherit; it generates the repository's singletons alone.
        validation=_validation(spec.validation) if spec.validation and spec.models is None else None,
        sections=frozenset(view.document.root.value if isinstance(view.document.root.value, dict) else ()),
        environments=tuple(each.environment for each in views[1:]),
        plugins=spec.plugins or {},
        singletons=spec.models is not None or (not view.document.houses and "/" not in header),
    )


def _overlaid(document: Document, name: str, node: Node) -> View:
    base = document.root.value if isinstance(document.root.value, dict) else {}
    over = node.value if isinstance(node.value, dict) else {}
    below = replace(document.root, value={k: v for k, v in base.items() if k != "environments"})
    above = replace(node, value={k: v for k, v in over.items() if k not in _OF_THE_ENVIRONMENT})
    root = merge(below, above, lost)
    seen = replace(document, root=replace(root, value=_without_followers(below, root)))
    try:
        return View(seen, parse(seen), name)
    except Rejected as error:
        raise Rejected(seen.place(d) for d in error.diagnostics) from None


def _without_followers(before: Node, after: Node) -> dict[str, Node]:
    """Drop the sections that mean nothing without a tag's value that the overlay took away."""
    value = after.value if isinstance(after.value, dict) else {}
    gone = {
        follower
        for (section, tag, word), followers in FOLLOWERS.items()
        if _at(before, section, tag) == word and _at(after, section, tag) != word
        for follower in followers
    }
    return {name: node for name, node in value.items() if name not in gone}


def _at(root: Node, section: str, tag: str) -> object:
    node = root.child(section)
    below = node.child(tag) if node else None
    return below.value if below else None


def _python(spec: Spec) -> Python:
    if spec.python is None:
        return Python("3.11", "")
    return Python(spec.python.version, spec.python.requirements or "")


def _data(spec: Spec) -> Data:
    data = spec.data
    if data is None:
        return Data("", "", "", "", "", "", "")
    return Data(
        path=data.path,
        format=defaults.data_format(spec),
        protocol=defaults.protocol(data.path),
        incoming=data.incoming or "",
        id=data.id or "",
        timestamp=data.timestamp or "",
        target=data.target or "",
    )


def _validation(written: "WrittenValidation") -> Validation:
    return Validation(
        min_rows=written.rows.min if written.rows else None,
        max_rows=written.rows.max if written.rows else None,
        columns=tuple(_column(name, column) for name, column in written.columns.items()),
        expectations=tuple({"type": e.type, **e.keywords} for e in written.expectations),
        on_failure=written.on_failure,
        schedule=_when(written.schedule) if written.schedule else None,
    )


def _column(name: str, written: "WrittenColumn") -> Column:
    low, high = written.between or (written.min, written.max)
    return Column(
        name=name,
        type=defaults.column_type(written),
        nulls=written.nulls.share,
        unique=written.unique,
        low=low,
        high=high,
        allowed=written.in_ or (),
        matches=written.matches or "",
        mostly=1.0 if written.mostly is None else written.mostly.value,
    )


def _when(schedule: "Schedule") -> When:
    return When(schedule.cron, schedule.say())
