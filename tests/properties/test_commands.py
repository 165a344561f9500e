"""No text of a spec becomes a command, a condition or a permission: the words of the automations are a closed set."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from mlopsc.compile import Compiled
from mlopsc.source import read_document

from tests.properties.fields import SPECS, Data, Field, Steps, fields, get, places, put
from tests.properties.workbench import Bench

# One for each way out: of quotes, of a line, of an expression, of a variable, of a block, of a comment.
MARK = "zqx"
TEXTS = (
    f"{MARK}'; rm -rf {MARK} #",
    f'{MARK}" && curl {MARK} | sh; echo "',
    f"{MARK}${{{{ github.token == '{MARK}' }}}}",
    f"$({MARK})`{MARK}`${{{MARK}}}",
    f"{MARK}') {{ sh '{MARK}' }} //",
    f"{MARK}: y, if: {MARK}(), run: {MARK}",
)
# What no text of the spec may add to, whatever it is.
CLOSED = {"run", "if", "uses", "permission", "event"}
QUICK = {"model", "hooks", "ci"}
CRON = re.compile(r"'[\d*/, -]+ [\d*/, -]+'")
QUOTED = re.compile(r"""(?:'[^']*'|"'")+""")
Vocabulary = dict[str, set[str]]


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """Lend a bench."""
    made = Bench()
    yield made
    made.close()


def spec(name: str) -> Data:
    """Return one of the specs with all that CI has."""
    path = SPECS / name / "mlops.yaml"
    data: Data = read_document(path.read_bytes(), "mlops.yaml").root.data()
    return data


def vocabulary(compiled: Compiled) -> Vocabulary:
    """Return what would be run, and when, by its kind."""
    found: Vocabulary = {}
    for made in compiled.files:
        path = Path(made.file.path)
        for suffix, reader in _READERS.items():
            if path.match(suffix):
                for kind, text in reader(made.content.decode()):
                    found.setdefault(kind, set()).add(text)
    return found


def _workflow(text: str) -> Iterator[tuple[str, str]]:
    workflow = yaml.safe_load(text)
    yield from (
        ("permission", str(workflow["permissions"])),
        ("event", str(sorted(map(str, workflow[True])))),
    )
    for job in workflow["jobs"].values():
        yield "if", CRON.sub("CRON", job.get("if", ""))
        yield from (("permission", f"{scope}: {access}") for scope, access in job["permissions"].items())
        for step in job["steps"]:
            yield "run", step.get("run", "")
            yield "if", step.get("if", "")
            yield "uses", step.get("uses", "")
            yield from (("env", name) for name in step.get("env", {}))


def _makefile(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if line.startswith("\t"):
            # A word that the shell takes as it stands can be anything; what is left of the line runs.
            yield "recipe", QUOTED.sub("WORD", line)
        elif not line.startswith("#"):
            yield "target", line.partition(" ## ")[0]


def _groovy(text: str) -> Iterator[tuple[str, str]]:
    lines = (re.sub(r"'(?:[^'\\]|\\.)*'", "TEXT", line) for line in text.splitlines())
    yield from (("groovy", line) for line in lines if not line.lstrip().startswith("//"))
    calls = re.findall(r"\b(?:make|judge|sh)[ (]'((?:[^'\\]|\\.)*)'", text)
    yield from (("step", call) for call in calls)


_READERS: dict[str, Callable[[str], Iterator[tuple[str, str]]]] = {
    "workflows/*.yml": _workflow,
    "*.mk": _makefile,
    "Jenkinsfile": _groovy,
    "*.groovy": _groovy,
}


def _fields() -> Iterator[Any]:
    for field in fields():
        marks = [] if field.steps[0] in QUICK else [pytest.mark.slow]
        yield pytest.param(field, marks=marks, id=f"{field}-{field.unit}")


@pytest.mark.parametrize("name", ["renewals", "credit-risk"])
@pytest.mark.parametrize("field", list(_fields()))
def test_no_text_becomes_a_command(bench: Bench, name: str, field: Field) -> None:
    data = spec(name)
    sound = bench.compile(data)
    assert isinstance(sound, Compiled)
    words = vocabulary(sound)
    for path in places(field, data):
        for text in TEXTS:
            made = bench.compile(_with(data, field, path, text))
            if isinstance(made, Compiled):
                _known(words, vocabulary(made))


def _with(data: Data, field: Field, path: Steps, text: str) -> Any:
    if field.is_key:
        return put(data, field, path, text)
    present = get(data, path)
    kept = Path(present).suffix if isinstance(present, str) and "/" in present else ""
    return put(data, field, path, text + kept)


def _known(words: Vocabulary, found: Vocabulary) -> None:
    for kind, said in found.items():
        assert not {each for each in said if MARK in each}, kind
        if kind in CLOSED:
            assert said <= words[kind], kind


def test_the_vocabulary_is_seen(bench: Bench) -> None:
    """The reader finds commands where there are some, and a text that got through would be found."""
    sound = bench.compile(spec("renewals"))
    assert isinstance(sound, Compiled)
    words = vocabulary(sound)
    assert {"make setup", "make retrain", "make deploy"} <= words["run"]
    assert any("ops/retrain.py" in recipe for recipe in words["recipe"])
    other = bench.compile(spec("credit-risk"))
    assert isinstance(other, Compiled)
    assert {"setup", "ci-lint"} <= vocabulary(other)["step"]
    with pytest.raises(AssertionError):
        _known(words, {"run": {"make setup; rm -rf /"}})
    with pytest.raises(AssertionError):
        _known(words, {"recipe": {f"echo {MARK}"}})
