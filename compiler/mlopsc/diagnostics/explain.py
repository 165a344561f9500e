"""The story of a code, for the terminal."""

from textwrap import fill, indent

from mlopsc.diagnostics.codes import find

_WIDTH = 88


def explain(code: str) -> str:
    """Return what a code means, why it matters, how to fix it, and an example.

    Raises KeyError when there is no such code.
    """
    kind = find(code)
    paragraphs = [*kind.about().split("\n"), f"Fix: {kind.fix()}"]
    blocks = [f"{code} ({kind.severity}): {kind.title}", *(_fill(text) for text in paragraphs)]
    return "\n\n".join([*blocks, "Example:\n\n" + indent(kind.example, "    ")]) + "\n"


def _fill(paragraph: str) -> str:
    return fill(paragraph, _WIDTH, break_long_words=False, break_on_hyphens=False)
