"""The repository around the automations: make commands, requirements, settings, the runbook."""

from collections.abc import Iterator

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
    yield File(
        "mlops.mk", Template("mlops.mk", {"commands": commands, "python_version": model.python.version})
    )
    yield File("requirements-mlops.txt", Template("requirements-mlops.txt", _requirements(model, table)))
    yield File("RUNBOOK.md", Template("RUNBOOK.md", _runbook(model, table, commands)))
    if _entries(table):
        yield File(".env.example", Template(".env.example", {"entries": _entries(table)}))
    for program in table[Program]:
        if program.shared:
            yield File(program.name, Verbatim(program.name))


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
    return {
        "name": model.name,
        "description": model.description,
        "owner": model.owner,
        "commands": commands,
        "jobs": [{"name": j.name, "words": j.words, "call": f"make {j.command}"} for j in table[Job]],
        "notes": table[Note],
        "alerts": table[Alert],
        "reports": table[Report],
        "entries": _entries(table),
    }
