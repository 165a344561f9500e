"""The work of `init` and `add` on the terminal: what was created, what stands in the way, what comes next."""

import os
import shlex
from collections.abc import Callable, Iterable
from pathlib import Path

from mlopsc.begin.declined import Declined
from mlopsc.begin.extend import check_section, extend
from mlopsc.begin.fit import Unfit
from mlopsc.begin.start import start
from mlopsc.cli.console import complain, say, styled
from mlopsc.cli.session import Session
from mlopsc.diagnostics import Rejected
from mlopsc.workspace import SPEC, Site, site_of, sites


def begin(folder: str, level: int, data: str | None) -> int:
    """Run `init`; returns the exit code."""
    spec = Path(folder, SPEC)

    def work() -> None:
        started = start(Path(folder), level, Path(data) if data is not None else None)
        if started.found:
            say(f"{spec}: already there")
        _created(started.created)
        say(f"next: {'look at the lines marked `# check me`, then ' if data else ''}`{_compile(spec)}`")

    return _told(site_of(spec), work)


def add_section(section: str, spec: str) -> int:
    """Run `add`; returns the exit code."""
    check_section(section)
    path = str(Path(spec, SPEC)) if Path(spec).is_dir() else spec
    (site,) = sites([path], None, None)

    def work() -> None:
        created = extend(site, section)
        say(f"{styled(path, 'strong')}: `{section}` is added")
        _created(created)
        say(f"next: fit it to your case, then `{_compile(Path(path))}`")

    return _told(site, work)


def _told(site: Site, work: Callable[[], None]) -> int:
    session = Session(visited=[site])
    try:
        work()
    except Declined as error:
        complain(f"mlopsc: {error}")
        return 1
    except Rejected as error:
        session.findings += error.diagnostics
        if isinstance(error, Unfit):
            session.unsaved[site.name] = error.text
        session.report()
        complain("nothing was written")
        return 1
    return 0


def _created(paths: Iterable[Path]) -> None:
    for path in paths:
        say(f"  {styled('created', 'created')}  {os.path.relpath(path)}")


def _compile(spec: Path) -> str:
    return "mlopsc compile" if spec == Path(SPEC) else f"mlopsc compile {shlex.quote(str(spec))}"
