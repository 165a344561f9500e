"""Files that the spec refers to: what is there, what a stage makes, what was mistyped."""

import pytest

from tests.unit.checks.saying import PIPELINE, found

THERE = frozenset(("data/customers.csv", "src/train.py", "src/evaluate.py", "requirements.txt"))
EVALUATE = "evaluate: {cmd: python src/evaluate.py, deps: [models/modle], metrics: [metrics.json]}"


def _said(fragment: str, *there: str) -> list[str]:
    return [f"{d.code} {d.message}; {d.hint}" for d in found(fragment, beside=THERE | set(there))]


def test_all_is_there() -> None:
    assert _said(PIPELINE + "python: {requirements: requirements.txt}") == []


def test_a_file_is_said_to_be_missing_once() -> None:
    stages = (
        "{train: {cmd: python src/tune.py, deps: [src/tune.py, data/customers.csv], outs: [models/model]}}"
    )
    assert _said(f"pipeline: {{stages: {stages}}}") == [
        "M309 `src/tune.py` does not exist; correct the path, or add the file; paths are relative to the spec"
    ]


def test_a_near_miss_of_an_output_is_an_error() -> None:
    fragment = f"{PIPELINE[:-3]}, {EVALUATE}}}}}"
    assert _said(fragment) == [
        "M334 no stage makes `models/modle`, and there is no such file; did you mean `models/model`?"
    ]


def test_a_near_miss_that_exists_is_meant() -> None:
    assert _said(f"{PIPELINE[:-3]}, {EVALUATE}}}}}", "models/modle") == []


@pytest.mark.parametrize(
    "data",
    [
        "data: {path: data/other.csv, fetch: python src/train.py}",
        "data: {path: data/*.csv, format: csv}",
        "data: {path: 's3://lake/customers.csv'}",
        "data: {path: ../../etc/passwd, format: csv}",
    ],
    ids=["fetched", "pattern", "url", "outside"],
)
def test_data_that_is_not_looked_for(data: str) -> None:
    assert [d for d in found(data, beside=THERE) if d.code == "M309"] == []


def test_data_that_dvc_tracks_is_there() -> None:
    assert _said("data: {path: data/other.csv}", "data/other.csv.dvc") == []
    assert [d.code for d in found("data: {path: data/other.csv}", beside=THERE)] == ["M309"]


@pytest.mark.parametrize(
    ("command", "scripts"),
    [
        ("python src/score.py --fast", ["src/score.py"]),
        ("bash run.sh && python -m pkg.mod", ["run.sh"]),
        ("python $HOME/a.py", []),
        ("python /opt/a.py", []),
        ("Rscript src/fit.R", ["src/fit.R"]),
        ("pytest tests/*.py", []),
        ("python ../shared/a.py", []),
        ("ruff check .", []),
    ],
)
def test_scripts_of_commands(command: str, scripts: list[str]) -> None:
    fragment = f"scoring: {{cmd: '{command}', input: data/customers.csv, output: out.csv}}"
    assert [d.message for d in found(fragment, beside=THERE)] == [
        f"`{each}` does not exist" for each in scripts
    ]


def test_commands_of_every_section_are_read() -> None:
    fragment = """
events: {broker: kafka, consumers: {a: {topic: t, cmd: python a.py}}}
ci: {provider: github, lint: python b.py, test: python c.py}
drift: {reference: old.csv, tests: [{columns: [x], method: ks, p_value: 0.1}]}
data: {path: data/customers.csv, incoming: in/}
"""
    assert {d.message for d in found(fragment, beside=THERE)} == {
        f"`{name}` does not exist" for name in ("a.py", "b.py", "c.py", "old.csv")
    }
