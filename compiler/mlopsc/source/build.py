"""The stack that turns YAML events into nodes, and the limits that it keeps."""

from dataclasses import InitVar, dataclass, field, replace
from typing import Any

from mlopsc.diagnostics import Diagnostic, Span
from mlopsc.source.nodes import Node
from mlopsc.source.refusals import refusal
from mlopsc.source.scalars import resolve

MAX_DEPTH = 40
MAX_NODES = 50_000


class Stop(Exception):
    """Reading on would be pointless or dangerous; the finding is already noted."""


@dataclass(slots=True)
class _Frame:
    """A collection that is still open; `pending` is a key that waits for its value."""

    span: Span
    anchor: str | None
    items: Any
    key: Span | None
    before: int
    pending: tuple[str, Span] | None = None

    @property
    def wants_key(self) -> bool:
        return isinstance(self.items, dict) and self.pending is None


@dataclass(slots=True)
class Builder:
    """Takes events one by one; `roots` holds the documents, `findings` what is wrong."""

    text: InitVar[str]
    name: str
    findings: list[Diagnostic] = field(default_factory=list)
    roots: list[Node] = field(default_factory=list)
    stack: list[_Frame] = field(default_factory=list)
    anchors: dict[str, tuple[Node, int, str]] = field(default_factory=dict)
    section: str = ""
    count: int = 0
    lines: list[str] = field(init=False)

    def __post_init__(self, text: str) -> None:
        self.lines = text.split("\n")

    def take(self, event: Any) -> None:
        """Add one event; raises `Stop` where reading on makes no sense."""
        match type(event).__name__:
            case "ScalarEvent":
                self._scalar(event)
            case "MappingStartEvent":
                self._open("mapping", event, {})
            case "SequenceStartEvent":
                self._open("sequence", event, [])
            case "MappingEndEvent" | "SequenceEndEvent":
                self._close(event)
            case "AliasEvent":
                self._alias(event)
            case "DocumentStartEvent" if self.roots:
                self._stop("documents", event)
            case _:
                pass

    def _scalar(self, event: Any) -> None:
        span = self._span(event)
        plain = event.style in (None, "") and event.tag is None
        if event.tag is not None:
            self._note("tag", span, tag=_written(event.tag))
        if self.stack and self.stack[-1].wants_key:
            self._key(event.value, span, plain)
            return
        value = resolve(event.value) if plain else event.value
        node = Node(value, span, self._key_span(), event.value if plain else "", plain)
        if isinstance(value, str):
            self._refuse_controls(value, span)
        elif value is None:
            node = self._comment_taken_for_value(node)
        self._add(node, 1, event.anchor)

    def _key(self, key: str, span: Span, plain: bool) -> None:
        frame = self.stack[-1]
        if plain and key == "<<":
            self._note("merge key", span)
        elif plain and not isinstance(resolve(key), str):
            self._note("key is no text", span, key=key)
        elif key in frame.items:
            first = frame.items[key].key
            where = f"; the first one stands in line {first.line}" if first else ""
            self._note("double", span, key=key, where=where)
        self._refuse_controls(key, span)
        if len(self.stack) == 1:
            self.section = key
        frame.pending = (key, span)

    def _open(self, kind: str, event: Any, items: Any) -> None:
        if event.tag is not None:
            self._note("tag", self._span(event), tag=_written(event.tag))
        if self.stack and self.stack[-1].wants_key:
            self._stop("key is a collection", event, what=kind)
        if len(self.stack) >= MAX_DEPTH:
            self._stop("deep", event, depth=MAX_DEPTH)
        self.stack.append(_Frame(self._span(event), event.anchor, items, self._key_span(), self.count))

    def _close(self, event: Any) -> None:
        frame = self.stack.pop()
        span = replace(frame.span, end_line=event.end_mark.line + 1, end_column=event.end_mark.column + 1)
        self._add(Node(frame.items, span, frame.key), 1, frame.anchor, self.count - frame.before)

    def _alias(self, event: Any) -> None:
        if event.anchor not in self.anchors:
            self._stop("no anchor", event, anchor=event.anchor)
        node, size, section = self.anchors[event.anchor]
        if section != self.section:
            self._note("other section", self._span(event), anchor=event.anchor)
        if self.stack[-1].wants_key:
            self._stop("key is a collection", event, what="alias")
        self._add(replace(node, key=self._key_span()), size, None)

    def _add(self, node: Node, size: int, anchor: str | None, inner: int = 0) -> None:
        self.count += size
        if self.count > MAX_NODES:
            self._note("many", node.span, nodes=MAX_NODES)
            raise Stop
        if anchor:
            self.anchors[anchor] = (node, size + inner, self.section)
        if not self.stack:
            self.roots.append(node)
        elif self.stack[-1].pending:
            self.stack[-1].items.setdefault(self.stack[-1].pending[0], node)
            self.stack[-1].pending = None
        else:
            self.stack[-1].items.append(node)

    def _comment_taken_for_value(self, node: Node) -> Node:
        """`slack: #ml-alerts` is null to YAML: `raw` keeps what was meant, so that the error can say so."""
        if not node.key or node.raw:
            return node
        rest = self.lines[node.key.end_line - 1][node.key.end_column - 1 :]
        meant = rest.lstrip(":\"' ")
        raw = meant if meant.startswith("#") and meant[1:2].strip() else ""
        return replace(node, span=node.key, raw=raw)

    def _refuse_controls(self, text: str, span: Span) -> None:
        if text.isprintable():
            return
        bad = next((c for c in text if (c < " " and c not in "\n\t") or "\x7f" <= c < "\xa0"), None)
        if bad is not None:
            self._note("control", span, code=ord(bad))

    def _key_span(self) -> Span | None:
        frame = self.stack[-1] if self.stack else None
        return frame.pending[1] if frame and frame.pending else None

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        return Span(self.name, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _note(self, kind: str, span: Span, **words: Any) -> None:
        self.findings.append(refusal(kind, span, **words))

    def _stop(self, kind: str, event: Any, **words: Any) -> None:
        self._note(kind, self._span(event), **words)
        raise Stop


def _written(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")
