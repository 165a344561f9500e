"""Stages of a pipeline, put together from what there is."""

from collections.abc import Iterable
from typing import Any

from mlopsc.targets.jenkins.parts import Group, Offered, Step


def group(offered: Offered, name: str, steps: Iterable[Step | None], **more: Any) -> Group | None:
    """Return an outer stage of those steps that there are, with the secrets that they need."""
    found = tuple(step for step in steps if step)
    secrets = more.pop("secrets", ()) or offered.secrets(found)
    guarded = more.pop("guarded", False) and bool(secrets)
    return Group(name, found, secrets, guarded, **more) if found else None


def setup(offered: Offered, name: str = "Setup") -> Step | None:
    """Return the stage that brings Python and the pinned packages."""
    return offered.step(name, "setup")


def told(offered: Offered, *commands: str) -> tuple[str, ...]:
    """Return which of the commands `make tell` looks at; none where nobody is told."""
    return tuple(name for name in commands if offered.has(name)) if offered.has("tell") else ()


def there(groups: Iterable[Group | None]) -> tuple[Group, ...]:
    """Return the groups that there are."""
    return tuple(group for group in groups if group)
