"""What a repository has once: dependabot, owners of code, and the pull-request template."""

from collections.abc import Iterator
from posixpath import dirname, join

from mlopsc.actions import ACTIONS
from mlopsc.files import File, Place, Template, Verbatim
from mlopsc.model import Model

_AT = ("ci",)


def singletons(model: Model) -> Iterator[File]:
    """Write them from a house spec, or from the spec of a repository with one model."""
    if not (model.singletons and model.ci):
        return
    dependabot = {"packages": _packages(model), "actions": sorted(ACTIONS)}
    yield _file("dependabot.yml", Template("dependabot.yml", dependabot))
    if model.ci.owners:
        rows = [{"pattern": pattern, "owners": list(model.ci.owners)} for pattern in _patterns(model)]
        line = " ".join([_patterns(model)[0], *model.ci.owners])
        yield _file("CODEOWNERS", Template("CODEOWNERS", {"rows": rows}), line)
    yield _file("pull_request_template.md", Verbatim("pull_request_template.md"))


def _file(name: str, content: Template | Verbatim, line: str = "") -> File:
    return File(f".github/{name}", content, Place.ROOT, at=_AT, yields=line)


def _packages(model: Model) -> list[str]:
    """Return the folder with the user's own requirements; ours change with the compiler alone."""
    return [join("/", dirname(join(model.folder, model.python.requirements)))] if _own(model) else []


def _own(model: Model) -> bool:
    return bool(model.name and model.python.requirements)


def _patterns(model: Model) -> list[str]:
    """Return what is owned: all that one model's repository holds, or what a house shares."""
    return ["*"] if model.name or not model.folder else [f"/{model.folder}/", "/.github/"]
