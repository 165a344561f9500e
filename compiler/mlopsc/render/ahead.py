"""Templates -> Python, once, when a wheel is built: jinja2 is then needed for house styles alone.

Only what our templates may hold is known here: values, attributes, filters, `for` and `if`.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from jinja2 import nodes

from mlopsc.languages import language_of
from mlopsc.render.environments import CheckedLoader, environment
from mlopsc.render.render import SUFFIX

_HEAD = '''\
"""The templates as functions from values to text; made when the wheel was built."""

from mlopsc.render.look import look
'''


class Unknown(Exception):
    """A template holds what this module cannot translate."""


def module(folder: Path) -> str:
    """Return the Python of all templates below a folder; raises `Unknown`, or `MisplacedHole`."""
    sources = sorted(folder.rglob(f"*{SUFFIX}"))
    names = [source.relative_to(folder).as_posix() for source in sources]
    functions = [_function(folder, name, number) for number, name in enumerate(names)]
    table = "".join(f"    {name!r}: _{number},\n" for number, name in enumerate(names))
    return "\n\n".join([_HEAD, *functions, f"TEMPLATES = {{\n{table}}}\n"])


def _function(folder: Path, name: str, number: int) -> str:
    language = language_of(name.removesuffix(SUFFIX))
    loader = CheckedLoader({child.name: child for child in folder.iterdir()}, language)
    env = environment(language, loader)
    tree = env.parse(loader.get_source(env, name)[0], name)
    head = (f"def _{number}(values, write, filters):", "    return", "    yield  # a template may be empty")
    body = tuple(_indented(_statements(tree.body, frozenset())))
    return "\n".join((head[0], *body) if body else head) + "\n"


def _statements(body: Iterable[nodes.Node], local: frozenset[str]) -> Iterator[str]:
    for node in body:
        match node:
            case nodes.Output(nodes=parts):
                yield from (f"yield {_text(part, local)}" for part in parts)
            case nodes.For(target=nodes.Name(name=name), iter=items, body=inner, else_=[], test=None):
                yield from _branch(f"for {name}_ in {_value(items, local)}:", inner, local | {name})
            case nodes.If(test=test, body=inner, elif_=others, else_=rest):
                yield from _branch(f"if {_value(test, local)}:", inner, local)
                for other in others:
                    yield from _branch(f"elif {_value(other.test, local)}:", other.body, local)
                if rest:
                    yield from _branch("else:", rest, local)
            case _:
                raise _unknown(node)


def _branch(head: str, body: Iterable[nodes.Node], local: frozenset[str]) -> Iterator[str]:
    lines = list(_statements(body, local))
    return iter((head, *_indented(lines or ("pass",))))


def _text(node: nodes.Node, local: frozenset[str]) -> str:
    return repr(node.data) if isinstance(node, nodes.TemplateData) else f"write({_value(node, local)})"


def _value(node: nodes.Node, local: frozenset[str]) -> str:
    match node:
        case nodes.Name(name=name):
            return f"{name}_" if name in local else f"values[{name!r}]"
        case nodes.Getattr(node=owner, attr=attribute):
            return f"look({_value(owner, local)}, {attribute!r})"
        case nodes.Filter(node=nodes.Expr() as inner, name=name, args=[], kwargs=[]):
            return f"filters[{name!r}]({_value(inner, local)})"
    raise _unknown(node)


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)


def _unknown(node: nodes.Node) -> Unknown:
    return Unknown(
        f"line {node.lineno}: a template cannot hold {type(node).__name__}; decide it in the target"
    )
