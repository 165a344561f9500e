"""What stands in for each action: the part of it that a workflow can tell apart."""

import base64
import hashlib
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.engines.github.runner import artifacts, caches
from tests.engines.github.runner.contexts import commit, source
from tests.engines.github.runner.model import ActionFailed, RunnerError
from tests.engines.github.runner.uses import Action, Use

PYTHON = re.compile(r"3\.(9|1[0-5]|x)(\.\d+|\.x)?")


def checkout(use: Use) -> Mapping[str, str]:
    """Clone the repository as deep as asked; the token stays in its configuration until the job ends, or not at all."""
    repository, github = use.job.course.repository, use.job.contexts["github"]
    if use.inputs.get("repository", repository.name) != repository.name:
        raise RunnerError("only the repository of the run can be checked out")
    if "contents" not in use.job.result.permissions:
        raise ActionFailed("fatal: repository not found: the token has no permission to read contents")
    ref = use.inputs.get("ref") or source(use.job.course.event)
    branch = ref.removeprefix("refs/heads/")
    # The commit of the event, even when the branch has moved on since.
    sha = commit(repository.folder, branch) if use.inputs.get("ref") else github["sha"]
    folder = use.place(use.inputs.get("path") or ".")
    folder.mkdir(parents=True, exist_ok=True)
    _clone(use, folder, branch, sha)
    if use.on("persist-credentials", default=True):
        key = f"http.{github['server_url']}/.extraheader"
        secret = base64.b64encode(
            f"x-access-token:{use.inputs.get('token') or github['token']}".encode()
        ).decode()
        use.job.masks.add(secret)
        _git(use, folder, "config", key, f"AUTHORIZATION: basic {secret}")
        use.job.after.append(lambda: _git(use, folder, "config", "--unset-all", key, fine=(0, 5)))
    return {"ref": ref, "commit": sha}


def _clone(use: Use, folder: Path, branch: str, sha: str) -> None:
    origin = use.job.course.repository.folder.resolve().as_uri()
    depth = use.inputs.get("fetch-depth", "1")
    pull = use.job.course.event.name.startswith("pull_request") and not use.inputs.get("ref")
    known = _git(use, folder, "ls-remote", origin, f"refs/heads/{branch}")
    _git(use, folder, "init", "--quiet", "--initial-branch", "main")
    _git(use, folder, "remote", "add", "origin", origin)
    if depth == "0":
        _git(use, folder, "fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*")
    else:
        tags = () if use.on("fetch-tags") else ("--no-tags",)
        _git(use, folder, "fetch", "--quiet", *tags, f"--depth={depth}", "origin", sha)
    if known:
        _git(use, folder, "update-ref", f"refs/remotes/origin/{branch}", sha)
    if known and not pull:
        _git(use, folder, "checkout", "--quiet", "--force", "-B", branch, f"refs/remotes/origin/{branch}")
    else:
        _git(use, folder, "checkout", "--quiet", "--force", "--detach", sha)


def _git(use: Use, folder: Path, *arguments: str, fine: tuple[int, ...] = (0,)) -> str:
    command = ["git", "-C", str(folder), "-c", "safe.directory=*", *arguments]
    done = subprocess.run(command, env=use.job.environment(), capture_output=True, text=True, check=False)
    if done.returncode not in fine:
        raise ActionFailed(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout


def setup_python(use: Use) -> Mapping[str, str]:
    """Refuse a version that does not exist; sets nothing up, for the machine has the Python that tests use."""
    file = use.inputs.get("python-version-file")
    if file and not use.place(file).exists():
        raise ActionFailed(f"The specified python version file at: {use.place(file)} doesn't exist.")
    version = use.inputs.get("python-version", "")
    if version and not PYTHON.fullmatch(version):
        raise ActionFailed(f"The version '{version}' with architecture 'x64' was not found.")
    if use.inputs.get("cache") and not _dependencies(use):
        raise ActionFailed("No file matched to [**/requirements.txt or **/pyproject.toml]")
    return {"python-version": version, "cache-hit": "false"}


def _dependencies(use: Use) -> bool:
    asked = use.inputs.get("cache-dependency-path", "").split()
    patterns = asked or ["**/requirements.txt", "**/pyproject.toml"]
    return any(any(use.job.workspace.glob(pattern)) for pattern in patterns)


def setup_uv(use: Use) -> Mapping[str, str]:
    """Tell uv the version of Python that was asked for."""
    version = use.inputs.get("python-version", "")
    if version and not PYTHON.fullmatch(version):
        raise ActionFailed(f"No interpreter found for Python {version}")
    if version:
        use.job.env["UV_PYTHON"] = version
    return {"python-version": version, "cache-hit": "false"}


def docker_login(use: Use) -> None:
    """Refuse to log in with nothing."""
    if not (use.inputs.get("username") and use.inputs.get("password")):
        raise ActionFailed("Username and password required")


def docker_build(use: Use) -> Mapping[str, str]:
    """Return a digest that depends on all that was asked; nothing is built."""
    digest = hashlib.sha256(repr(sorted(use.inputs.items())).encode()).hexdigest()
    return {"digest": f"sha256:{digest}", "imageid": f"sha256:{digest}", "metadata": "{}"}


def aws(use: Use) -> None:
    """Hand out credentials for a role to a job that may ask for an OIDC token, or keys as they were given."""
    region, keys = use.need("aws-region"), use.inputs.get("aws-access-key-id")
    if (
        use.inputs.get("role-to-assume")
        and not keys
        and use.job.result.permissions.get("id-token") != "write"
    ):
        raise ActionFailed("Did you mean to set the `id-token` permission? Could not load credentials")
    if not keys and not use.inputs.get("role-to-assume"):
        raise ActionFailed("Credentials could not be loaded, please check your action inputs")
    given = {"AWS_ACCESS_KEY_ID": keys or "stand-in", "AWS_SECRET_ACCESS_KEY": "stand-in-of-a-secret-key"}
    given["AWS_SECRET_ACCESS_KEY"] = use.inputs.get("aws-secret-access-key") or given["AWS_SECRET_ACCESS_KEY"]
    use.job.masks.add(given["AWS_SECRET_ACCESS_KEY"])
    use.job.env |= {**given, "AWS_REGION": region, "AWS_DEFAULT_REGION": region}


def nothing(use: Use) -> None:
    """Stand in for an action that only prepares."""


BUILT_IN: dict[str, Action] = {
    "actions/checkout": checkout,
    "actions/setup-python": setup_python,
    "astral-sh/setup-uv": setup_uv,
    "actions/cache": caches.both,
    "actions/cache/restore": caches.restore,
    "actions/cache/save": caches.save,
    "actions/upload-artifact": artifacts.upload,
    "actions/download-artifact": artifacts.download,
    "docker/setup-buildx-action": nothing,
    "docker/login-action": docker_login,
    "docker/build-push-action": docker_build,
    "aws-actions/configure-aws-credentials": aws,
}
