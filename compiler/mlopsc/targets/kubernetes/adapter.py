"""What prometheus-adapter must be told, so that the metric that an autoscaler names is there."""

from collections.abc import Iterator
from typing import Any

from mlopsc.targets.kubernetes.overlay import Overlay

FILE = "monitoring/prometheus-adapter.yaml"
TEMPLATE = "adapter/prometheus-adapter.yaml"
# Of the memory of all GPUs of a pod. DCGM counts what the driver keeps for itself in neither.
_USED, _FREE = "DCGM_FI_DEV_FB_USED", "DCGM_FI_DEV_FB_FREE"
# Prometheus puts this before a label that a target has too, unless it is told to honour the target's
# (prometheus.io/docs, scrape_config: honor_labels).
_RENAMED = "exported_"
_MATCHED, _GROUPED = "<<.LabelMatchers>>", "<<.GroupBy>>"
# Longer than a scrape or two, shorter than what an autoscaler waits.
_WINDOW = "2m"


def metrics(places: tuple[Overlay, ...]) -> tuple[str, ...]:
    """Return the metrics of pods by which environments are scaled, each once."""
    scaled = (place.service.replicas for place in places if place.service.replicas.scaled)
    return tuple(dict.fromkeys(each.metric for each in scaled if each.metric != "cpu"))


def values(wanted: tuple[str, ...]) -> dict[str, Any]:
    """Return what stands in the file, for the metrics that are scaled by."""
    return {"rules": [rule for metric in wanted for rule in _rules(metric)]}


def _rules(metric: str) -> Iterator[dict[str, str]]:
    """Yield two rules for each metric: an exporter's own label of a pod has one of two names.

    One alone finds series: rules exclude each other (kubernetes-sigs/prometheus-adapter, docs/config.md).
    """
    series = _USED if metric == "gpu_memory" else metric
    for prefix, others in ((_RENAMED, ""), ("", f'{_RENAMED}pod="",')):
        pod, namespace = f"{prefix}pod", f"{prefix}namespace"
        yield {
            "series": f'{{__name__="{series}",{others}{namespace}!="",{pod}!=""}}',
            "namespace": namespace,
            "pod": pod,
            "matches": f"^{series.replace('.', '[.]')}$",
            "as": metric,
            "query": _query(metric),
        }


def _query(metric: str) -> str:
    """Return the template of a query; a counter is scaled by as its rate for each second."""
    if metric == "gpu_memory":
        used, free = (f"sum by ({_GROUPED}) ({name}{{{_MATCHED}}})" for name in (_USED, _FREE))
        return f"{used} / ({used} + {free})"
    chosen = f'{{__name__="{metric}",{_MATCHED}}}'
    value = f"rate({chosen}[{_WINDOW}])" if metric.endswith("_total") else chosen
    return f"sum by ({_GROUPED}) ({value})"
