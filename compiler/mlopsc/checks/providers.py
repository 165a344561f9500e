"""What each controller of a cluster can do with what the spec asks of it."""

from collections.abc import Iterator

from mlopsc.diagnostics import Diagnostic
from mlopsc.resolve import View

_KNOWN = (None, "cpu", "gpu_memory")


def waits(view: View) -> Iterator[Diagnostic]:
    """Flagger counts a check without data as failed: it cannot wait for some (M351)."""
    written = view.spec.deployment
    if written and written.provider == "flagger" and written.on_no_data == "wait":
        message = "`provider: flagger` takes a version back when a check has no data, and cannot wait"
        hint = "write `on_no_data: rollback`, or choose a provider that waits, such as argo-rollouts"
        yield Diagnostic("M351", message, ("deployment", "on_no_data"), hint=hint)


def mirrors(view: View) -> Iterator[Diagnostic]:
    """Before a canary Flagger mirrors for one of its intervals, which is a hold (M351)."""
    written = view.spec.deployment
    if written is None or (written.strategy, written.provider) != ("canary", "flagger"):
        return
    if written.shadow_first and written.hold and written.shadow_first.seconds != written.hold.seconds:
        message = f"`provider: flagger` mirrors as long as it holds a step, which is {written.hold.text}"
        hint = f"write `shadow_first: {written.hold.text}`"
        yield Diagnostic("M351", message, ("deployment", "shadow_first"), hint=hint)


def scales(view: View) -> Iterator[Diagnostic]:
    """KServe scales on what it knows by itself (M351)."""
    written, serving = view.spec.deployment, view.spec.serving
    if written is None or serving is None or written.provider != "kserve" or written.strategy == "rolling":
        return
    replicas = serving.replicas
    if replicas is None or replicas.min == replicas.max:
        return
    if replicas.metric not in _KNOWN:
        message = f"`provider: kserve` scales on cpu or gpu_memory, not on `{replicas.metric}`"
        yield Diagnostic("M351", message, ("serving", "replicas", "metric"), hint="write `metric: cpu`")
    elif replicas.metric == "gpu_memory" and written.mode == "knative":
        message = "on Knative `provider: kserve` scales on cpu: it has no metric of GPUs"
        hint = "write `mode: standard`, where KEDA asks Prometheus for it"
        yield Diagnostic("M351", message, ("serving", "replicas", "metric"), hint=hint)


RULES = (waits, mirrors, scales)
