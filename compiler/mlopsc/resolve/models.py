"""Views -> Model: what one model is, and which of its sections there are."""

from collections.abc import Iterator
from posixpath import dirname, join, normpath, relpath
from typing import TYPE_CHECKING, Any

from mlopsc import defaults
from mlopsc.model import (
    Column,
    Data,
    Delivery,
    Environment,
    Model,
    Monitoring,
    Python,
    Service,
    Serving,
    Validation,
)
from mlopsc.resolve import ci
from mlopsc.resolve.parts import when
from mlopsc.resolve.views import View
from mlopsc.source.nodes import Document
from mlopsc.spec import Spec

if TYPE_CHECKING:
    from mlopsc.model import Airflow
    from mlopsc.spec.environments import Environment as WrittenEnvironment
    from mlopsc.spec.validation import Column as WrittenColumn
    from mlopsc.spec.validation import Validation as WrittenValidation


def model_of(views: tuple[View, ...], header: str) -> Model:
    """Return what the targets read."""
    view = views[0]
    spec = view.spec
    # A house spec holds what its models inherit; it generates the repository's singletons alone.
    house = spec.models is not None
    return Model(
        spec=header,
        name=spec.model.name if spec.model else "",
        owner=(spec.model.owner or "") if spec.model else "",
        description=(spec.model.description or "") if spec.model else "",
        task=(spec.model.task or "") if spec.model else "",
        python=_python(spec),
        scheduler=defaults.scheduler(spec),
        schedule_with=spec.schedule_with,
        timezone=spec.timezone,
        data=_data(spec),
        validation=_validation(spec.validation) if spec.validation and not house else None,
        environments=tuple(_environment(each, spec) for each in views[1:] or views),
        sections=frozenset(view.document.root.value if isinstance(view.document.root.value, dict) else ()),
        plugins=spec.plugins or {},
        singletons=house or (not view.document.houses and "/" not in header),
        ci=ci.ci(spec),
        hooks=ci.hooks(spec),
        inherits=tuple(_inherited(view.document, header)),
        test=(spec.deployment.test or "") if spec.deployment else "",
        serving=None if house else _serving(views),
        cost_center=(spec.costs.center or "") if spec.costs else "",
        airflow=None if house else _airflow(spec, header),
        **({} if house else _loop(view)),
    )


def _inherited(document: Document, header: str) -> Iterator[str]:
    """Yield what the spec extends, by the path that its output knows."""
    for name in document.sources:
        if name != document.name:
            yield normpath(join(dirname(header), relpath(name, dirname(document.name))))


def _loop(view: View) -> dict[str, Any]:
    """Return level 2, whose types are imported where a spec has some of it."""
    spec = view.spec
    if not any((spec.pipeline, spec.registry, spec.drift, spec.retraining, spec.scoring, spec.outcomes)):
        return {}
    from mlopsc.resolve import loop

    return loop.level_2(view)


def _environment(view: View, base: Spec) -> Environment:
    from mlopsc.resolve.connections import notify, tracking

    written = (base.environments or {}).get(view.environment)
    return Environment(
        view.environment,
        tracking(view.spec),
        notify(view.spec),
        bool(written and written.approval),
        _delivery(view, written),
        *ci.identity((written and written.cloud) or (base.ci and base.ci.cloud) or None),
        service=_service(view.spec),
        monitoring=_monitoring(view),
        cost_center=(view.spec.costs.center or "") if view.spec.costs else "",
    )


def _serving(views: tuple[View, ...]) -> Serving | None:
    if views[0].spec.serving is None:
        return None
    from mlopsc.resolve.service import serving

    return serving(views)


def _service(spec: Spec) -> Service | None:
    if spec.serving is None:
        return None
    from mlopsc.resolve.service import service

    return service(spec)


def _monitoring(view: View) -> Monitoring | None:
    if view.spec.monitoring is None or view.spec.models is not None:
        return None
    from mlopsc.resolve.watching import monitoring

    return monitoring(view)


def _delivery(view: View, written: "WrittenEnvironment | None") -> Delivery | None:
    if view.spec.deployment is None:
        return None
    from mlopsc.resolve.delivery import delivery

    return delivery(view, written.cluster if written else None)


def _airflow(spec: Spec, header: str) -> "Airflow | None":
    if defaults.scheduler(spec) != "airflow":
        return None
    from mlopsc.resolve.airflow import airflow

    return airflow(spec, dirname(header))


def _python(spec: Spec) -> Python:
    if spec.python is None:
        return Python("3.11", "")
    return Python(spec.python.version, spec.python.requirements or "")


def _data(spec: Spec) -> Data:
    data = spec.data
    if data is None:
        return Data("", "", "", "", "", "", "", "")
    columns = spec.validation.columns if spec.validation else {}
    kinds = {name: defaults.column_type(column) for name, column in columns.items()}
    return Data(
        path=data.path,
        format=defaults.data_format(spec),
        protocol=defaults.protocol(data.path),
        incoming=data.incoming or "",
        fetch=data.fetch or "",
        id=data.id or "",
        timestamp=data.timestamp or "",
        target=data.target or "",
        watched=defaults.watched(data.path),
        many=defaults.many_files(data.path),
        types={name: kind for name, kind in kinds.items() if kind},
    )


def _validation(written: "WrittenValidation") -> Validation:
    return Validation(
        min_rows=written.rows.min if written.rows else None,
        max_rows=written.rows.max if written.rows else None,
        columns=tuple(_column(name, column) for name, column in written.columns.items()),
        expectations=tuple({"type": e.type, **e.keywords} for e in written.expectations),
        on_failure=written.on_failure,
        schedule=when(written.schedule),
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
