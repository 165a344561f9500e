"""What is accepted and not generated yet is said once, where it stands."""

from pathlib import Path

import pytest
from mlopsc.resolve import views_of
from mlopsc.resolve.delivery import rollout

from tests.unit.checks.saying import COVERED, Everything, document, found

SERVING = "serving: {inputs: {a: number}, prediction_log: {broker: kafka}}"


def _notes(fragment: str, covered: frozenset[str]) -> list[str]:
    return [f"{d.code} {d.message}" for d in found(fragment, Everything(), covered)]


def test_a_section_that_nothing_covers() -> None:
    fragment = "costs: {center: growth}"
    assert _notes(fragment, COVERED - {"costs"}) == [
        "M701 `costs` is understood, but nothing is generated from it yet"
    ]
    assert _notes(fragment, COVERED) == []


def test_the_note_stands_at_the_key() -> None:
    (note,) = found("costs:\n  center: growth", Everything(), COVERED - {"costs"})
    assert note.span is not None
    assert (note.span.line, note.span.column, note.span.end_column) == (1, 1, 6)


@pytest.mark.parametrize(
    ("fragment", "more", "note"),
    [
        (
            "data: {path: a.csv, engine: spark}",
            "engine: spark",
            "`engine: spark` is understood, but the programs still read data with pandas",
        ),
        (
            SERVING,
            "prediction_log: kafka",
            "a prediction log by kafka is understood, but nothing is generated from it yet",
        ),
        (
            "scheduler: airflow\nvalidation: {rows: {min: 1}, schedule: daily}",
            "scheduler: airflow",
            "`scheduler: airflow` is understood, but nothing runs this schedule yet",
        ),
    ],
)
def test_a_choice_that_nothing_covers(fragment: str, more: str, note: str) -> None:
    assert _notes(fragment, COVERED - {more}) == [f"M701 {note}"]
    assert _notes(fragment, COVERED | {more}) == []


def test_cron_runs_schedules_already() -> None:
    assert _notes("scheduler: cron\nvalidation: {rows: {min: 1}, schedule: daily}", COVERED) == []


def test_the_log_of_a_service_that_is_not_covered_needs_no_note_of_its_own() -> None:
    notes = _notes(SERVING, COVERED - {"serving", "prediction_log: kafka"})
    assert notes == ["M701 `serving` is understood, but nothing is generated from it yet"]


def test_notes_do_not_come_along_with_errors() -> None:
    codes = [
        d.code for d in found("costs: {}\nvalidation: {rows: {min: 2, max: 1}}", Everything(), frozenset())
    ]
    assert codes == ["M305"]


NORTH_STAR = Path(__file__).parents[2] / "data" / "north-star" / "churn.yaml"
TESTED = "`ab_test` is understood, but what each version has answered is not read from rabbitmq yet"


def test_an_ab_test_of_what_goes_to_a_broker_is_not_generated_yet() -> None:
    """The north star has both: it compiles, and says what is missing."""
    written = NORTH_STAR.read_text(encoding="utf-8")
    covered = COVERED - {"prediction_log: rabbitmq"}
    assert f"M701 {TESTED}" in _notes(written, covered)
    assert f"M701 {TESTED}" not in _notes(written, COVERED)
    (production,) = (view for view in views_of(document(written)) if view.environment == "production")
    rolled = rollout(production.spec)
    assert rolled is not None
    assert rolled.experiment is None
