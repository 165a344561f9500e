"""What is said of a key that nobody knows there."""

from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.spec.suggest import distance, suggest
from mlopsc.spec.walk import dotted, everywhere

_MOST_PLACES = 3


def unknown_key(path: Path, known: tuple[str, ...]) -> Diagnostic:
    """Return M201 for the key at a path, beside which `known` may stand.

    It says which key was meant, or where this one belongs, or what is known.
    """
    where = f"in `{dotted(path[:-1])}`" if len(path) > 1 else "at the top level"
    hint = _hint(str(path[-1]), known)
    return Diagnostic("M201", f"unknown key `{path[-1]}` {where}", path, hint=hint, on_key=True)


def _hint(word: str, known: tuple[str, ...]) -> str:
    near = suggest(word, known)
    if near and distance(word, near) <= 1:
        return f"did you mean `{near}`?"
    return _belongs(word) or (f"did you mean `{near}`?" if near else f"known here: {', '.join(known)}")


def _belongs(word: str) -> str:
    parents = [pattern[:-1] for pattern, _ in everywhere() if pattern[-1] == word and word not in ("*", "[]")]
    if () in parents:
        return f"`{word}` belongs at the top level"
    shown = [f"`{dotted(parent)}`" for parent in parents[:_MOST_PLACES]]
    return f"`{word}` belongs under {' or '.join(shown)}" if shown else ""
