"""Batch scoring in words, for the runbook."""

from collections.abc import Iterator

from mlopsc.model import Model, Scoring
from mlopsc.targets.offered import size


def words(model: Model, written: Scoring) -> Iterator[str]:
    """Yield how a table is scored, and what keeps it from being scored."""
    yield f"make score runs {written.cmd} with the champion; VERSION=7 takes another version."
    yield f"The command reads MLOPS_INPUT ({written.input}), MLOPS_MODEL (a folder), writes MLOPS_OUTPUT."
    yield f"{written.output} is replaced in one step, by whole and sound scores; else it stays as it was."
    yield "Blocked: a column is missing, of another type or empty; rows are lost; predictions are missing."
    if model.registry:
        yield "Which version wrote a file: the tag mlops.scored of a version has the MD5 of its last scores."
    if written.compares:
        limit = f" Refused above a mean difference of {size(written.most)}." if written.most else ""
        yield f"Before a candidate is promoted, make compare-scores says how its scores differ.{limit}"
