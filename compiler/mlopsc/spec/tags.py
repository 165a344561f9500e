"""Which fields belong to which value of a tag.

When an overlay changes a tag, the fields of the old value go; when a field stands beside a value
that it does not belong to, the spec means something that will not happen.
"""

from collections.abc import Mapping
from typing import Any

from mlopsc.diagnostics import Path
from mlopsc.spec.units.references import is_reference

Fields = Mapping[str, Mapping[str, frozenset[str]]]


def _of(**values: str) -> dict[str, frozenset[str]]:
    return {value.replace("_", "-"): frozenset(fields.split()) for value, fields in values.items()}


TAGS: Mapping[tuple[str, ...], Fields] = {
    ("deployment",): {
        "strategy": _of(
            rolling="", canary="steps hold promote_if on_no_data shadow_first", shadow="shadow_first"
        ),
        "provider": _of(istio="", argo_rollouts="", flagger="", gateway_api="", kserve="mode", none=""),
    },
    ("serving",): {"runtime": _of(fastapi="", mlflow="", bentoml="")},
    ("serving", "prediction_log"): {"broker": _of(kafka="topic", rabbitmq="queue", embedded="topic")},
    ("events",): {"broker": _of(kafka="", rabbitmq="", embedded="")},
    ("drift", "tests", "*"): {
        "method": _of(ks="p_value", chi2="p_value", psi="above", wasserstein="above", msd="above pair"),
    },
    ("ci",): {"provider": _of(github="cloud", jenkins="")},
}
"""Pattern of the mapping (`*` is any key or index) -> tag -> its value -> the fields of that value."""

FOLLOWERS: Mapping[tuple[str, str, str], tuple[str, ...]] = {
    ("deployment", "strategy", "canary"): ("ab_test",)
}
"""(section, tag, value) -> the sections that go when the tag leaves that value."""


def tags_at(path: Path) -> Fields:
    """Return the tags of the mapping at a path; an environment's overlay has those of its section."""
    inner = path[2:] if path[:1] == ("environments",) else path
    for pattern, tags in TAGS.items():
        if len(pattern) == len(inner) and all(p in ("*", s) for p, s in zip(pattern, inner, strict=True)):
            return tags
    return {}


def lost(path: Path, base: Mapping[str, Any], over: Mapping[str, Any]) -> frozenset[str]:
    """Return the keys of `base` that go when `over` changes a tag; a reference goes as a whole."""
    if is_reference(over):
        return frozenset(base)
    gone: set[str] = set()
    for tag, values in tags_at(path).items():
        old, new = base.get(tag), over.get(tag)
        if tag in over and old != new and isinstance(old, str):
            kept = values.get(new, frozenset()) if isinstance(new, str) else frozenset()
            gone |= values.get(old, frozenset()) - kept
    return frozenset(gone)
