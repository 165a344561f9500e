"""Schedules: their words, their cron, and that no editor accepts what the compiler refuses."""

import re
from datetime import UTC, datetime

import pytest
from cronsim import CronSim, CronSimError
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from mlopsc.spec.units import cron
from mlopsc.spec.units.schedules import Schedule
from pydantic_core import PydanticCustomError

WORDS = [
    ("hourly", "0 * * * *", "every hour"),
    ("daily", "0 0 * * *", "every day at 00:00"),
    ("daily at 06:30", "30 6 * * *", "every day at 06:30"),
    ("weekly", "0 0 * * 1", "every Monday at 00:00"),
    ("weekly on Friday at 17:05", "5 17 * * 5", "every Friday at 17:05"),
    ("weekly on sunday", "0 0 * * 0", "every Sunday at 00:00"),
    ("monthly", "0 0 1 * *", "on day 1 of every month at 00:00"),
    ("every 15 minutes", "*/15 * * * *", "every 15 minutes"),
    ("every 6 hours", "0 */6 * * *", "every 6 hours"),
    ("0 6 * * 1", "0 6 * * 1", "at 06:00 on Monday"),
    ("0,30 8-18/2 1 * *", "0,30 8-18/2 1 * *", "on minutes 0 and 30 past every 2nd hour from 8 to 18"),
]
NEIGHBOURS = [
    ("every 5 hours", "5 does not divide 24 evenly: say `every 4 hours` or `every 6 hours`"),
    ("every 7 minutes", "7 does not divide 60 evenly: say `every 6 minutes` or `every 10 minutes`"),
    ("every 45 minutes", "45 does not divide 60 evenly: say `every 30 minutes` or `hourly`"),
    ("every 60 minutes", "say `hourly`"),
    ("every 24 hours", "say `daily`"),
    ("every 1 hours", "say `hourly`"),
    ("every 1 minutes", "say `every 2 minutes`, or '* * * * *'"),
    ("every 6 hour", "say `every 6 hours`"),
    ("@weekly", "say `weekly`"),
    ("@midnight", "say `daily`"),
    ("* * * *", "a cron expression has 5 fields, not 4"),
    ("0 0 * * 7", "`7` cannot stand for the weekday (0 to 6)"),
    ("0 0 * * MON", "`MON` cannot stand for the weekday (0 to 6)"),
    ("5-1 * * * *", "`5-1` cannot stand for the minute (0 to 59)"),
    ("0 0 30 2 *", "that day never comes"),
    ("0 0 31 4,6,9 *", "that day never comes"),
    (" 0 6 * * *", "one blank between the fields, none around them"),
]
FIELD = st.from_regex(r"\A(\*(/[0-9]{1,2})?|[0-9]{1,2}(-[0-9]{1,2})?(/[0-9])?(,[0-9]{1,2})?)\Z")
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(("text", "expression", "said"), WORDS)
def test_words_become_cron_and_cron_becomes_words(text: str, expression: str, said: str) -> None:
    schedule = Schedule.read(text)
    assert schedule.cron == expression
    assert schedule.written() == text
    assert schedule.say().startswith(said) or text == WORDS[-1][0]
    assert next(CronSim(expression, START))


@pytest.mark.parametrize(("text", "hint"), NEIGHBOURS)
def test_what_is_refused_is_told_better(text: str, hint: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        Schedule.read(text)
    assert caught.value.type == "M209"
    assert (caught.value.context or {})["hint"] == hint


@given(st.tuples(FIELD, FIELD, FIELD, FIELD, FIELD).map(" ".join))
@example("0 0 31 2 *")
@example("0 0 30-31 2 *")
@example("0 0 31 2,4 */2")
@example("0 0 29 2 *")
@example("0 0 31 2 1")
def test_every_accepted_cron_fires(text: str) -> None:
    schema = Draft202012Validator(Schedule.json)
    try:
        schedule = Schedule.read(text)
    except PydanticCustomError:
        assert not schema.is_valid(text)
        assert cron.complaint(text)
    else:
        assert schema.is_valid(text)
        assert next(CronSim(schedule.cron, START)) and schedule.say()


@given(
    st.lists(st.integers(0, 59), min_size=1, max_size=4),
    st.integers(0, 23),
    st.integers(1, 28),
    st.integers(1, 12),
)
def test_plain_cron_is_accepted(minutes: list[int], hour: int, day: int, month: int) -> None:
    assert Schedule.read(f"{','.join(map(str, minutes))} {hour} {day} {month} *")


def test_what_never_fires_is_what_cronsim_finds_to_never_fire() -> None:
    for days in ("28", "29", "30", "31", "30,31", "30-31", "28-31", "1,31"):
        for months in ("2", "4", "4,6", "2,4", "1", "2,3", "*"):
            text = f"0 0 {days} {months} *"
            try:
                next(CronSim(text, START))
                fires = True
            except (CronSimError, StopIteration):
                fires = False
            assert (re.match(cron.NEVER, text) is None) == fires, text
