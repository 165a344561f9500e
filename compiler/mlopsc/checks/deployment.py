"""Progressive delivery: what a canary needs, and what each provider can do."""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from mlopsc import defaults
from mlopsc.diagnostics import Diagnostic
from mlopsc.resolve import View

if TYPE_CHECKING:
    from mlopsc.spec.limits import Limits

_MIRRORS = ("istio", "gateway-api", "argo-rollouts", "flagger")
_HELM = ("istio",)
_PROVIDERS = "istio, gateway-api, argo-rollouts, flagger, kserve or none"
_NEEDED = {
    "canary": {
        "provider": f"add `provider`: {_PROVIDERS}",
        "steps": "for example `steps: [5%, 25%, 50%]`",
        "hold": "for example `hold: 10m`",
    },
    "shadow": {
        "provider": f"add `provider`: {', '.join(_MIRRORS[:-1])} or {_MIRRORS[-1]}",
        "shadow_first": "for example `shadow_first: 30m`",
    },
}
_LIMITS = ("error_rate", "latency_p50", "latency_p95", "latency_p99")


def service(view: View) -> Iterator[Diagnostic]:
    """Only a service is deployed; a batch model is promoted after scoring (M302)."""
    if view.spec.deployment and view.spec.serving is None:
        hint = "add `serving`; what only scores in batches needs no `deployment`: see `scoring.compare`"
        yield Diagnostic("M302", "`deployment` needs a service", ("deployment",), hint=hint, on_key=True)


def whole(view: View) -> Iterator[Diagnostic]:
    """The strategy has all that it needs (M302)."""
    written = view.spec.deployment
    if written is None:
        return
    for key, hint in _NEEDED.get(written.strategy, {}).items():
        if getattr(written, key) is None:
            message = f"`strategy: {written.strategy}` needs `{key}`"
            yield Diagnostic("M302", message, ("deployment", "strategy"), hint=hint)
    judged = _judges(written.promote_if) or _judges(view.spec.serving.slo if view.spec.serving else None)
    if written.strategy == "canary" and view.spec.serving and not judged:
        hint = "add `serving: {slo: {error_rate: 1%}}`, or a limit to `promote_if`"
        message = "nothing says when a canary is bad: there is no limit on errors or latency"
        yield Diagnostic("M302", message, ("deployment", "strategy"), hint=hint)


def rising(view: View) -> Iterator[Diagnostic]:
    """Each step of a canary is larger than the one before, and the last leaves some traffic (M350)."""
    steps = view.spec.deployment.steps if view.spec.deployment else None
    for index, (before, after) in enumerate(pairwise(steps or ()), 1):
        if after.value <= before.value:
            message = f"the step {after.text} does not rise above {before.text}"
            hint = "order the steps, each once, e.g. `[5%, 25%, 50%]`"
            yield Diagnostic("M350", message, ("deployment", "steps", index), hint=hint)
    for index, step in enumerate(steps or ()):
        if step.value >= 1:
            message = "a step of 100% is no canary: promotion itself is the last step"
            yield Diagnostic("M350", message, ("deployment", "steps", index), hint="remove it")


def possible(view: View) -> Iterator[Diagnostic]:
    """The provider can do what is asked of it (M351)."""
    written = view.spec.deployment
    if written is None or written.provider is None or written.strategy == "rolling":
        return
    if written.packaging == "helm" and written.provider not in _HELM:
        message = f"there is no Helm chart for `provider: {written.provider}`"
        hint = "write `packaging: kustomize`, or `provider: istio`"
        yield Diagnostic("M351", message, ("deployment", "packaging"), hint=hint)
    if written.provider not in _MIRRORS and (written.shadow_first or written.strategy == "shadow"):
        key = "shadow_first" if written.shadow_first else "strategy"
        message = f"`provider: {written.provider}` cannot mirror traffic"
        hint = f"remove it, or choose {', '.join(_MIRRORS[:-1])} or {_MIRRORS[-1]}"
        yield Diagnostic("M351", message, ("deployment", key), hint=hint, on_key=True)
    if written.provider == "none" and not (view.spec.connections and view.spec.connections.prometheus):
        hint = "add `connections: {prometheus: {url: 'http://prometheus:9090'}}`"
        message = "without a mesh a canary is judged by Prometheus, whose address is not known"
        yield Diagnostic("M302", message, ("deployment", "provider"), hint=hint)


def percents(view: View) -> Iterator[Diagnostic]:
    """A weight is a whole number of a hundred (M351)."""
    written = view.spec.deployment
    if written is None or written.strategy != "canary" or written.provider in (None, "none"):
        return
    for index, step in enumerate(written.steps or ()):
        percent = step.value * 100
        if abs(percent - round(percent)) > _EXACT:
            message = f"`provider: {written.provider}` takes whole percent, and {step.text} is none"
            hint = f"write `{max(1, round(percent))}%`"
            yield Diagnostic("M351", message, ("deployment", "steps", index), hint=hint)


def pods(view: View) -> Iterator[Diagnostic]:
    """Without a mesh pods share the traffic evenly: k canaries get k/(replicas + k) of it (M352)."""
    written, serving = view.spec.deployment, view.spec.serving
    if written is None or serving is None or (written.strategy, written.provider) != ("canary", "none"):
        return
    count = serving.replicas
    if count is None or count.min != count.max:
        message = "without a mesh a step is a share of pods, and needs a fixed number of `replicas`"
        at = ("serving", "replicas") if count else ("deployment", "provider")
        yield Diagnostic("M352", message, at, hint="for example `replicas: 8`", on_key=count is not None)
        return
    for index, step in enumerate(written.steps or ()):
        share = _nearest(step.value, count.min)
        if abs(share - step.value) > _ROUNDED:
            message = f"{step.text} of the traffic is no whole number of pods, at least 2, beside {count.min}"
            hint = f"the nearest is `{_percent(share)}`; a provider with a mesh takes any share"
            yield Diagnostic("M352", message, ("deployment", "steps", index), hint=hint)


def _nearest(share: float, replicas: int) -> float:
    pods = defaults.canary_pods(share, replicas)
    return pods / (replicas + pods)


def _percent(share: float) -> str:
    return f"{round(share * 100, 1):g}%"


def _judges(limits: "Limits | None") -> bool:
    return limits is not None and any(getattr(limits, name) is not None for name in _LIMITS)


_ROUNDED = 0.005
"""A share written in whole percent."""
_EXACT = 1e-9

RULES = (service, whole, rising, possible, percents, pods)
