"""Text of a spec stays text: in every place of the language, in every file that is generated from it."""

import sys
from collections.abc import Collection, Iterable, Iterator
from posixpath import normpath
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mlopsc.compile import Compiled
from mlopsc.languages.characters import escape
from mlopsc.source import read_document

from tests.properties.fields import Field, fields, get, put
from tests.properties.hostile import hostile, printable, thorough
from tests.properties.installed import install
from tests.properties.shapes import shapes
from tests.properties.workbench import SHOWN, Baseline, Bench, told

FIELDS = fields()
# Kinds of text that a person writes freely.
FREE = ("Text", "Prose", "Command")
ACCEPTED = 0.95
# Files that list settings by name: another name stands at another place.
BY_NAME = (".env.example", "RUNBOOK.md")
# A word of the language, a variable that is named elsewhere too, and scripts that the spec names.
MEANINGFUL = (
    "training",
    "NOTIFY_URL",
    "SLACK_WEBHOOK_URL",
    # As the other environments have it: then it is said once.
    "logs/predictions/",
    "src/train.py",
    "python src/train.py",
    "src/evaluate.py",
    "python src/evaluate.py",
    "python src/score.py",
)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    plugin = str(install(tmp_path_factory.mktemp("site")))
    sys.path.insert(0, plugin)
    made = Bench()
    yield made
    made.close()
    sys.path.remove(plugin)


def _chosen(found: Iterable[Field]) -> Iterator[Any]:
    """Yield all fields; the inner loop takes one of each kind."""
    kinds: set[str] = set()
    for field in found:
        marks = [pytest.mark.slow] if field.unit in kinds or field.steps[0] == "environments" else []
        kinds.add(field.unit)
        yield pytest.param(field, marks=marks, id=f"{field}-{field.unit}")


def test_the_schema_has_fields() -> None:
    assert len(FIELDS) > 250
    assert {field.unit for field in FIELDS} > {*FREE, "Path", "Name", "Duration", "Reference", "any"}


@pytest.mark.slow
def test_what_is_written_is_seen(bench: Bench) -> None:
    """Fields whose text stands in a generated file are compared there, not only read back from the spec."""
    bases = {str(field): bench.baseline(field) for field in FIELDS if field.steps[0] in SHOWN}
    seen = {name for name, base in bases.items() if base and base.worth == Baseline.SEEN}
    assert seen >= {
        "model.name", "model.owner", "model.description", "data.path", "data.incoming", "python.requirements",
        "validation.columns.<key>", "validation.columns.*.in.0", "validation.columns.*.matches",
        "validation.expectations.0.<any>", "plugins.*.<any>",
    }  # fmt: skip


@pytest.mark.parametrize("field", list(_chosen(FIELDS)))
def test_text_stays_text(bench: Bench, field: Field) -> None:
    base = bench.baseline(field)
    assert base, f"no spec of tests/data has {field}: add one"
    before = shapes(base.compiled)

    @given(st.one_of(hostile, printable, st.sampled_from(field.examples or ("text",))))
    @example("AA")
    @example("a\\")
    @thorough
    def holds(text: str) -> None:
        text += base.suffix
        if not _fits(field, base, text):
            return
        compiled = bench.compile(put(base.data, field, base.path, text))
        if isinstance(compiled, Compiled):
            _stands(bench, field, base, text)
            # How deep the DAGs lie says what leads from them to the repository.
            if not ((field.steps == ("airflow", "dags") and normpath(text) != text) or "/" in text):
                moves = BY_NAME if field.steps[-1] == "secret" else ()
                _unchanged(before, shapes(compiled), base.mark, text, moves)
        else:
            told(compiled, bench.sources())

    holds()


@pytest.mark.parametrize("field", list(_chosen(field for field in FIELDS if field.unit in FREE)))
def test_free_text_is_taken(bench: Bench, field: Field) -> None:
    base = bench.baseline(field)
    assert base
    if not base.mark:
        # Text that names something of the spec is not free.
        assert field.unit != "Prose"
        return
    outcomes: list[tuple[bool, str]] = []

    @given(printable)
    @thorough
    def collect(text: str) -> None:
        if _fits(field, base, text):
            outcomes.append(
                (isinstance(bench.compile(put(base.data, field, base.path, text)), Compiled), text)
            )

    collect()
    refused = [text for accepted, text in outcomes if not accepted]
    assert len(refused) <= (1 - ACCEPTED) * len(outcomes), refused[:10]


def _fits(field: Field, base: Baseline, text: str) -> bool:
    """Say whether the text can be put there at all: as a key, it must be a new one."""
    if not field.is_key:
        return True
    return text not in (get(base.data, base.path[:-1]) or {})


def _stands(bench: Bench, field: Field, base: Baseline, text: str) -> None:
    document = read_document((bench.folder / "mlops.yaml").read_bytes(), "mlops.yaml")
    data: Any = document.root.data()
    if field.is_key:
        assert text in get(data, base.path[:-1])
    else:
        assert get(data, base.path) == text


def _unchanged(
    before: dict[str, Any], after: dict[str, Any], mark: str, text: str, moves: Collection[str] = ()
) -> None:
    """Where the mark stood stands the text, and nothing else is different but the order in `moves`."""
    if not mark or _decides(text):
        return
    before = {path.replace(mark, text): shape for path, shape in before.items()}
    assert before.keys() == after.keys()
    for path, old in before.items():
        new = after[path]
        assert old.structure == new.structure, path
        # DVC gets paths without what does not matter in them: `a//b/` is `a/b`.
        pairs: list[tuple[str, ...]]
        pairs = [(each.replace(mark, text), each.replace(mark, normpath(text))) for each in old.texts]
        if path.endswith(".mk"):
            # Backslashes at the end of a remark would take the next line in.
            pairs = [(*both, both[0].rstrip("\\")) for both in pairs]
        assert len(new.texts) == len(pairs), path
        if path in moves:
            # A setting's name holds no slash: its two forms are one.
            wanted = [_words(each[0]) for each in pairs]
            assert sorted(map(_words, new.texts)) == sorted(wanted), path
            continue
        assert all(
            _words(each) in map(_words, wanted) for each, wanted in zip(new.texts, pairs, strict=True)
        ), path


def _decides(text: str) -> bool:
    """Say whether a text means something: a URL, a path from the root, a script that has a starter."""
    return "://" in text or text.startswith("/") or text in MEANINGFUL


def _words(text: str) -> str:
    """Comments hold the words of a text, with what hides escaped; everything else holds all of it."""
    return escape(" ".join(text.split()))
