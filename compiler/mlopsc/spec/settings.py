"""The settings of plug-ins: read by their own models, complained about like ours."""

from typing import Any

from pydantic import BaseModel, ValidationError

from mlopsc.diagnostics import Diagnostic, Path, Rejected
from mlopsc.spec.suggest import suggest


def read_settings(kind: type[BaseModel], written: Any, at: Path) -> BaseModel:
    """Return a plug-in's settings; raises `Rejected` (M201, M202, M204) with every fault."""
    try:
        return kind.model_validate(written)
    except ValidationError as error:
        known = [field.alias or name for name, field in kind.model_fields.items()]
        raise Rejected(_complaint(found, at, known) for found in error.errors(include_url=False)) from None


def _complaint(found: Any, at: Path, known: list[str]) -> Diagnostic:
    path = (*at, *found["loc"])
    name = ".".join(str(step) for step in found["loc"])
    if found["type"] == "extra_forbidden":
        close = suggest(str(path[-1]), known)
        hint = f"did you mean `{close}`?" if close else f"known: {', '.join(f'`{k}`' for k in known)}"
        return Diagnostic(
            "M201", f"`{name}` is not a setting of the plug-in `{at[-1]}`", path, hint, on_key=True
        )
    if found["type"] == "missing":
        return Diagnostic("M204", f"the plug-in `{at[-1]}` needs `{name}`", path, f"add `{name}: …`")
    return Diagnostic(
        "M202",
        f"`{name}`: {found['msg'][0].lower()}{found['msg'][1:]}",
        path,
        "see the plug-in's own documentation",
    )
