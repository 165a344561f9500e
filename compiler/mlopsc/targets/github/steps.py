"""The steps that several workflows share: each is an action that is pinned, or one make command."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from posixpath import join
from typing import Any

from mlopsc.files import lines
from mlopsc.model import Environment, Model
from mlopsc.symbols import Command, EnvVar, Need, Table
from mlopsc.targets.github.credentials import cluster, history, receivers, work
from mlopsc.targets.github.expressions import expression, literal, variable
from mlopsc.targets.github.parts import Permissions, Step
from mlopsc.targets.github.pinned import action
from mlopsc.targets.github.rights import OIDC, READ

# The newest uv when the actions were pinned (compiler/mlopsc/actions.py).
_UV = "0.13.9"


@dataclass(frozen=True, slots=True)
class Steps:
    """Makes steps for one model, from what all targets offer."""

    model: Model
    table: Table

    @property
    def runner(self) -> str:
        """The label of the runner."""
        return self.model.ci.runner if self.model.ci else ""

    @property
    def role(self) -> str:
        """The role in the cloud; empty for none."""
        return self.model.ci.aws_role if self.model.ci else ""

    @property
    def reading(self) -> Permissions:
        """What a job may that checks out, and takes on a role where there is one."""
        return {**READ, **(OIDC if self.role else {})}

    def has(self, command: str) -> bool:
        """Say whether some target brings a make command."""
        return Need(Command, command) in self.table

    def named(self, environment: str | None = None) -> dict[str, str]:
        """Return the name of an environment, of the last one where none is given, as commands read it."""
        name = self.model.environments[-1].name if environment is None else environment
        return {"MLOPS_ENV": name} if name else {}

    def settings(self, environment: str | None = None) -> dict[str, str]:
        """Return what the commands of a job read: the environment's name, and plain configuration."""
        shared = [each.name for each in self.table[EnvVar] if not each.local]
        return self.named(environment) | {name: variable(name) for name in shared}

    @property
    def plain(self) -> dict[str, str]:
        """What the commands of a job read that needs no packages: its programs are plain Python."""
        return {"PYTHON": "python3", **self.named()}

    def checkout(self, whole: bool = False) -> Step:
        """Check out, and leave no token behind."""
        depth = {"fetch-depth": 0} if whole else {}
        return action("Check out", "actions/checkout", {"persist-credentials": False, **depth})

    def uv(self, more: Mapping[str, Any]) -> Step:
        """Bring uv."""
        return action("Set up uv", "astral-sh/setup-uv", {"version": _UV, **more})

    def setup(self) -> list[Step]:
        """Bring Python and the pinned packages, which are kept until a pin changes."""
        own = self.model.python.requirements
        plain = not own or re.fullmatch(r"requirements[^/]*\.txt", own)
        files = ["requirements*.txt"] if plain else ["requirements-mlops.txt", own]
        pins = lines(join(self.model.folder, name) for name in files)
        python = {"python-version": self.model.python.version}
        cached = {"enable-cache": True, "cache-dependency-glob": pins}
        return [self.uv({**python, **cached}), self.make("setup", "Install what is pinned")]

    def cache(self) -> Step | None:
        """Keep DVC's cache between runs of the same dvc.lock."""
        if self.model.pipeline is None:
            return None
        lock = expression(f"hashFiles({literal(join(self.model.folder, 'dvc.lock'))})")
        options = {
            "path": join(self.model.folder, ".dvc/cache"),
            "key": f"dvc-{self.model.name}-{lock}",
            "restore-keys": f"dvc-{self.model.name}-",
        }
        return action("Keep DVC's cache", "actions/cache", options)

    def cloud(self, when: str = "", of: Environment | None = None, lenient: bool = False) -> Step | None:
        """Take on the role in the cloud, of an environment where one is given; `lenient`: go on without."""
        source = of or self.model.ci
        if source is None or not source.aws_role:
            return None
        options = {"role-to-assume": source.aws_role, "aws-region": source.aws_region}
        step = action("Take on the role", "aws-actions/configure-aws-credentials", options, when=when)
        return replace(step, lenient=lenient)

    def pull(self) -> Step | None:
        """Bring data and models, where there is a place that they come from."""
        return self.make("pull", "Bring data and models", id="pull") if self.pulls else None

    @property
    def pulls(self) -> bool:
        """Whether data and models come from a DVC remote."""
        return self.has("pull")

    def make(self, command: str, name: str, **more: Any) -> Step:
        """Run a make command; `strict` makes a verdict fail that asks for action."""
        strict = {"STRICT": "1"} if more.pop("strict", False) else {}
        env = {**strict, **more.pop("env", {}), **(work(self.model, self.table) if command in _WORK else {})}
        env |= cluster(self.table) if command in _SERVED else {}
        env |= history(self.model, self.table) if command == "history" else {}
        return Step(name, run=f"make {command}", env=env, **more)

    def upload(self, what: str, name: str, paths: Iterable[str], when: str = "always()") -> Step:
        """Keep files for later jobs, and for whoever looks at the run."""
        places = lines(join(self.model.folder, path) for path in paths)
        options = {"name": name, "path": places, "if-no-files-found": "ignore", "overwrite": True}
        return action(f"Keep {what}", "actions/upload-artifact", options, when=when)

    def download(self, name: str, into: str = "") -> Step:
        """Bring what an earlier job has kept."""
        place = join(self.model.folder, into) or "."
        return action(f"Bring {name}", "actions/download-artifact", {"name": name, "path": place})

    def tell(self, *steps: str) -> Step | None:
        """Tell the receivers what asks for action, or has failed."""
        if not self.has("tell"):
            return None
        # Plain Python, so that also a setup that failed is told.
        env = {"PYTHON": "python3", "STEPS": " ".join(steps), "JOB_STATUS": expression("job.status")}
        env |= receivers(self.model, self.table)
        return Step("Tell", run="make tell", when="always()", env=env)


_SERVED = frozenset(("deploy", "verify", "back-out"))
# Commands that reach the tracking store, the object store or a service.
_WORK = frozenset(
    "validate pull push pipeline compare retrain drift history image deploy verify promote back-out".split()  # noqa: SIM905
) | {"dispatch-finish", "score"}
