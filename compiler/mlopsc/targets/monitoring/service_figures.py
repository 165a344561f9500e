"""The figures of the service that an alert may watch."""

from mlopsc.targets.monitoring.figure import QUANTILES, Figure, recorded

_LOAD = "Traffic and version on the dashboard: is it since a deployment, or since the load has risen?"
_UNLOAD = "A deployment: make back-out. Load: more copies (serving.replicas). Else: the log of a slow copy."
_LATENCY = {
    name: Figure(
        f"{name[-3:]} latency",
        "seconds",
        "quantile",
        recorded(f"model:{name}:5m", "seconds"),
        (f"model:{name}:5m",),
        False,
        _LOAD,
        _UNLOAD,
    )
    for name in QUANTILES
}
OF_SERVICE = {
    **_LATENCY,
    "error_rate": Figure(
        "share of failed requests",
        "share",
        "share",
        recorded("model:errors:ratio_rate5m", "share"),
        ("model:errors:ratio_rate5m",),
        False,
        "model_requests_total by code and version: 422 is wrong inputs, 5xx is the service itself.",
        "One version alone: make back-out. All of them: read the service's log by request id.",
    ),
    "request_rate": Figure(
        "rate of requests per second",
        "number",
        "rate",
        recorded("model:requests:rate5m", "number"),
        ("model:requests:rate5m",),
        False,
        "The callers, and what stands before the service: has traffic moved, or does it not arrive?",
        "Too many: more copies (serving.replicas). Too few: ask the callers, and try a request yourself.",
    ),
}
