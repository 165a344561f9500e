"""YAML events -> Node tree, without recursion, so that no nesting can exhaust the stack."""

from typing import Any

import yaml

from mlopsc.diagnostics import Diagnostic, Rejected, Span
from mlopsc.source.build import Builder, Stop
from mlopsc.source.nodes import Node
from mlopsc.source.refusals import refusal
from mlopsc.source.traps import explain

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def compose(text: str, name: str) -> Node:
    """Return the root mapping of a YAML text.

    Raises `Rejected` with all findings: syntax, tags, anchors across sections, duplicate keys,
    several documents, too many levels or values.
    """
    builder = Builder(text, name)
    findings = builder.findings
    try:
        for event in yaml.parse(text, Loader=_Loader):
            builder.take(event)
    except Stop:
        pass
    except yaml.MarkedYAMLError as error:
        findings.append(_syntax(text, builder, error))
    except yaml.reader.ReaderError as error:
        findings.append(_character(text, name, error.position))
    if findings:
        raise Rejected(sorted(findings, key=lambda d: d.span or Span(name, 0, 0, 0, 0)))
    return _mapping(next(iter(builder.roots), None), name)


def _mapping(root: Node | None, name: str) -> Node:
    start = Span(name, 1, 1, 1, 1)
    if root is None or root.value is None:
        raise Rejected([refusal("only comments", start)])
    if not isinstance(root.value, dict):
        what = "a list" if isinstance(root.value, list) else "a single value"
        raise Rejected([refusal("no mapping", root.span, what=what)])
    return root


def _syntax(text: str, builder: Builder, error: yaml.MarkedYAMLError) -> Diagnostic:
    mark, context = error.problem_mark, error.context or ""
    if mark and not text[mark.index :].strip():
        if "flow" in context and builder.stack:
            return refusal("open", builder.stack[-1].span)
        if "quoted" in context:
            return refusal("open", _at(builder.name, error.context_mark))
        return explain(text, _end(text, builder.name), error.problem or "unreadable")
    return explain(text, _at(builder.name, mark or error.context_mark), error.problem or "unreadable")


def _at(name: str, mark: yaml.Mark | None) -> Span:
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Span(name, line, column, line, column + 1)


def _end(text: str, name: str) -> Span:
    # The parser stops behind the last line, where an excerpt has nothing to show.
    lines = text.rstrip().split("\n")
    column = max(len(lines[-1]), 1)
    return Span(name, len(lines), column, len(lines), column + 1)


def _character(text: str, name: str, position: int) -> Diagnostic:
    before = text[:position]
    line, column = before.count("\n") + 1, position - before.rfind("\n")
    return refusal("not a character", Span(name, line, column, line, column + 1), code=ord(text[position]))
