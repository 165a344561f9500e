"""Continuous integration, and the commands around the automations."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mlopsc.model.ci import Ci

if TYPE_CHECKING:
    from mlopsc.spec import Spec
    from mlopsc.spec.ci import Cloud

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
        aws_role=identity(written.cloud)[0],
        aws_region=identity(written.cloud)[1],
        commit_lock=written.commit_lock,
        owners=tuple(written.owners or _owner(spec)),
        check=written.check,
    )


def identity(cloud: "Cloud | None") -> tuple[str, str]:
    """Return the role in the cloud and its region; empty for none."""
    return (cloud.aws_role or "", cloud.aws_region) if cloud and cloud.aws_role else ("", "")


def hooks(spec: "Spec") -> Mapping[str, str]:
    """Return the commands around training, evaluation and deployment."""
    return {name: command for name, command in spec.hooks or () if command}


def _owner(spec: "Spec") -> tuple[str, ...]:
    """Return the model's owner where it has the form of an owner of code."""
    owner = (spec.model.owner or "") if spec.model else ""
    return (owner,) if _OWNER.fullmatch(owner) else ()
