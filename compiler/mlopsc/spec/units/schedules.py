"""When something runs: words, or a five-field cron; both become one cron expression."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from mlopsc.spec.faults import fault, shown, wrong_type
from mlopsc.spec.units import cron
from mlopsc.spec.units.text import exactly
from mlopsc.spec.units.written import Written

_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_EVEN = {"minutes": (2, 3, 4, 5, 6, 10, 12, 15, 20, 30), "hours": (2, 3, 4, 6, 8, 12)}
_WHOLE = {"minutes": (60, "hourly"), "hours": (24, "daily")}
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_DAY = "|".join(f"[{day[0]}{day[0].lower()}]{day[1:]}" for day in _DAYS)
_FORMS = (
    "hourly",
    rf"daily(?: at {_TIME})?",
    rf"weekly(?: on (?:{_DAY})(?: at {_TIME})?)?",
    "monthly",
    *(f"every (?:{'|'.join(map(str, counts))}) {unit}" for unit, counts in _EVEN.items()),
)
_WORDS = "|".join(_FORMS)


class _Schema:
    """The JSON Schema, made when it is first asked for: the pattern of cron is long."""

    def __get__(self, instance: object, owner: type) -> dict[str, Any]:
        words = {"type": "string", "pattern": exactly(_WORDS)}
        return {"anyOf": [words, cron.schema()], "examples": ["weekly on Monday at 06:00", "0 6 * * 1"]}


@dataclass(frozen=True, slots=True)
class Schedule(Written):
    """A schedule; `cron` is what is written into every artifact, `words` in Schedule.say()."""

    words: ClassVar[str] = (
        "a schedule: `hourly`, `daily at 06:00`, `weekly on Monday at 06:00`, `monthly`, `every 15 minutes`, "
        "`every 6 hours` or a quoted five-field cron"
    )
    json: ClassVar[dict[str, Any]] = _Schema()  # type: ignore[assignment]
    cron: str
    text: str

    @classmethod
    def read(cls, raw: Any) -> Self:
        """Return the schedule; raises M202 or M209."""
        if not isinstance(raw, str):
            raise wrong_type("a schedule such as `daily at 06:00`")
        if re.fullmatch(_WORDS, raw):
            return cls(_cron(raw), raw)
        if re.fullmatch(cron.pattern(), raw) and not re.match(cron.NEVER, raw):
            return cls(raw, raw)
        raise fault("M209", f"{shown(raw)} is not a schedule", _hint(raw))

    def say(self) -> str:
        """Return the schedule in words, e.g. `every Monday at 00:00`."""
        minute, hour, *_, weekday = self.cron.split(" ")
        if self.cron == self.text:
            return _spoken(self.cron)
        if self.text.startswith("every"):
            return self.text
        if self.text in ("hourly", "monthly"):
            return {"hourly": "every hour", "monthly": "on day 1 of every month at 00:00"}[self.text]
        day = "day" if weekday == "*" else _DAYS[int(weekday)]
        return f"every {day} at {hour:0>2}:{minute:0>2}"

    def written(self) -> str:
        """Return the schedule as it stood in the spec."""
        return self.text


def _cron(text: str) -> str:
    if text.startswith("every"):
        _, count, unit = text.split(" ")
        return f"*/{count} * * * *" if unit == "minutes" else f"0 */{count} * * *"
    if text in ("hourly", "monthly"):
        return {"hourly": "0 * * * *", "monthly": "0 0 1 * *"}[text]
    time = re.search(r"([0-9]{2}):([0-9]{2})", text)
    hour, minute = (int(time[1]), int(time[2])) if time else (0, 0)
    day = re.search(r" on ([A-Za-z]+)", text)
    weekday = str(_DAYS.index(day[1].capitalize()) if day else 1) if text.startswith("weekly") else "*"
    return f"{minute} {hour} * * {weekday}"


def _spoken(expression: str) -> str:
    from datetime import UTC, datetime

    from cronsim import CronSim

    said: str = CronSim(expression, datetime(2026, 1, 1, tzinfo=UTC)).explain()
    return said[0].lower() + said[1:]


def _hint(raw: str) -> str:
    counted = re.fullmatch(r"every ([0-9]{1,4}) (minute|hour)s?", raw)
    if counted:
        return _neighbours(int(counted[1]), counted[2] + "s")
    if raw.startswith("@"):
        word = {"@midnight": "daily"}.get(raw, raw[1:])
        return (
            f"say `{word}`"
            if word in ("hourly", "daily", "weekly", "monthly")
            else "say it in words or as cron"
        )
    if re.match(r"\s*[0-9*]", raw) and " " in raw:
        return cron.complaint(" ".join(raw.split())) or "one blank between the fields, none around them"
    return "`hourly`, `daily at 06:00`, `weekly on Monday at 06:00`, `monthly`, `every 6 hours`, or a cron"


def _neighbours(count: int, unit: str) -> str:
    whole, word = _WHOLE[unit]
    if count == whole:
        return f"say `{word}`"
    if count in _EVEN[unit]:
        return f"say `every {count} {unit}`"
    if count <= 1:
        return "say `hourly`" if unit == "hours" else "say `every 2 minutes`, or '* * * * *'"
    below = max((n for n in _EVEN[unit] if n < count), default=None)
    above = min((n for n in _EVEN[unit] if n > count), default=None)
    near = [f"`every {n} {unit}`" for n in (below, above) if n] + ([f"`{word}`"] if above is None else [])
    return f"{count} does not divide {whole} evenly: say {' or '.join(near)}"
