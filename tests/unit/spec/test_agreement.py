"""JSON Schema and models accept and refuse the same, on every example and on single faults in them."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
import pytest
from mlopsc.diagnostics import Path
from mlopsc.source import read_document
from mlopsc.spec.schema import json_schema

from tests.unit.spec.documents import NAMES, document_of, faults, faults_of, north_star
from tests.unit.spec.test_faults import CASES
from tests.unit.spec.test_overlays import FAULTY, FINE

WRONG: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    0.5,
    7.0,
    10**13,
    "",
    " ",
    "word",
    "5%",
    "a\n",
    [],
    {},
    ["x"],
    {"x": 1},
)
EVERY = 23
"""One of so many mutations is tried: a prime, so that all kinds and all places take part."""


@cache
def validator() -> Any:
    return jsonschema.Draft202012Validator(
        json_schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


def agrees(data: Any) -> bool:
    """Say whether both accept a spec, or both refuse it."""
    return validator().is_valid(data) == (not faults(document_of(data)))


def mutations(data: Any) -> Iterator[Any]:
    """Yield the data with one fault: a key deleted, renamed or added, a value of another kind."""
    for path in list(_paths(data)):
        for change in (_deleted, _renamed, _added, *(_replaced(value) for value in WRONG)):
            mutated = copy.deepcopy(data)
            if change(_at(mutated, path[:-1]), path[-1]):
                yield mutated


def _paths(data: Any, at: Path = ()) -> Iterator[Path]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in items:
        yield (*at, step)
        yield from _paths(value, (*at, step))


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def _deleted(holder: Any, step: Any) -> bool:
    del holder[step]
    return True


def _renamed(holder: Any, step: Any) -> bool:
    if isinstance(step, str):
        holder[f"{step}x"] = holder.pop(step)
    return isinstance(step, str)


def _added(holder: Any, step: Any) -> bool:
    if isinstance(holder[step], dict):
        holder[step]["surplus"] = 1
    return isinstance(holder[step], dict)


def _replaced(value: Any) -> Any:
    def change(holder: Any, step: Any) -> bool:
        holder[step] = copy.deepcopy(value)
        return True

    return change


@pytest.mark.parametrize("name", NAMES)
def test_both_accept_every_example(name: str) -> None:
    assert list(validator().iter_errors(north_star(name).root.data())) == []


@pytest.mark.parametrize("text", [case.text for case in CASES])
def test_both_refuse_every_fault(text: str) -> None:
    whole = text if text.startswith("version") else f"version: 1\n{text}"
    assert faults_of(text)
    assert not validator().is_valid(read_document(whole.encode(), "mlops.yaml").root.data())


@pytest.mark.parametrize("overlay", [*FINE, *(overlay for overlay, _ in FAULTY)])
def test_both_read_an_overlay_alike(overlay: str) -> None:
    text = f"version: 1\nenvironments: {{staging: {{{overlay}}}}}"
    assert agrees(read_document(text.encode(), "mlops.yaml").root.data())


@pytest.mark.parametrize("name", NAMES)
def test_both_agree_on_single_faults(name: str) -> None:
    data = north_star(name).root.data()
    tried = list(mutations(data))[::EVERY]
    disagreed = [mutated for mutated in tried if not agrees(mutated)]
    assert [json.dumps(mutated) for mutated in disagreed[:3]] == []
    assert any(not validator().is_valid(mutated) for mutated in tried)


def test_enough_faults_are_tried() -> None:
    assert len(list(mutations(north_star("churn.yaml").root.data()))[::EVERY]) >= 200
