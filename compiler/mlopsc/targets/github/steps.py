"""The steps that several workflows share: each is an action that is pinned, or one make command."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from posixpath import join
from typing import Any

from mlopsc.actions import uses
from mlopsc.files import lines
from mlopsc.model import Model
from mlopsc.symbols import Command, EnvVar, Need, Secret, Table
from mlopsc.targets.github.expressions import expression, literal, secret, variable
from mlopsc.targets.github.parts import Permissions, Step

# The newest uv when the actions were pinned (compiler/mlopsc/actions.py).
_UV = "0.13.9"
_NOT_A_FORK = "github.event.pull_request.head.repo.fork != true"
READ = {"contents": ("read", "to check out")}
OF_GITHUB, _OF_AWS = "ghcr.io", ".amazonaws.com"
REGISTRY_KEYS = ("REGISTRY_USER", "REGISTRY_PASSWORD")
DISPATCH = {"actions": ("write", "to start the workflow")}
TOKEN = {"GITHUB_TOKEN": expression("github.token")}
OIDC = {"id-token": ("write", "to take on the role in the cloud, without a stored key")}


@dataclass(frozen=True, slots=True)
class Steps:
    """Makes steps for one model; `environment` is that whose settings the commands read."""

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

    def settings(self, environment: str | None = None) -> dict[str, str]:
        """Return what all commands of a job read: the environment's name, and plain configuration."""
        name = self.model.environments[-1].name if environment is None else environment
        named = {"MLOPS_ENV": name} if name else {}
        return named | {each.name: variable(each.name) for each in self.table[EnvVar]}

    @property
    def plain(self) -> dict[str, str]:
        """What the commands of a job read that needs no packages: its programs are plain Python."""
        name = self.model.environments[-1].name
        return {"PYTHON": "python3"} | ({"MLOPS_ENV": name} if name else {})

    def checkout(self, whole: bool = False) -> Step:
        """Check out, and leave no token behind."""
        depth = {"fetch-depth": 0} if whole else {}
        return _action("Check out", "actions/checkout", {"persist-credentials": False, **depth})

    def uv(self, **more: Any) -> Step:
        """Bring uv, which brings Python."""
        options = {"version": _UV, "python-version": self.model.python.version, **more}
        return _action("Set up uv", "astral-sh/setup-uv", options)

    def setup(self) -> list[Step]:
        """Bring Python and the pinned packages, which are kept until a pin changes."""
        own = self.model.python.requirements
        plain = not own or re.fullmatch(r"requirements[^/]*\.txt", own)
        files = ["requirements*.txt"] if plain else ["requirements-mlops.txt", own]
        pins = lines(join(self.model.folder, name) for name in files)
        cached = {"enable-cache": True, "cache-dependency-glob": pins}
        return [self.uv(**cached), self.make("setup", "Install what is pinned")]

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
        return _action("Keep DVC's cache", "actions/cache", options)

    def cloud(self, for_pull_requests: bool = False) -> Step | None:
        """Take on the role in the cloud; GitHub gives forks no identity."""
        if not self.role or self.model.ci is None:
            return None
        options = {"role-to-assume": self.role, "aws-region": self.model.ci.aws_region}
        when = _NOT_A_FORK if for_pull_requests else ""
        return _action("Take on the role", "aws-actions/configure-aws-credentials", options, when=when)

    def docker(self, host: str) -> list[Step]:
        """Bring buildx, and sign in where images are pushed: at GitHub with the job's own token."""
        if host == OF_GITHUB:
            who = {"username": expression("github.actor"), "password": expression("github.token")}
        elif self.role and host.endswith(_OF_AWS):
            who = {}
        else:
            who = {"username": secret(REGISTRY_KEYS[0]), "password": secret(REGISTRY_KEYS[1])}
        registry = {"registry": host} if host else {}
        return [
            _action("Set up buildx", "docker/setup-buildx-action", {}),
            _action("Sign in where images are pushed", "docker/login-action", {**registry, **who}),
        ]

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
        env = {**strict, **more.pop("env", {}), **(self.secrets if command in _WORK else {})}
        return Step(name, run=f"make {command}", env=env, **more)

    def upload(self, what: str, name: str, paths: Iterable[str], when: str = "always()") -> Step:
        """Keep files for later jobs, and for whoever looks at the run."""
        places = lines(join(self.model.folder, path) for path in paths)
        options = {"name": name, "path": places, "if-no-files-found": "ignore"}
        return _action(f"Keep {what}", "actions/upload-artifact", options, when=when)

    def download(self, name: str, into: str = "") -> Step:
        """Bring what an earlier job has kept."""
        place = join(self.model.folder, into) or "."
        return _action(f"Bring {name}", "actions/download-artifact", {"name": name, "path": place})

    def tell(self, *steps: str) -> Step | None:
        """Tell the receivers what asks for action, or has failed."""
        if not self.has("tell"):
            return None
        env = {"STEPS": " ".join(steps), "JOB_STATUS": expression("job.status")}
        return Step("Tell", run="make tell", when="always()", env={**env, **self.receivers})

    @property
    def secrets(self) -> dict[str, str]:
        """The secrets that commands work with."""
        told = _named(each.notify for each in self.model.environments)
        tracked = _named(each.tracking.uri for each in self.model.environments)
        names = [each.name for each in self.table[Secret] if each.name not in told or each.name in tracked]
        return {name: secret(name) for name in names}

    @property
    def receivers(self) -> dict[str, str]:
        """The secrets by which people are told."""
        told = _named(each.notify for each in self.model.environments)
        return {each.name: secret(each.name) for each in self.table[Secret] if each.name in told}


def registry(model: Model) -> str:
    """Return the host that images are pushed to; empty for Docker Hub."""
    images = [each.deployment.image for each in model.environments if each.deployment]
    host = images[0].partition("/")[0] if images else ""
    return host if "." in host or ":" in host else ""


# Commands that reach the tracking store, the object store or a service.
_WORK = frozenset(
    "validate pull push pipeline compare retrain drift image deploy verify promote back-out".split()  # noqa: SIM905
)


def _action(name: str, action: str, options: Mapping[str, Any], **more: Any) -> Step:
    pinned = uses(action)
    return Step(name, uses=pinned.ref, version=pinned.version, options=options, **more)


def _named(values: Iterable[Any]) -> frozenset[str]:
    """Return the names of variables in what may hold `{"secret": NAME}` anywhere."""
    found: set[str] = set()
    for value in values:
        if isinstance(value, Mapping):
            own = {value[kind] for kind in ("env", "secret") if isinstance(value.get(kind), str)}
            found |= own or _named(value.values())
        elif hasattr(value, "smtp"):
            found |= _named([value.slack, value.webhook, value.smtp])
    return frozenset(found)
