"""Files that the spec refers to and that are not there: misspelt, or still to be written."""

import re
from collections.abc import Container, Iterator
from posixpath import normpath

from mlopsc import defaults
from mlopsc.checks.stages import makes, overlap, stages
from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.resolve import View
from mlopsc.source.extends import inside

Place = tuple[Path, str]

# A script in a command: a relative path with the suffix of a program.
_SCRIPT = re.compile(r"(?<![\w./$={}*-])[\w][\w./-]*\.(?:py|sh|ipynb|R)(?![\w./*-])")


def missing(view: View, beside: Container[str]) -> Iterator[Diagnostic]:
    """Yield one finding per file that nothing makes and that is not there (M309; M334 for a near miss)."""
    made = [path for stage in stages(view).values() for _, path in makes(stage)]
    asked: set[str] = set()
    for at, path in (*_files(view), *_deps(view), *_scripts(view)):
        name = normpath(path)
        if name in asked or inside(path, view.document.name) is None or defaults.many_files(name):
            continue
        asked.add(name)
        if not any(overlap(name, out) for out in made) and name not in beside and f"{name}.dvc" not in beside:
            yield _finding(at, path, made)


def _finding(at: Path, path: str, made: list[str]) -> Diagnostic:
    from mlopsc.spec.suggest import distance, suggest

    near = suggest(path, made) if at[-2:-1] == ("deps",) else None
    if near and distance(path, near) <= _NEAR:
        message = f"no stage makes `{path}`, and there is no such file"
        return Diagnostic("M334", message, at, hint=f"did you mean `{near}`?")
    hint = "correct the path, or add the file; paths are relative to the spec"
    return Diagnostic("M309", f"`{path}` does not exist", at, hint=hint)


def _deps(view: View) -> Iterator[Place]:
    for name, stage in stages(view).items():
        for index, dep in enumerate(stage.deps):
            if not _fetched(view, dep):
                yield ("pipeline", "stages", name, "deps", index), dep


def _files(view: View) -> Iterator[Place]:
    spec = view.spec
    if spec.data and not _fetched(view, spec.data.path):
        yield ("data", "path"), spec.data.path
    if spec.python and spec.python.requirements:
        yield ("python", "requirements"), spec.python.requirements
    if spec.drift and spec.drift.reference != "training":
        yield ("drift", "reference"), spec.drift.reference


def _fetched(view: View, path: str) -> bool:
    data = view.spec.data
    return data is not None and data.fetch is not None and normpath(path) == normpath(data.path)


def _scripts(view: View) -> Iterator[Place]:
    return ((at, script) for at, command in _commands(view) for script in _SCRIPT.findall(command))


def _commands(view: View) -> Iterator[Place]:
    spec = view.spec
    for name, stage in stages(view).items():
        yield ("pipeline", "stages", name, "cmd"), stage.cmd
    for name, consumer in spec.events.consumers.items() if spec.events else ():
        yield ("events", "consumers", name, "cmd"), consumer.cmd
    named = (("data", "fetch"), ("scoring", "cmd"), ("deployment", "test"), ("ci", "test"), ("ci", "lint"))
    for section, key in named:
        command = getattr(getattr(spec, section), key, None)
        if command:
            yield (section, key), command
    for hook, command in spec.hooks or ():
        if command:
            yield ("hooks", hook), command


_NEAR = 2.0
"""Letters that a mistyped path differs by, at most."""
