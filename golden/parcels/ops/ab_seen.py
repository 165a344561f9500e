"""A look at an A/B test that leaves its page and its report behind, whoever asked for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ab_look
from ab_data import figures, results
from ab_decision import Decision
from ab_report import page
from course import moment
from text_files import write_text
from verdict import Outcome, write_json

STEP = "ab-test"
PAGE = Path("reports", f"{STEP}.html")


def seen(config: dict[str, Any], version: str, since: float, now: float) -> tuple[Decision, Outcome]:
    """Return what the test of a version shows that began at `since`, and the same as an outcome.

    Writes reports/ab-test.html and .json. Times are seconds since 1970; raises as ab_look.look does, and
    then leaves no page.
    """
    PAGE.unlink(missing_ok=True)
    found = ab_look.look(config, version, since, now)
    about = f"{moment(now)}; the test began at {moment(since)}"
    write_text(PAGE, page(config, found, about))
    told = {"version": int(version), **figures(found)}
    outcome = Outcome(found.verdict, told, found.reasons, results(config["ab_test"], found))
    write_json(PAGE.with_suffix(".json"), {"step": STEP, **vars(outcome)})
    return found, outcome
