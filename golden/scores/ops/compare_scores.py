"""Score with the candidate too, before it is promoted, and say how its scores differ from the champion's.

Both score the same input, into files that nobody else reads. A difference above `scoring.compare.max` is
the verdict `refused`; the candidate stays one, and `make promote` takes it all the same.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import registry
from registry import Registry
from scoring_comparison import Difference, differences
from scoring_input import Given, given
from scoring_model import Model, lent_of
from scoring_output import Place
from scoring_page import page
from scoring_run import scores
from scoring_scores import Scores
from state import alone
from text_files import write_text
from verdict import Outcome

PAGE = Path("reports", "compare-scores.html")
WAITING = "another scoring is running: waiting for its end"
ALL_THE_SAME = "make promote takes it all the same"


def main() -> int:
    """Compare; return 0 where nothing speaks against it, 3 for refused or blocked, 2 for an error."""
    return registry.run("compare-scores", compare)


def compare(store: Registry) -> Outcome:
    """Compare the scores of the candidate, or of VERSION=7, with those of the champion."""
    PAGE.unlink(missing_ok=True)
    aliases = store.aliases()
    number, champion = os.environ.get("VERSION") or aliases.get("candidate"), aliases.get("champion", "")
    if number is None or number == champion:
        what = f"version {number} is the champion already" if number else "there is no candidate"
        return Outcome("skipped", reasons=[what])
    with alone("score", WAITING), _both(store, number, champion) as (models, scratch):
        found = given(store.config, models[0], scratch)
        if isinstance(found, Outcome):
            return _not_compared(found, bool(_limit(store.config)))
        made = []
        for model in models:
            place = Place(store.config["scoring"]["output"], scratch, model.number)
            each = scores(store.config, model, found, place)
            if isinstance(each, Outcome):
                whose = f"version {model.number}, the {'candidate' if model is models[0] else 'champion'}"
                return Outcome(each.verdict, models[0].figures, [f"{whose}:", *each.reasons, ALL_THE_SAME])
            made.append(each)
        return _judged(store.config, models, found, made)


@contextmanager
def _both(store: Registry, candidate: str, champion: str) -> Iterator[tuple[list[Model], Path]]:
    """Lend the candidate, the champion if there is one, and a folder for what they write."""
    with ExitStack() as stack:
        wanted = filter(None, (candidate, champion))
        models = [stack.enter_context(lent_of(store, number)) for number in wanted]
        yield models, Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="score-")))


def _judged(config: dict[str, Any], models: list[Model], found: Given, made: list[Scores]) -> Outcome:
    """Return what the differences say; without a champion it is enough that the scores are sound."""
    figures = models[0].figures | {"rows": found.rows}
    if len(made) < len(models) or len(models) == 1:
        lines = [f"there is no champion yet: the scores of version {models[0].number} are sound"]
        return Outcome("compared", figures, [*found.warnings, *lines])
    limit = _limit(config)
    result = differences(config, found, made[0], made[1])
    over = [each for each in result if limit and each.above(limit)]
    lines = [*found.warnings, *(each.line(limit) for each in result)]
    figures |= {"champion": int(models[1].number)}
    verdict = "refused" if over else "compared"
    reasons = [*lines, ALL_THE_SAME] if over else lines
    versions = models[0].number, models[1].number
    write_text(PAGE, page(config["model"]["name"], versions, verdict, reasons, result))
    return Outcome(verdict, figures, reasons, [_details(each) for each in result])


def _details(difference: Difference) -> dict[str, Any]:
    return {name: value for name, value in asdict(difference).items() if name != "bars"}


def _limit(config: dict[str, Any]) -> dict[str, float]:
    compared = config["scoring"].get("compare")
    return dict(compared["max"]) if isinstance(compared, dict) else {}


def _not_compared(found: Outcome, limited: bool) -> Outcome:
    """Return why nothing was compared; where a limit stands, that is not enough to go on."""
    if found.verdict == "nothing to score" and limited:
        why = "so nobody can say whether the scores differ by more than scoring.compare.max"
        return Outcome("blocked", found.figures, [*found.reasons, why, ALL_THE_SAME])
    return found


if __name__ == "__main__":
    sys.exit(main())
