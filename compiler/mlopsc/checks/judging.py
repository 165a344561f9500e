"""What a rollout is judged by: limits that can be seen to be broken, and a Prometheus that can be asked."""

from collections.abc import Iterator

from mlopsc.diagnostics import Diagnostic
from mlopsc.resolve import View

_LATENCIES = ("latency_p50", "latency_p95", "latency_p99")
# The `timeout` of the generated routes.
_GIVEN_UP_SECONDS = 30


def measured(view: View) -> Iterator[Diagnostic]:
    """A limit on latency lies below the time after which a request is given up (M359)."""
    written = view.spec.deployment
    if written is None or written.strategy != "canary":
        return
    slo = view.spec.serving.slo if view.spec.serving else None
    guards = view.spec.ab_test.guardrails if view.spec.ab_test else None
    places = ((("deployment", "promote_if"), written.promote_if), (("ab_test", "guardrails"), guards))
    for at, limits in (*places, (("serving", "slo"), slo)):
        for name in _LATENCIES:
            limit = getattr(limits, name, None)
            # One of `promote_if` stands instead of that of the service.
            if limit is None or (limits is slo and getattr(written.promote_if, name, None)):
                continue
            if limit.seconds >= _GIVEN_UP_SECONDS:
                message = f"a request is given up after {_GIVEN_UP_SECONDS} seconds, so that no latency "
                message += f"is seen to be beyond {limit.text}"
                yield Diagnostic("M359", message, (*at, name), hint="name a lower limit, e.g. `2s`")


def address(view: View) -> Iterator[Diagnostic]:
    """The address of Prometheus is written into the cluster, where no variable stands for it (M304)."""
    written, connections = view.spec.deployment, view.spec.connections
    server = connections.prometheus.url if connections and connections.prometheus else None
    if written is None or written.strategy == "rolling" or server is None or server.kind == "literal":
        return
    message = f"`strategy: {written.strategy}` writes the address of Prometheus into the cluster, "
    message += f"and `{{{server.kind}: {server.value}}}` is known only outside of it"
    hint = "write it out, without a password: `url: 'http://prometheus.monitoring:9090'`"
    yield Diagnostic("M304", message, ("connections", "prometheus", "url"), hint=hint)


RULES = (measured, address)
