"""The sections that can be added, as short commented texts."""

from functools import cache
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from mlopsc.begin.holes import HOLES
from mlopsc.spec.root import KEYS

if TYPE_CHECKING:
    from mlopsc.spec import Spec

_FOLDER = Path(__file__).parent / "sections"


@cache
def addable() -> tuple[str, ...]:
    """Return the sections that have a text, in the order of the language."""
    texts = {path.stem for path in _FOLDER.glob("*.yaml")}
    return tuple(name for name in KEYS if name in texts)


def section_text(section: str, spec: "Spec") -> str:
    """Return the text of a section, filled in so that it fits the spec."""
    template = Template((_FOLDER / f"{section}.yaml").read_text("utf-8"))
    values = {name: HOLES[name](spec) for name in template.get_identifiers()}
    lines = template.substitute(values).splitlines(keepends=True)
    return "".join(line for line in lines if line.strip())
