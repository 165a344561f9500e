"""The data: can it be read, and do its columns have one meaning each?"""

from collections.abc import Iterator

from mlopsc import defaults
from mlopsc.diagnostics import Diagnostic
from mlopsc.pins import PROTOCOLS
from mlopsc.resolve import View

_MEANINGS = ("id", "timestamp", "target")


def readable(view: View) -> Iterator[Diagnostic]:
    """The format is known: by `format`, or by the suffix of one file (M320)."""
    data = view.spec.data
    if data is None or data.format:
        return
    many = defaults.many_files(data.path)
    if many or not defaults.data_format(view.spec):
        what = "a folder or a pattern" if many else "a path without the suffix `.csv` or `.parquet`"
        hint = "add `format: csv` or `format: parquet`"
        yield Diagnostic(
            "M320", f"`{data.path}` is {what}: how it is stored is not known", ("data", "path"), hint=hint
        )


def protocol(view: View) -> Iterator[Diagnostic]:
    """Data behind a URL needs a protocol that the generated repository can speak (M320)."""
    for key in ("path", "incoming"):
        url = getattr(view.spec.data, key, None) or ""
        name = defaults.protocol(url)
        if name and name not in PROTOCOLS and name != "file":
            known = ", ".join(f"`{each}`" for each in sorted(PROTOCOLS))
            message = f"`{name}` is no protocol that data is read by"
            yield Diagnostic("M320", message, ("data", key), hint=f"known are {known}")


def one_meaning(view: View) -> Iterator[Diagnostic]:
    """No column is two of id, time and target (M304)."""
    seen: dict[str, str] = {}
    for key in _MEANINGS:
        column = getattr(view.spec.data, key, None)
        if column and seen.setdefault(column, key) != key:
            message = f"`{column}` is the `{key}` and the `{seen[column]}` of a row"
            yield Diagnostic("M304", message, ("data", key), hint="name another column in one of them")


def separate(view: View) -> Iterator[Diagnostic]:
    """What lands and what is trained on are two places (M304)."""
    data = view.spec.data
    if data and data.incoming and data.incoming.rstrip("/") == data.path.rstrip("/"):
        message = "`data.incoming` is `data.path`: new files would be appended to themselves"
        hint = "let new data land in a folder of its own, e.g. `incoming: data/incoming/`"
        yield Diagnostic("M304", message, ("data", "incoming"), hint=hint)


RULES = (readable, protocol, one_meaning, separate)
