"""Writes docs/ anew: the command reference, the field reference and the diagnostics table."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from mlopsc.diagnostics.codes import all_codes
from mlopsc.spec.story import stories

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ("init", "add", "validate", "compile", "check", "diff", "show", "schema", "explain", "targets")
FAMILIES = {
    "M1": "Reading",
    "M2": "Shape",
    "M3": "Sense",
    "M4": "Security",
    "M5": "Linking",
    "M6": "Files on disk",
    "M7": "Coverage",
}


def pages() -> dict[str, str]:
    """Return the text of each page by its name."""
    return {
        "commands.md": "\n".join(_commands()) + "\n",
        "fields.md": "\n".join(_fields()) + "\n",
        "diagnostics.md": "\n".join(_diagnostics()) + "\n",
    }


def _commands() -> Iterator[str]:
    yield from (
        "# Commands",
        "",
        "SPEC defaults to `./mlops.yaml`; a folder means every `mlops.yaml` below it.",
    )
    yield from ("", "Exit 2 everywhere: wrong usage, or a SPEC that does not exist.")
    for name in COMMANDS:
        yield from ("", f"## mlopsc {name}", "", "```text", _help(name), "```")


def _help(name: str) -> str:
    env = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    command = [sys.executable, "-m", "mlopsc", name, "--help"]
    text = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
    lines = text.replace("python -m mlopsc", "mlopsc").splitlines()
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _fields() -> Iterator[str]:
    yield from ("# Fields", "", "Every field of the spec language. `mlopsc explain FIELD` shows one of them.")
    section = ""
    for story in stories():
        top = story.path.partition(".")[0].partition("[")[0]
        if top != section:
            section = top
            yield from (
                "",
                f"## {top}",
                "",
                "| field | type | default | meaning |",
                "| --- | --- | --- | --- |",
            )
        default = f"`{_cell(story.default)}`" if story.default else "required" if story.required else ""
        example = f" Example: `{_cell(story.example)}`." if story.example not in ("", "…", "{…}") else ""
        yield f"| `{_cell(story.path)}` | {_cell(story.type)} | {default} | {_cell(story.about)}{example} |"


def _diagnostics() -> Iterator[str]:
    yield from ("# Diagnostics", "", "`mlopsc explain CODE` tells the same in the terminal.")
    family = ""
    for name, code in all_codes().items():
        if name[:2] != family:
            family = name[:2]
            yield from ("", f"## {FAMILIES[family]}")
        yield from (
            "",
            f"### {name}: {code.title} ({code.severity})",
            "",
            code.about(),
            "",
            f"Fix: {code.fix()}",
        )
        yield from (
            "",
            "```yaml" if not code.example.startswith("$") else "```text",
            code.example.strip("\n"),
            "```",
        )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    (ROOT / "docs").mkdir(exist_ok=True)
    for name, text in pages().items():
        (ROOT / "docs" / name).write_text(text, "utf-8")
