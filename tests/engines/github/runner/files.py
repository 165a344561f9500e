"""The files by which a step speaks to the runner: GITHUB_OUTPUT, GITHUB_ENV, GITHUB_PATH, GITHUB_STEP_SUMMARY."""

from collections.abc import Iterator
from pathlib import Path

FILES = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_STATE")
SUMMARY_BYTES = 1024 * 1024


class FileCommandError(Exception):
    """What a step wrote cannot be read, and fails the step."""


def fresh(folder: Path) -> dict[str, str]:
    """Return variable -> path of the empty files for one more step."""
    folder.mkdir(parents=True)
    for name in FILES:
        (folder / name).touch()
    return {name: str(folder / name) for name in FILES}


def pairs(path: Path) -> dict[str, str]:
    """Return what a file of `name=value` lines and `name<<delimiter` blocks says."""
    found: dict[str, str] = {}
    lines = iter(path.read_text("utf-8").splitlines())
    for line in lines:
        if not line:
            continue
        name, equals, value = line.partition("=")
        block, heredoc, delimiter = line.partition("<<")
        if heredoc and len(block) < len(name):
            name, value = block, _block(lines, delimiter)
        elif not equals:
            raise FileCommandError(f"Invalid format '{line}'")
        if not name:
            raise FileCommandError(f"Invalid format '{line}'. Name must not be empty")
        found[name] = value
    return found


def environment(path: Path) -> dict[str, str]:
    """Return what GITHUB_ENV sets."""
    found = pairs(path)
    if "NODE_OPTIONS" in found:
        raise FileCommandError("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.")
    return found


def summary(path: Path) -> tuple[str, str]:
    """Return the summary of a step and, where it is too large to be kept, the error that is shown instead."""
    size = path.stat().st_size if path.exists() else 0
    if size > SUMMARY_BYTES:
        return (
            "",
            f"$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got {size // 1024}k",
        )
    return path.read_text("utf-8") if size else "", ""


def _block(lines: Iterator[str], delimiter: str) -> str:
    kept: list[str] = []
    for line in lines:
        if line == delimiter:
            return "\n".join(kept)
        kept.append(line)
    raise FileCommandError(f"Invalid value. Matching delimiter not found '{delimiter}'")
