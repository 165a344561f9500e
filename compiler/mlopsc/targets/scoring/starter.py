"""What a user's scoring can begin with."""

from collections.abc import Iterator

from mlopsc.files import File, Ownership, Template
from mlopsc.model import Model, Scoring


def starter(model: Model, written: Scoring) -> Iterator[File]:
    """Write a command to start from where the spec names a Python file that nothing else makes."""
    script = next((word for word in written.cmd.split() if word.endswith(".py")), "")
    if not script or script.startswith(("/", ".")):
        return
    apart = (model.data.id, model.data.timestamp, model.data.target)
    values = {
        "parquet_in": _is_parquet(model, written.input),
        "parquet_out": _is_parquet(model, written.output),
        "key": [model.data.id] if model.data.id else [],
        "dropped": [column for column in apart if column],
    }
    yield File(script, Template("score.py", values), ownership=Ownership.STARTER, at=("scoring", "cmd"))


def _is_parquet(model: Model, place: str) -> bool:
    """Say whether a place holds parquet, as suffixes.suffix_of says of the programs."""
    ending = place.rpartition(".")[2].lower()
    return (ending if ending in ("csv", "parquet") else model.data.format) == "parquet"
