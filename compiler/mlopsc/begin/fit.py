"""A text is compiled before it is written: what these commands leave behind is always accepted."""

from mlopsc.diagnostics import Rejected
from mlopsc.project import Project
from mlopsc.source import decode
from mlopsc.workspace import Site


class Unfit(Rejected):
    """A spec that is not written, because it would be rejected; `text` is what it would have been."""

    def __init__(self, rejected: Rejected, text: str) -> None:
        super().__init__(rejected.diagnostics)
        self.text = text


def require_fit(site: Site, spec: bytes) -> None:
    """Raise `Unfit` when a spec would not compile at its site."""
    try:
        Project.read(site, spec).compile()
    except Rejected as rejected:
        raise Unfit(rejected, decode(spec, site.name)) from None
