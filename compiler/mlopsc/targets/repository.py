"""The repository around the automations: make commands, requirements, settings, the runbook."""

from collections.abc import Iterable, Iterator

from mlopsc.files import File, Template, Verbatim
from mlopsc.model import Model
from mlopsc.symbols import (
    Alert,
    Command,
    EnvVar,
    Job,
    Note,
    Program,
    Report,
    Requirement,
    Secret,
    Symbol,
    Table,
)

SECTIONS = ("model", "python")
SUMMARY = "Makefile, mlops.mk, requirements-mlops.txt, .env.example, RUNBOOK.md"


def offers(_model: Model) -> Iterator[Symbol]:
    """Bring nothing: this target writes down what the others bring."""
    yield from ()


def files(model: Model, table: Table) -> Iterator[File]:
    """Write nothing for a spec without automations."""
    if not table[Command]:
        return
    commands = [_command(command) for command in table[Command]]
    yield File("Makefile", Template("Makefile"), yields="include mlops.mk")
    yield File("mlops.mk", Template("mlops.mk", {"commands": commands, **_python(model)}))
    yield File(
        "requirements-mlops.txt",
        Template("requirements-mlops.txt", _requirements(model, table)),
        at=("python", "requirements"),
    )
    yield File("RUNBOOK.md", Template("RUNBOOK.md", _runbook(model, table, commands)))
    if _entries(table):
        yield File(".env.example", Template(".env.example", {"entries": _entries(table)}))
    for program in table[Program]:
        if program.shared:
            yield File(program.name, Verbatim(program.name))


def _python(model: Model) -> dict[str, str]:
    return {"python_version": model.python.version, "python_command": f"python{model.python.version}"}


def _command(command: Command) -> dict[str, object]:
    return {
        "name": command.name,
        "call": f"make {command.name}",
        "help": command.help,
        "run": command.run,
        "python": command.run[0].endswith(".py"),
        "verdict": command.verdict,
    }


def _requirements(model: Model, table: Table) -> dict[str, object]:
    lines = [f"{r.name}{_extras(r.extras)}=={r.version}" for r in table[Requirement]]
    return {"requirements": lines, "user_requirements": model.python.requirements}


def _extras(extras: tuple[str, ...]) -> str:
    return f"[{','.join(extras)}]" if extras else ""


def _entries(table: Table) -> list[dict[str, str]]:
    plain = [{"name": e.name, "purpose": e.purpose, "default": e.default} for e in table[EnvVar]]
    secret = [{"name": s.name, "purpose": f"{s.purpose} (secret)", "default": ""} for s in table[Secret]]
    return sorted([*plain, *secret], key=lambda entry: entry["name"])


def _runbook(model: Model, table: Table, commands: list[dict[str, object]]) -> dict[str, object]:
    settings = [(entry["name"], entry["purpose"]) for entry in _entries(table)]
    tables = (
        _table("On a schedule", "command", "when", ((f"make {j.command}", j.words) for j in table[Job])),
        _table("Alerts", "alert", "meaning", ((a.name, a.meaning) for a in table[Alert])),
        _table("Where to look", "file", "holds", ((r.name, r.help) for r in table[Report])),
        _table("Settings and secrets: in .env, or as secrets of the CI", "name", "for", settings),
    )
    return {
        "name": model.name,
        "about": [line for line in (model.description, model.owner and f"Owner: {model.owner}") if line],
        "commands": commands,
        "notes": table[Note],
        "tables": [each for each in tables if each["rows"]],
    }


def _table(title: str, what: str, about: str, rows: Iterable[tuple[str, str]]) -> dict[str, object]:
    return {
        "title": title,
        "what": what,
        "about": about,
        "rows": [{"name": name, "text": text} for name, text in rows],
    }
