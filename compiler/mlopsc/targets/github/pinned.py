"""Steps that use an action, at the commit of the one table of pins."""

from collections.abc import Mapping
from typing import Any

from mlopsc.actions import uses
from mlopsc.targets.github.parts import Step


def action(name: str, which: str, options: Mapping[str, Any], when: str = "") -> Step:
    """Return a step that uses an action of the table with some of its inputs."""
    pinned = uses(which)
    return Step(name, uses=pinned.ref, version=pinned.version, options=options, when=when)
