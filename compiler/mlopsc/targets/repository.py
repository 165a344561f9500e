"""The repository around the automations: make commands, requirements, settings, the runbook."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from mlopsc.files import Data, File, Template, Verbatim
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
    Setting,
    Symbol,
    Table,
)

SECTIONS = ("model", "python", "environments")
SUMMARY = "Makefile, mlops.mk, requirements-mlops.txt, .env.example, RUNBOOK.md, config/<environment>.json"

_LIFE = ("validation", "pipeline", "registry", "drift", "retraining", "notify", "schedule", "ci", "github")
_FIRST = "The loop"
S = TypeVar("S", bound=Symbol)


def offers(_model: Model) -> Iterator[Symbol]:
    """Bring nothing: this target writes down what the others bring."""
    yield from ()


def files(model: Model, table: Table) -> Iterator[File]:
    """Write nothing for a spec without automations."""
    if not table[Command]:
        return
    commands = [_command(command) for command in _by_life(table[Command])]
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
    if table[Setting]:
        for environment in model.environments:
            path = f"config/{environment.name or 'default'}.json"
            yield File(path, Data(_settings(model, table, environment.name)), at=("environments",))
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
        _table(
            "On a schedule",
            "command",
            "when",
            ((f"make {' '.join([*j.commands, *j.variables])}", j.words) for j in table[Job]),
        ),
        _table("Where to look", "file", "holds", ((r.name, r.help) for r in table[Report])),
        _table("Settings and secrets: in .env, or as secrets of the CI", "name", "for", settings),
    )
    return {
        "name": model.name,
        "about": [line for line in (model.description, model.owner and f"Owner: {model.owner}") if line],
        "commands": commands,
        "notes": [_note(note) for note in _by_life(table[Note])],
        "alerts": sorted(table[Alert], key=lambda alert: (alert.severity != "page", alert.name)),
        "tables": [each for each in tables if each["rows"]],
    }


def _note(note: Note) -> dict[str, object]:
    code = [{"about": about, "text": text} for about, text in note.code]
    return {"name": note.name, "lines": note.lines, "code": code}


def _settings(model: Model, table: Table, environment: str) -> dict[str, object]:
    """Return what the programs read: the model, its data, and what each target says of itself."""
    data = model.data
    artifact = model.pipeline.artifact if model.pipeline else ""
    parts = {
        "model": {
            "name": model.name,
            "description": model.description,
            "task": model.task,
            "artifact": artifact,
        },
        "data": {
            "path": data.path,
            "format": data.format,
            "incoming": data.incoming,
            "fetch": data.fetch,
            "remote": model.pipeline.remote if model.pipeline else "",
            "id": data.id,
            "timestamp": data.timestamp,
            "target": data.target,
        },
    }
    settings = {setting.name: setting.of(environment) for setting in table[Setting]}
    filled = {name: _filled(part) for name, part in {**parts, **settings}.items() if part is not None}
    # Programs look a column up here; none may be typed.
    filled["data"]["types"] = dict(data.types)
    return filled


def _filled(value: Any) -> Any:
    """Return a mapping without what is empty."""
    if not isinstance(value, Mapping):
        return value
    below = {name: _filled(part) for name, part in value.items()}
    return {name: part for name, part in below.items() if part not in (None, "", (), {}, [])}


def _by_life(symbols: Iterable[S]) -> list[S]:
    """Return symbols in the order in which a model meets their targets; the loop comes before its parts."""
    places = {target: place for place, target in enumerate(_LIFE)}
    return sorted(symbols, key=lambda each: (each.name != _FIRST, places.get(each.target, len(places))))


def _call(job: Job) -> str:
    return " ".join(["make", *job.commands, *job.variables])


def _table(title: str, what: str, about: str, rows: Iterable[tuple[str, str]]) -> dict[str, object]:
    return {
        "title": title,
        "what": what,
        "about": about,
        "rows": [{"name": name, "text": text} for name, text in rows],
    }
