"""Continuous integration, and the commands around the automations."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mlopsc.model.ci import Ci

if TYPE_CHECKING:
    from mlopsc.spec import Spec

# Named by its release: what `ubuntu-latest` means changes under a workflow's feet.
_RUNNER = "ubuntu-24.04"
_OWNER = re.compile(r"@[\w.-]+(/[\w.-]+)?|[^@\s]+@[^@\s]+")


def ci(spec: "Spec") -> Ci | None:
    """Return what the spec says of CI, with its defaults."""
    written = spec.ci
    if written is None:
        return None
    return Ci(
        provider=written.provider,
        lint=written.lint or "",
        test=written.test or "",
        runner=written.runner or (_RUNNER if written.provider == "github" else ""),
        aws_role=(written.cloud.aws_role or "") if written.cloud else "",
        aws_region=written.cloud.aws_region if written.cloud else "",
        commit_lock=written.commit_lock,
        owners=tuple(written.owners or _owner(spec)),
        check=written.check,
    )


def hooks(spec: "Spec") -> Mapping[str, str]:
    """Return the commands around training, evaluation and deployment."""
    return {name: command for name, command in spec.hooks or () if command}


def _owner(spec: "Spec") -> tuple[str, ...]:
    """Return the model's owner where it has the form of an owner of code."""
    owner = (spec.model.owner or "") if spec.model else ""
    return (owner,) if _OWNER.fullmatch(owner) else ()
