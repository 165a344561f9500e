"""YAML that a 1.1 and a 1.2 reader understand alike."""

import re
from typing import Any

import yaml

from mlopsc.languages.characters import escape, plain
from mlopsc.languages.language import Code, Language, Unwritable
from mlopsc.source.scalars import ambiguous, resolve

_SAFE = re.compile(
    r"(?!\.\.\.)[A-Za-z0-9_./$(<+~^\\=\u00a1-\uffff][^,\[\]{}'\"`|>%@&*!?:#\n]*(:(?=[^\s,\[\]{}])[^,\[\]{}'\"`\n#:]*)*"
)
# What a block mapping or list holds without quotes on a line of its own (yaml.org/spec/1.2.2, 7.3.3).
_LINE = re.compile(r"(?![-?:,\[\]{}#&*!|>'\"%@`\s]|\.\.\.)(?:(?!: | #).)*(?<![\s:])")
# A key of a block mapping; a list or mapping in flow style, with the hole after `[`, `{`, `,` or a key.
_KEY = r"(?!- )[^\s#'\"\[{][^#'\"]*: +"
_FLOW = r"[\[{](?:(?:[^#'\"]|'[^']*'|\"[^\"\\]*\")*(?:[\[{,]|: ))? *\0 *[,\]}].*"
_RESOLVERS: dict[str, list[tuple[str, re.Pattern[str]]]] = yaml.resolver.Resolver.yaml_implicit_resolvers


def encode(value: Any) -> str:
    """Write a scalar, or a list or mapping in flow style.

    Raises `Unwritable` for what YAML cannot say: lone surrogates and foreign types.
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return _float(value)
        case str():
            return _text(value)
        case list() | tuple():
            return f"[{', '.join(encode(item) for item in value)}]"
        case dict():
            return f"{{{', '.join(f'{encode(str(k))}: {encode(v)}' for k, v in value.items())}}}"
    raise Unwritable(f"YAML has no way to write {type(value).__name__}")


def _float(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return {"nan": ".nan", "inf": ".inf", "-inf": "-.inf"}[str(value)]
    text = repr(value)
    # YAML 1.1 wants a dot before the exponent: it reads `1e-05` as text.
    return re.sub(r"^(-?\d+)e", r"\1.0e", text)


def _text(value: str) -> str:
    if any("\ud800" <= c <= "\udfff" for c in value):
        raise Unwritable("a lone surrogate is not a character")
    if not plain(value):
        inner = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        return f'"{escape(inner)}"'
    if _SAFE.fullmatch(value) and value == value.strip() and not _means_more(value):
        return value
    return "'" + value.replace("'", "''") + "'"


def _unquoted(value: Any) -> str:
    """Write text without quotes where a line of its own can hold it, as `${{ github.ref }}`."""
    if isinstance(value, str) and plain(value) and _LINE.fullmatch(value) and not _means_more(value):
        return value
    return encode(value)


def _means_more(value: str) -> bool:
    """Say whether some YAML reader takes this text for a number, a date, a boolean or null."""
    tests = [*_RESOLVERS.get(value[:1], []), *_RESOLVERS.get(None, [])]  # type: ignore[call-overload]
    return not isinstance(resolve(value), str) or ambiguous(value) or any(r.match(value) for _, r in tests)


def _check(text: str) -> str:
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if isinstance(event, yaml.AliasEvent):
                return f"the alias `*{event.anchor}`, which a reader may take for anything"
    except yaml.YAMLError as error:
        return str(error)
    return ""


YAML = Language(
    name="yaml",
    encode=encode,
    comment=("# ", ""),
    place=re.compile(rf" *(?:- +)*(?:(?:- |{_KEY})\0 *(?: #.*)?|(?:{_KEY})?{_FLOW})"),
    check=_check,
    filters={"name": lambda value: Code(encode(str(value))), "plain": lambda value: Code(_unquoted(value))},
    spots={
        "name": re.compile(r" *(?:- +)?\0:(?: .*)?"),
        "plain": re.compile(rf" *(?:- +)*(?:- |{_KEY})\0(?: +#.*)?"),
    },
    block=re.compile(rf"^(?P<indent> *(?:- +)*?)(?:- +|{_KEY})[|>][-+0-9]*\s*(#.*)?$"),
)
