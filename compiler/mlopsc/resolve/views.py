"""One view of the spec for each environment, with its overlay laid over."""

from dataclasses import dataclass, replace

from mlopsc.diagnostics import Rejected
from mlopsc.source.merge import merge
from mlopsc.source.nodes import Document, Node
from mlopsc.spec import Spec, parse
from mlopsc.spec.tags import FOLLOWERS, lost

# These say something about an environment itself; nothing of the spec lies under them.
_OF_THE_ENVIRONMENT = ("cluster", "cloud", "approval")


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
