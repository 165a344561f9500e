"""Targets of third parties: looked up by entry point, and only when a spec names one."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mlopsc.diagnostics import Diagnostic, Rejected
from mlopsc.model import Model
from mlopsc.targets import TARGETS, Target

GROUP = "mlopsc.targets"
_PARTS = ("SECTIONS", "SUMMARY", "Settings", "offers", "files")


def targets_for(model: Model) -> Mapping[str, Target]:
    """Return our targets and those of the plug-ins that the spec names.

    Raises `Rejected`: M507 for a plug-in that is not installed or bears the name of one of ours.
    """
    if not model.plugins:
        return TARGETS
    found = {name: _load(name) for name in model.plugins}
    return {**TARGETS, **found}


def with_settings(model: Model, targets: Mapping[str, Target]) -> Model:
    """Return the model with each plug-in's settings read by its own `Settings`; raises `Rejected` (M2xx)."""
    if not model.plugins:
        return model
    from mlopsc.spec.settings import read_settings

    read = {
        name: read_settings(getattr(targets[name], "Settings"), written, ("plugins", name))
        for name, written in model.plugins.items()
    }
    return replace(model, plugins=read)


def _load(name: str) -> Target:
    from importlib.metadata import entry_points

    installed = entry_points(group=GROUP)
    if name in TARGETS:
        hint = "remove it here: it is at work wherever its section stands in the spec"
        raise _refuse(name, f"`{name}` is the name of a target of mlopsc", hint)
    if name not in installed.names:
        raise _refuse(name, f"no plug-in `{name}` is installed", _nearest(name, installed.names))
    try:
        target: Target = installed[name].load()
    except ImportError as error:
        hint = "install what it needs beside mlopsc, in the same environment"
        raise _refuse(name, f"the plug-in `{name}` cannot be imported: {error}", hint) from None
    lacks = [part for part in _PARTS if not hasattr(target, part)]
    if lacks:
        hint = "ask its authors; what a plug-in needs stands in the documentation of `mlopsc.targets`"
        raise _refuse(name, f"the plug-in `{name}` lacks {', '.join(f'`{part}`' for part in lacks)}", hint)
    return target


def _nearest(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), n=1)
    install = f"install the package that brings it (entry-point group {GROUP})"
    return f"did you mean `{close[0]}`?" if close else install


def _refuse(name: str, message: str, hint: str) -> Rejected:
    return Rejected([Diagnostic("M507", message, ("plugins", name), hint=hint, on_key=True)])
