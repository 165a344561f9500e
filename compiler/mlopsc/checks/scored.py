"""Scores lie where nothing takes them for data, and where programs can write."""

from collections.abc import Iterator
from posixpath import dirname, normpath

from mlopsc import defaults
from mlopsc.diagnostics import Diagnostic, Path
from mlopsc.pins import PROTOCOLS
from mlopsc.resolve import View

_OUTPUT: Path = ("scoring", "output")


def apart(view: View) -> Iterator[Diagnostic]:
    """Nothing reads them as what they were made from (M304)."""
    spec = view.spec
    if spec.scoring is None:
        return
    output = normpath(spec.scoring.output)
    read = {"scoring.input": spec.scoring.input}
    if spec.data:
        read |= {"data.path": spec.data.path, "data.incoming": spec.data.incoming or ""}
    for name, place in read.items():
        many = defaults.many_files(place) or name == "data.incoming"
        folder = normpath(defaults.watched(place)) if place and many else ""
        taken = bool(folder) and dirname(output) == folder
        same = name == "data.path" and output == normpath(place)
        if taken or same:
            message = f"`{spec.scoring.output}` lies in what `{name}` reads: scores would be taken for data"
            hint = "write to a folder of their own, e.g. `output: scores/latest.parquet`"
            yield Diagnostic("M304", message, _OUTPUT, hint=hint)
            return


def protocol(view: View) -> Iterator[Diagnostic]:
    """A URL needs a protocol that the generated repository can speak (M320)."""
    for key in ("input", "output"):
        name = defaults.protocol(getattr(view.spec.scoring, key, None) or "")
        if name and name not in PROTOCOLS and name != "file":
            known = ", ".join(f"`{each}`" for each in sorted(PROTOCOLS))
            message = f"`{name}` is no protocol that data is read by"
            yield Diagnostic("M320", message, ("scoring", key), hint=f"known are {known}")


RULES = (apart, protocol)
