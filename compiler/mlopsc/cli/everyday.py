"""The command lines of every day, read without typer, whose import costs as much as a compile.

They are `compile` and `check` with specs, `--into DIR` and `--root DIR`. All others go to typer, which knows
every option, and says what is wrong with a word that is none.
"""

from collections.abc import Callable, Sequence
from functools import partial

Work = Callable[[], int]


def work_of(arguments: Sequence[str]) -> Work | None:
    """Return what a command line asks for, as a function of its exit code; None for typer to answer."""
    options: dict[str, str | None] = {"--into": None, "--root": None}
    specs: list[str] = []
    words = iter(arguments[1:])
    for word in words:
        if word in options:
            options[word] = next(words, "-")
        else:
            specs.append(word)
    given = (*specs, *(word for word in options.values() if word is not None))
    if any(word.startswith("-") or not word for word in given):
        return None
    return _work(arguments[:1], specs, options["--into"], options["--root"])


def _work(command: Sequence[str], specs: list[str], into: str | None, root: str | None) -> Work | None:
    if command == ["compile"]:
        from mlopsc.cli.emit import emit

        return partial(emit, specs, into, root, dry_run=False, force=[])
    if command == ["check"]:
        from mlopsc.cli.compare import compare

        return partial(compare, specs, into, root, "text")
    return None
