"""What YAML allows and the spec language does not, in words."""

from typing import Any

from mlopsc.diagnostics import Diagnostic, Span

_TEXTS = {
    "tag": (
        "M107",
        "the tag `{tag}` is not part of the spec language",
        "write the plain value; text that looks like something else is quoted",
    ),
    "open": ("M105", "what opens here is never closed", "add the closing quote or bracket"),
    "documents": (
        "M106",
        "a second document starts here",
        "one file holds one spec; remove `---` and what follows",
    ),
    "merge key": (
        "M108",
        "merge keys (`<<`) are not part of the spec language",
        "share between files with `extends: PATH`",
    ),
    "no anchor": (
        "M108",
        "the alias `*{anchor}` has no anchor before it",
        "text that starts with `*` is quoted; shared parts go to another file: `extends: PATH`",
    ),
    "other section": (
        "M108",
        "the alias `*{anchor}` reaches into another section",
        "repeat the value, or share it between specs with `extends: PATH`",
    ),
    "key is no text": ("M112", "the key `{key}` is not text", "quote it: '{key}'"),
    "key is a collection": (
        "M112",
        "a {what} cannot be a key",
        "keys are text; is a `:` or a quote missing?",
    ),
    "double": ("M104", "the key `{key}` stands here twice{where}", "remove one of them"),
    "deep": (
        "M103",
        "collections are nested deeper than {depth} levels",
        "no section of a spec needs more than ten",
    ),
    "many": (
        "M103",
        "the spec has more than {nodes:,} values once its aliases are followed",
        "write out what is needed; a spec has some hundred values",
    ),
    "control": (
        "M114",
        "the text holds the control character U+{code:04X}",
        "remove it; line breaks and tabs are the only control characters that a value may hold",
    ),
    "not a character": ("M114", "the character U+{code:04X} cannot be part of YAML text", "remove it"),
    "only comments": (
        "M109",
        "the file holds only comments",
        "`mlopsc init` writes a short commented spec to start from",
    ),
    "no mapping": (
        "M110",
        "a spec is a mapping of sections; this file holds {what}",
        "start with `version: 1` and `model: {{name: …}}`",
    ),
}


def refusal(kind: str, span: Span, **words: Any) -> Diagnostic:
    """Return the diagnostic of a kind, its text filled in with `words`."""
    code, message, hint = _TEXTS[kind]
    return Diagnostic(code, message.format(**words), hint=hint.format(**words), span=span)
