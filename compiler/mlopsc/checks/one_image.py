"""One image serves all environments."""

from collections.abc import Iterator

from mlopsc.diagnostics import Diagnostic
from mlopsc.resolve import View


def overlays(view: View) -> Iterator[Diagnostic]:
    """No environment has another runtime or other inputs (M304)."""
    for name, place in (view.spec.environments or {}).items():
        for key in ("runtime", "inputs"):
            if key in (place.serving or {}):
                message = f"`{name}` cannot have its own `{key}`: one image serves all environments"
                hint = f"move `{key}` to `serving`"
                at = ("environments", name, "serving", key)
                yield Diagnostic("M304", message, at, hint=hint, on_key=True)


RULES = (overlays,)
