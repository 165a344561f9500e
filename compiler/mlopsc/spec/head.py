"""The keys of the top level that are no sections."""

from typing import Annotated, Any, Literal

from mlopsc.spec.base import Some
from mlopsc.spec.faults import fault, shown
from mlopsc.spec.units.text import Path, Word
from mlopsc.spec.units.written import Form

NEWEST = 1


class _Version(Form):
    title = ""
    words = "the version of the language: 1"

    def read(self, raw: Any) -> int:
        """Return the version; raises M210 for every other."""
        if isinstance(raw, bool) or not isinstance(raw, (int, float)) or raw != NEWEST:
            raise fault(
                "M210", f"{shown(raw)} is no version of the language", "this compiler reads `version: 1`"
            )
        return NEWEST

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"const": NEWEST}


Version = Annotated[int, _Version()]
Scheduler = Literal["github", "airflow", "cron", "jenkins", "events"]
ScheduleWith = Literal["crontab", "systemd"]
Own = Some[Path]
Plugins = dict[Word, dict[str, Any]]
