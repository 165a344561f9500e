"""Each code of shape, with its exact words."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from mlopsc.diagnostics.codes import all_codes, find

from tests.unit.spec.documents import faults_of


@dataclass(frozen=True)
class Case:
    """A text with one fault and what is said about it."""

    text: str
    code: str
    message: str
    hint: str


CASES = [Case(**case) for case in yaml.safe_load((Path(__file__).parent / "faults.yaml").read_text("utf-8"))]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.code} {case.text[:40]}" for case in CASES])
def test_the_exact_words(case: Case) -> None:
    (found,) = faults_of(case.text)
    assert (found.code, found.message, found.hint) == (case.code, case.message, case.hint)


def test_every_code_has_a_case() -> None:
    # M217 is what a plug-in's own model refuses, and shown by tests/rejected.
    assert {case.code for case in CASES} == {name for name in all_codes() if name.startswith("M2")} - {"M217"}


@pytest.mark.parametrize("name", sorted({case.code for case in CASES}))
def test_the_documented_example_has_the_fault(name: str) -> None:
    assert name in {found.code for found in faults_of(find(name).example)}


def test_each_fault_stands_where_it_is_written() -> None:
    text = (
        "version: 1\nmodel: {name: a, ownr: b}\ndeployment:\n  steps: [5%, 25]\nenvironments:\n  Prod: {}\n"
    )
    places = {d.code: (d.span.line, d.span.column) for d in faults_of(text) if d.span}
    assert places == {"M201": (2, 18), "M207": (4, 15), "M206": (6, 3)}


def test_all_faults_of_a_run_are_told_in_order() -> None:
    text = (
        "version: 1\nzz: 1\nmodel: {name: A, owner: 3}\ndata: {engine: x}\n"
        "environments: {a: {serving: {replicas: x}}}\n"
    )
    found = faults_of(text)
    assert [d.code for d in found] == ["M201", "M206", "M202", "M204", "M203", "M202"]
    assert found == tuple(sorted(found, key=lambda d: d.span.line if d.span else 0))


def test_one_mistake_is_told_once() -> None:
    for text in (
        "deployment: {steps: [5]}",
        "validation: {columns: {a: {nulls: x}}}",
        "drift: {tests: [{zz: 1}]}",
    ):
        assert len(faults_of(text)) == 1
