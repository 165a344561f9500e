"""Views, houses, severities, and what the checks cost."""

import subprocess
import sys
from pathlib import Path
from time import process_time

import mlopsc
import pytest
from mlopsc.checks import check
from mlopsc.diagnostics import Rejected
from mlopsc.resolve import views_of
from mlopsc.source.extends import load
from mlopsc.source.nodes import Document
from mlopsc.spec.tags import lost

from tests.unit.checks.saying import COVERED, PIPELINE, Everything, document, found

NORTH_STAR = Path(__file__).parents[2] / "data" / "north-star"
SPECS = sorted(path.relative_to(NORTH_STAR).as_posix() for path in NORTH_STAR.rglob("*.yaml"))


def _read(name: str) -> Document:
    return load(name, lambda path: (NORTH_STAR / path).read_bytes(), lost)


@pytest.mark.parametrize("name", SPECS)
def test_the_north_star_makes_sense(name: str) -> None:
    assert check(views_of(_read(name)), Everything(), COVERED) == ()


@pytest.mark.parametrize("name", SPECS)
def test_in_an_empty_folder_only_files_are_missing(name: str) -> None:
    assert {d.code for d in check(views_of(_read(name)), (), COVERED)} <= {"M309"}


def test_every_finding_has_its_place() -> None:
    assert all(d.span for d in check(views_of(_read("churn.yaml")), (), frozenset()))


def test_errors_take_warnings_along() -> None:
    fragment = "validation: {columns: {age: {between: [9, 1], mostly: 90%}, plan: {mostly: 90%}}}"
    with pytest.raises(Rejected) as refused:
        check(views_of(document(fragment)), Everything(), COVERED)
    assert sorted(d.code for d in refused.value.diagnostics) == ["M305", "M307"]


def test_a_house_is_checked_with_its_models() -> None:
    house = "version: 1\nmodels: ../*/mlops.yaml\nretraining: {triggers: {drift: true}}\n"
    assert found(house) == []
    assert {d.code for d in found("retraining: {triggers: {drift: true}}")} == {"M302", "M344"}


def test_a_house_keeps_no_credentials_either() -> None:
    house = "version: 1\nmodels: ../*/mlops.yaml\ntemplates: ../../t\nx-note: 'redis://u:pw@host'\n"
    assert [d.code for d in found(house)] == ["M303", "M402"]


def test_rules_are_imported_for_the_sections_that_are_there() -> None:
    program = (
        "import sys; from mlopsc.checks import check; from mlopsc.resolve import views_of;"
        "from mlopsc.source import read_document;"
        "text = b'version: 1\\nmodel: {name: a}\\ndata: {path: a.csv}\\nvalidation: {rows: {min: 1}}\\n';"
        "check(views_of(read_document(text, 'mlops.yaml')), ('a.csv',), frozenset(('validation',)));"
        "names = {'drift', 'serving', 'deployment', 'features'};"
        "print([m for m in sys.modules if m.startswith('mlopsc.checks.') and m.rpartition('.')[2] in names"
        " or '.codes' in m])"
    )
    env = {"PYTHONPATH": str(Path(mlopsc.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_a_large_spec_is_checked_in_a_few_milliseconds() -> None:
    views = views_of(_read("churn.yaml"))
    check(views, Everything(), COVERED)
    start = process_time()
    for _ in range(10):
        check(views, Everything(), COVERED)
    assert (process_time() - start) / 10 < 0.01


def test_an_inherited_path_stays_inside_the_repository() -> None:
    files = {
        "platform/house.yaml": b"version: 1\nmodels: ../m/*/mlops.yaml\ntemplates: ../../out/\n",
        "m/a/mlops.yaml": b"version: 1\nextends: ../../platform/house.yaml\nmodel: {name: a}\n"
        b"data: {path: ../../shared/a.csv}\nvalidation: {rows: {min: 1}}\nown: [../../Makefile]\n"
        + PIPELINE.encode(),
    }
    read = load("m/a/mlops.yaml", files.__getitem__, lost)
    with pytest.raises(Rejected) as refused:
        check(views_of(read), Everything(), COVERED)
    assert sorted(d.message for d in refused.value.diagnostics if d.code == "M303") == [
        "`../../Makefile` is written outside the folder of the spec, m/a",
        "`../../out/` leaves the repository",
    ]
