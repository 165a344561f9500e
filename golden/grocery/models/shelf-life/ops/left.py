"""What stays in a cluster of an environment that took versions step by step, and now takes them at once.

Its route would go on leading all callers to the pods of the version that was promoted last.
"""

from __future__ import annotations

from applied import Applied

# In the order in which they may go: a route before the subsets that it names.
ROUTES = (
    "virtualservices.networking.istio.io",
    "httproutes.gateway.networking.k8s.io",
    "destinationrules.networking.istio.io",
)


def cleared(applied: Applied) -> list[str]:
    """Remove routes and pods of before, once those that replace them serve; return what to say."""
    names = [f"{applied.model}-{track}" for track in ("stable", "canary")]
    found = [name for name in names if applied.found(name)]
    if not found:
        return []
    known = applied.kubectl.say("api-resources", "--verbs=delete", "--output=name").split()
    for kind in ROUTES:
        if kind in known:
            applied.remove(kind, applied.model)
    for name in found:
        applied.remove("deployment", name)
    return [f"{' and '.join(found)} of the rollouts before are gone, with their routes"]
