"""A Helm chart in place of overlays: the same objects, from values for each environment."""

from collections.abc import Iterator

from mlopsc.files import Data, Template
from mlopsc.symbols import Note, Path
from mlopsc.targets.kubernetes import chart_schema
from mlopsc.targets.kubernetes.chart import Chart
from mlopsc.targets.kubernetes.overlay import Overlay

FOLDER = "helm"
_ALWAYS = "serviceaccount networkpolicy configmap service deployment poddisruptionbudget"
_SHIFTING = "destinationrule virtualservice networkpolicy-mesh rollout"
_AT = ("deployment", "packaging")


def files(chart: Chart) -> Iterator[tuple[str, Template | Data, Path]]:
    """Yield the path of each file of the chart, what stands in it, and what of the spec brings it."""
    values = chart.values()
    for name in ("Chart.yaml", "values.yaml", *(f"templates/{each}" for each in _templates(chart))):
        yield f"{FOLDER}/{name}", Template(f"helm/{name}", values), _AT
    yield f"{FOLDER}/values.schema.json", Data(chart_schema.schema(chart)), _AT
    for place in chart.places:
        content = Template("helm/values-environment.yaml", chart.of(place))
        yield values_file(place), content, ("environments", place.environment)


def values_file(place: Overlay) -> str:
    """Return where an environment's values are."""
    return f"{FOLDER}/values-{place.environment}.yaml"


def note(chart: Chart) -> Note:
    """Return how the chart is used, for the runbook."""
    calls = tuple((f"The chart's objects in {each.environment}", _call(each)) for each in chart.places)
    return Note("Helm chart", tuple(_words(chart)), calls, at=_AT)


def _call(place: Overlay) -> str:
    where = f"--values={values_file(place)} --namespace={place.cluster.namespace}"
    return f"helm template {place.name} ./{FOLDER} {where}"


def _words(chart: Chart) -> Iterator[str]:
    """Yield what make deploy does with it, and what Helm itself would do."""
    yield (
        "make deploy applies what helm template makes of the chart, with the version's tag, as it would an "
        "overlay: there is no release of Helm, and helm is needed where it runs (3.17 or later, or 4)."
    )
    if chart.shifting:
        yield (
            "helm upgrade by hand goes around the rollout: every stable pod gets its image.tag at once. Give "
            "it the tag that runs, and deploy versions by make deploy. While a rollout runs the chart "
            "refuses: an upgrade would take the canary's pods away. That takes the right to read its Lease."
        )
        yield (
            "Shares of the traffic are no values of the chart. Helm 3 leaves them alone unless the chart's "
            "own route changed, and then puts them back to 100/0; Helm 4 reports a conflict instead, as long "
            "as nobody forces it (--force-conflicts)."
        )
    yield "GitOps renders the chart with the environment's values, and the image.tag that was promoted."


def _templates(chart: Chart) -> Iterator[str]:
    yield "_helpers.tpl"
    yield from (f"{name}.yaml" for name in _ALWAYS.split())
    if chart.scaled:
        yield "horizontalpodautoscaler.yaml"
    if chart.shifting:
        yield from (f"{name}.yaml" for name in _SHIFTING.split())
